import { describe, expect, it } from "vitest";
import { parseFilmChunk, parseRuns, parseUnitSeries, WireError } from "../src/wire";

const film = {
  statistic: "mean",
  grid: "signed_log",
  first_record: 16,
  frames: 5,
  offsets: [-3, 0],
};
const recording = {
  model: "model",
  probe: "probe",
  layers: 3,
  units: 24,
  records: 2,
  first_step: "-20",
  last_step: "9007199254740993",
  last_wall_time: 1.5,
  layout_id: "l",
  probe_hash: "h",
};
const runs = {
  version: "0",
  logdir: "/logs",
  source: "event files",
  runs: [{ name: "a", recordings: [recording], problems: [] }],
};

describe("a guard of the wire", () => {
  it("converts names to camelCase", () => {
    expect(parseFilmChunk(film)).toEqual({
      statistic: "mean",
      grid: "signed_log",
      firstRecord: 16,
      frames: 5,
      offsets: [-3, 0],
    });
  });

  it("converts types inside of lists of types", () => {
    expect(parseRuns(runs).runs[0]?.recordings[0]?.lastStep).toBe("9007199254740993");
  });

  it("passes over fields that it does not know", () => {
    expect(parseFilmChunk({ ...film, later: 1 })).not.toHaveProperty("later");
  });

  it.each([
    ["filmChunk.statistic should be a string, not missing", { ...film, statistic: undefined }],
    ['filmChunk.frames should be an integer, not "1.5"', { ...film, frames: 1.5 }],
    ['filmChunk.frames should be an integer, not "5"', { ...film, frames: "5" }],
    ["filmChunk.frames should be an integer, not null", { ...film, frames: null }],
    ["filmChunk.offsets should be a list, not an object", { ...film, offsets: { length: 0 } }],
    ['filmChunk.offsets[1] should be an integer, not "x"', { ...film, offsets: [1, "x"] }],
    [
      'filmChunk.grid should be one of unsigned_log, signed_log, fraction, exact, not "linear"',
      { ...film, grid: "linear" },
    ],
    ["filmChunk should be an object, not a list", [film]],
    ["filmChunk should be an object, not null", null],
  ])("says that %s", (message, json) => {
    expect(() => parseFilmChunk(json)).toThrow(message);
  });

  it("names the whole path of a wrong field", () => {
    const wrong = structuredClone(runs) as { runs: { recordings: { units: unknown }[] }[] };
    const first = wrong.runs[0]?.recordings[0];
    if (first) first.units = true;
    expect(() => parseRuns(wrong)).toThrow("runs.runs[0].recordings[0].units should be an integer");
  });

  it("takes no field from an object's prototype", () => {
    expect(() => parseUnitSeries(Object.create({ layer: "a" }))).toThrow("unitSeries.layer");
  });

  it("throws an error that can be told from others", () => {
    expect(() => parseFilmChunk(7)).toThrow(WireError);
  });
});
