/** Loads and undoes film chunks away from the page's thread. */

import { loadChunk } from "./film-chunk";
import { ApiError, sentenceOf } from "./requests";

/** What the page asks for. */
export interface ChunkRequest {
  readonly id: number;
  readonly url: string;
}

/** What the worker answers. */
export type ChunkReply =
  | {
      readonly id: number;
      readonly frames: number;
      readonly firstRecord: number;
      readonly offsets: Int32Array<ArrayBuffer>;
      readonly codes: Uint8Array<ArrayBuffer>;
    }
  | { readonly id: number; readonly message: string; readonly status: number };

self.onmessage = async (event: MessageEvent<ChunkRequest>) => {
  const { id, url } = event.data;
  try {
    const chunk = await loadChunk(url);
    self.postMessage({ id, ...chunk }, { transfer: [chunk.codes.buffer, chunk.offsets.buffer] });
  } catch (error) {
    const status = error instanceof ApiError ? error.status : -1;
    self.postMessage({ id, message: sentenceOf(error), status });
  }
};
