/** Recordings for tests: real objects of the wire's shape, with figures that a test chooses. */
import type { Recording } from "../src/api";
import type { Layer } from "../src/wire";

export interface Made {
  readonly layers?: readonly (readonly [name: string, units: number])[];
  readonly steps?: readonly string[];
  readonly layoutId?: string;
  readonly probeHash?: string;
  readonly examples?: number;
  /** Mean of the only statistic, "mean", of a layer at a record. */
  readonly mean?: (layer: number, record: number) => number;
  /** How many units of a layer are in a state (its place among the states) at a record. */
  readonly count?: (state: number, layer: number, record: number) => number;
  /** How many are counted there, each under its weightiest state. */
  readonly countOnce?: (state: number, layer: number, record: number) => number;
}

const STATES = 5;

export function makeRecording(made: Made = {}): Recording {
  const layers = (made.layers ?? [["fc", 4]]).map(([name, units]) => layerOf(name, units));
  const steps = made.steps ?? ["0", "10", "20"];
  const places = (axis: number) => Array.from({ length: axis }, (_, place) => place);
  const cells = (cell: (layer: number, record: number) => number) =>
    places(layers.length).flatMap((layer) =>
      places(steps.length).map((record) => cell(layer, record)),
    );
  const unitStart = Int32Array.from(places(layers.length + 1), (count) =>
    layers.slice(0, count).reduce((sum, { units }) => sum + units, 0),
  );
  const units = unitStart.at(-1) ?? 0;
  return {
    key: { run: "run", model: "model", probe: "probe" },
    records: headerOf(made, layers, steps),
    counts: Uint32Array.from(
      places(STATES).flatMap((state) =>
        cells((layer, record) => made.count?.(state, layer, record) ?? 0),
      ),
    ),
    countsOnce: Uint32Array.from(
      places(STATES).flatMap((state) =>
        cells((layer, record) => made.countOnce?.(state, layer, record) ?? 0),
      ),
    ),
    means: Float32Array.from(cells(made.mean ?? (() => 0))),
    deadSince: new Int32Array(units).fill(-1),
    loss: new Float32Array(steps.length),
    accuracy: new Float32Array(steps.length),
    unitStart,
    units,
  };
}

function layerOf(name: string, units: number): Layer {
  return {
    name,
    kind: "linear",
    moduleType: "Linear",
    units,
    shape: [units],
    family: "relu",
    nonlinearity: "relu",
    canBeDead: true,
    successors: [],
    parameters: 0,
  };
}

function headerOf(
  made: Made,
  layers: readonly Layer[],
  steps: readonly string[],
): Recording["records"] {
  const zeros = steps.map(() => 0);
  const free = {
    wallSeconds: 0,
    forwardSeconds: 0,
    deviceSeconds: 0,
    peakExtraBytes: null,
    bytes: 0,
    overhead: 0,
  };
  return {
    run: "run",
    model: "model",
    probe: "probe",
    layoutId: made.layoutId ?? "layout",
    layers,
    absences: [],
    statistics: [
      {
        name: "mean",
        grid: "signed_log",
        description: "The mean.",
        top: 1,
        method: "",
        target: "",
        figure: "mean",
      },
    ],
    classStatistics: [],
    steps,
    wallTimes: zeros,
    checkpoints: steps.map(() => ""),
    costs: steps.map(() => free),
    thresholds: {
      silentStd: 1e-6,
      dormant: 0.025,
      saturatedShare: 0.95,
      saturatedMargin: 0.01,
      deadRecords: 3,
    },
    probeSet: {
      name: "probe",
      hash: made.probeHash ?? "hash",
      examples: made.examples ?? 10,
      classNames: [],
      hasLabels: false,
      input: "tabular",
      thumbnails: 0,
      tokens: 0,
    },
    chunkFrames: 16,
    chunkHashes: ["hash"],
    notes: [],
    problems: [],
    live: false,
  };
}
