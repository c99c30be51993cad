/** The routes `grids`, `grid` and `position`: tracked examples as cells of a layer, and the units behind a cell. */
import type { RecordingKey } from "./api";
import { fetchContainer, request } from "./requests";
import {
  type ActivationGrid,
  type GridSteps,
  type PositionUnits,
  parseActivationGrid,
  parseGridSteps,
  parsePositionUnits,
} from "./wire";

/** A layer's cells at one record. */
export interface GridTable {
  readonly header: ActivationGrid;
  /** Positions of an example. */
  readonly positions: number;
  /** float32[example, position]; NaN where not finite. */
  readonly norms: Float32Array;
  /** uint8[example, position, 3]. */
  readonly colours: Uint8Array;
  /** float32[example, class, position]: attributions; NaN where unknown. */
  readonly net: Float32Array;
  /** int32[example]: the predicted class, -1 where unknown. */
  readonly prediction: Int32Array;
  /** float32[example]; NaN where unknown. */
  readonly probability: Float32Array;
  /** uint8[example]: 1 right, 0 wrong, 2 unknown. */
  readonly correct: Uint8Array;
}

/** The units of a layer at one position of an example. */
export interface PositionTable {
  readonly header: PositionUnits;
  readonly units: Int32Array;
  /** float32[unit]. */
  readonly activations: Float32Array;
  /** float32[class, unit]; NaN toward classes that were not kept. */
  readonly net: Float32Array;
  /** float32[class]: of the position. */
  readonly totals: Float32Array;
}

/** Which cells are asked for. */
export interface GridQuestion {
  readonly key: RecordingKey;
  readonly layer: string;
  readonly step: string;
  /** Step at which colours are fitted; null: the last record's. */
  readonly anchor: string | null;
  /** The only example that is wanted; null: all tracked ones. */
  readonly example: number | null;
}

/** Fetch when activations of tracked examples were recorded, and of which layers. */
export async function fetchGridSteps(key: RecordingKey, signal: AbortSignal): Promise<GridSteps> {
  return parseGridSteps(await (await request("grids", { ...key }, signal)).json());
}

/** Fetch the cells of a layer. */
export async function fetchGrid(question: GridQuestion, signal: AbortSignal): Promise<GridTable> {
  const { key, layer, step, anchor, example } = question;
  const parameters = {
    ...key,
    layer,
    step,
    ...(anchor === null ? {} : { anchor }),
    ...(example === null ? {} : { example: String(example) }),
  };
  const container = await fetchContainer("grid", parameters, signal);
  return {
    header: parseActivationGrid(container.header),
    positions: container.shape("norms")[1] ?? 0,
    norms: container.float32("norms"),
    colours: container.uint8("colours"),
    net: container.float32("net"),
    prediction: container.int32("prediction"),
    probability: container.float32("probability"),
    correct: container.uint8("correct"),
  };
}

/** Fetch the units behind a cell. */
export async function fetchPosition(
  question: Pick<GridQuestion, "key" | "layer" | "step">,
  cell: { readonly example: number; readonly position: number },
  signal: AbortSignal,
): Promise<PositionTable> {
  const { key, layer, step } = question;
  const at = { example: String(cell.example), position: String(cell.position) };
  const container = await fetchContainer("position", { ...key, layer, step, ...at }, signal);
  return {
    header: parsePositionUnits(container.header),
    units: container.int32("units"),
    activations: container.float32("activations"),
    net: container.float32("net"),
    totals: container.float32("totals"),
  };
}
