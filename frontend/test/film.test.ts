/** Film chunks: their delta undone, kept within a bound, loaded the latest wish first. */
import { describe, expect, it } from "vitest";
import { ChunkCache } from "../src/film-cache";
import { type Chunk, undoDelta } from "../src/film-chunk";

/** The server's delta: the first frame as it is, every other one minus the one before, modulo 256. */
function delta(frames: readonly (readonly number[])[]): Uint8Array {
  const before = [frames[0]?.map(() => 0) ?? [], ...frames.slice(0, -1)];
  return Uint8Array.from(
    frames.flatMap((frame, place) =>
      frame.map((code, unit) => code - (before[place]?.[unit] ?? 0)),
    ),
  );
}

const FRAMES = [
  [0, 255, 7, 128],
  [255, 0, 7, 129],
  [254, 1, 7, 127],
  [0, 255, 9, 0],
];

describe("undoing the delta of time", () => {
  it("gives the frames back, also across 255 and 0", () => {
    expect(Array.from(undoDelta(delta(FRAMES), FRAMES.length))).toEqual(FRAMES.flat());
  });

  it("leaves its input as it is", () => {
    const deltas = delta(FRAMES);
    const before = deltas.slice();
    undoDelta(deltas, FRAMES.length);
    expect(deltas).toEqual(before);
  });

  it("leaves a single frame as it is", () => {
    expect(Array.from(undoDelta(Uint8Array.of(3, 4), 1))).toEqual([3, 4]);
  });

  it("takes a chunk without frames", () => {
    expect(undoDelta(new Uint8Array(), 0)).toHaveLength(0);
  });
});

function chunk(firstRecord: number, bytes = 10): Chunk {
  const codes = new Uint8Array(bytes);
  return { firstRecord, frames: 1, offsets: new Int32Array(1), codes };
}

describe("the cache of chunks", () => {
  it("gives back what it was given", () => {
    const cache = new ChunkCache(100);
    const kept = chunk(0);
    cache.put("film", 0, "h", kept);
    expect(cache.get("film", 0)).toBe(kept);
  });

  it("drops the longest unused when it holds too many bytes", () => {
    const cache = new ChunkCache(25);
    cache.put("film", 0, "h", chunk(0));
    cache.put("film", 1, "h", chunk(1));
    cache.get("film", 0);
    cache.put("film", 2, "h", chunk(2));
    expect([0, 1, 2].map((number) => cache.get("film", number) !== null)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("keeps a chunk larger than its bound while it is the newest", () => {
    const cache = new ChunkCache(5);
    cache.put("film", 0, "h", chunk(0));
    expect(cache.get("film", 0)).not.toBeNull();
  });

  it("keeps an outdated chunk, but does not call it fresh", () => {
    const cache = new ChunkCache(100);
    cache.put("film", 0, "old", chunk(0));
    expect([cache.get("film", 0) !== null, cache.isFresh("film", 0, "new")]).toEqual([true, false]);
  });

  it("counts the bytes of a replaced chunk once", () => {
    const cache = new ChunkCache(25);
    cache.put("film", 0, "h", chunk(0));
    for (const hash of ["a", "b", "c"]) cache.put("film", 1, hash, chunk(1));
    expect(cache.get("film", 0)).not.toBeNull();
  });

  it("finds the nearest chunk of the same film", () => {
    const cache = new ChunkCache(1000);
    cache.put("other", 6, "h", chunk(96));
    for (const number of [0, 4, 9]) cache.put("film", number, "h", chunk(number));
    expect(cache.nearest("film", 6)?.firstRecord).toBe(4);
  });

  it("finds none in a film without chunks", () => {
    expect(new ChunkCache(10).nearest("film", 0)).toBeNull();
  });
});
