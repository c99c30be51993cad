/** A statistic of all units over the records of a recording, frame by frame, fetched as it is needed. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { filmAddress, type Recording } from "./api";
import { gridOfFilm } from "./classes";
import { ChunkCache } from "./film-cache";
import type { Chunk } from "./film-chunk";
import { ChunkLoader } from "./film-loader";
import { STATES_FILM } from "./states";
import type { GridName } from "./wire";

/** One record of a film. */
export interface Frame {
  /** uint8[unit of all layers]; a view, valid until the next frame is asked for. */
  readonly codes: Uint8Array;
  /** int32[layer]: grid offsets. */
  readonly offsets: Int32Array;
  /** The record that these codes are of. */
  readonly record: number;
  /** Whether that is the record that was asked for, as the server has it now. */
  readonly exact: boolean;
}

/** -1 while playing backwards, 1 forwards, 0 at rest. */
export type Direction = -1 | 0 | 1;

/** A chunk that the server refused or that could not be read. */
export interface FilmFailure {
  readonly recording: Recording;
  readonly message: string;
  /** HTTP status; 404 says that the recording has moved on and must be loaded again. */
  readonly status: number;
}

const PREFETCHED_CHUNKS = 3;
const arrivals = signal(0);
const failures = signal<FilmFailure | null>(null);
const cache = new ChunkCache(192 * 1024 * 1024);
const loader = new ChunkLoader();
const films = new WeakMap<Recording, Map<string, Film>>();

/** Counts chunks that have arrived: read it in an effect to draw again when one has. */
export const arrived: ReadonlySignal<number> = arrivals;
/** The latest chunk that could not be had, or null. */
export const filmFailure: ReadonlySignal<FilmFailure | null> = failures;

/** Forget failures, so that the chunks are asked for again. */
export function retryFilms(): void {
  loader.forgiveFailures();
  failures.value = null;
  arrivals.value++;
}

/** The film of a statistic; the same object for the same recording. */
export function filmOf(recording: Recording, statistic: string): Film {
  const known = films.get(recording) ?? new Map<string, Film>();
  films.set(recording, known);
  const film = known.get(statistic) ?? new Film(recording, statistic);
  known.set(statistic, film);
  return film;
}

/** The film of the state bits (`states.ts`). */
export function statesFilmOf(recording: Recording): Film {
  return filmOf(recording, STATES_FILM);
}

/** One statistic of one recording. */
export class Film {
  readonly grid: GridName;
  private readonly name: string;

  constructor(
    readonly recording: Recording,
    readonly statistic: string,
  ) {
    this.grid = gridOfFilm(recording, statistic) ?? "exact";
    this.name = JSON.stringify([recording.key, statistic]);
  }

  /** Whether the record's frame can be had without waiting. */
  has(record: number): boolean {
    return cache.isFresh(this.name, this.chunkOf(record), this.hashOf(record));
  }

  /** The record's frame, or the nearest one at hand, or null; asks for nothing. */
  frame(record: number): Frame | null {
    const number = this.chunkOf(record);
    const exact = this.has(record);
    const chunk = cache.get(this.name, number) ?? cache.nearest(this.name, number);
    if (!chunk || chunk.frames === 0) return null;
    return this.cut(chunk, record, exact);
  }

  /**
   * Ask for a record, and for what a film that plays in this direction needs next.
   *
   * @param asker whose wish it is: a later wish replaces the asker's own, never another's.
   */
  request(record: number, direction: Direction, asker = "a"): void {
    const chunk = this.chunkOf(record);
    const ahead = direction === 0 ? [chunk, chunk + 1] : [];
    for (let step = 0; step < PREFETCHED_CHUNKS && direction !== 0; step++) {
      ahead.push(chunk + step * direction);
    }
    const missing = ahead.filter((number) => this.isMissing(number));
    loader.want(
      `${asker} ${this.name}`,
      missing.map((number) => this.jobOf(number)),
    );
  }

  private jobOf(number: number) {
    const hash = this.hashes[number] ?? "";
    return {
      url: filmAddress(this.recording.key, this.statistic, number, hash),
      onChunk: (chunk: Chunk) => {
        cache.put(this.name, number, hash, chunk);
        arrivals.value++;
      },
      onFailure: (message: string, status: number) => {
        failures.value = { recording: this.recording, message, status };
      },
    };
  }

  private isMissing(number: number): boolean {
    const hash = this.hashes[number];
    return hash !== undefined && !cache.isFresh(this.name, number, hash);
  }

  private cut(chunk: Chunk, record: number, exact: boolean): Frame {
    const last = chunk.frames - 1;
    const frame = Math.max(0, Math.min(last, record - chunk.firstRecord));
    const { units } = this.recording;
    return {
      codes: chunk.codes.subarray(frame * units, (frame + 1) * units),
      offsets: chunk.offsets,
      record: chunk.firstRecord + frame,
      exact: exact && chunk.firstRecord + frame === record,
    };
  }

  private get hashes(): readonly string[] {
    return this.recording.records.chunkHashes;
  }

  private chunkOf(record: number): number {
    return Math.floor(record / this.recording.records.chunkFrames);
  }

  private hashOf(record: number): string {
    return this.hashes[this.chunkOf(record)] ?? "";
  }
}
