/** One chunk of a film: some consecutive records of one statistic, all units. */
import { fetchContainerAt } from "./requests";
import { parseFilmChunk } from "./wire";

/** Decoded records of a film; a frame is `codes.subarray(frame * units, (frame + 1) * units)`. */
export interface Chunk {
  readonly firstRecord: number;
  readonly frames: number;
  /** int32[layer], grid offsets. */
  readonly offsets: Int32Array<ArrayBuffer>;
  /** uint8[frame, unit]. */
  readonly codes: Uint8Array<ArrayBuffer>;
}

/** Fetch a chunk and undo its time delta. */
export async function loadChunk(url: string): Promise<Chunk> {
  const container = await fetchContainerAt(url);
  const { firstRecord, frames, offsets } = parseFilmChunk(container.header);
  return {
    firstRecord,
    frames,
    offsets: Int32Array.from(offsets),
    codes: undoDelta(container.uint8("codes"), frames),
  };
}

/**
 * Frames from their differences in time, modulo 256; the input is left as it is.
 *
 * @param deltas uint8[frame, unit]: the first frame, then each minus the one before
 */
export function undoDelta(deltas: Uint8Array, frames: number): Uint8Array<ArrayBuffer> {
  const codes = Uint8Array.from(deltas);
  const units = frames > 0 ? codes.length / frames : 0;
  for (let place = units; place < codes.length; place++) {
    codes[place] = (codes[place] ?? 0) + (codes[place - units] ?? 0);
  }
  return codes;
}
