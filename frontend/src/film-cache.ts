/** Decoded film chunks, the longest unused dropped when they take too many bytes. */
import type { Chunk } from "./film-chunk";

interface Kept {
  readonly chunk: Chunk;
  readonly hash: string;
}

export class ChunkCache {
  private readonly films = new Map<string, Map<number, Kept>>();
  // A Map keeps the order of insertion: its first key is the longest unused.
  private readonly uses = new Map<Kept, () => void>();
  private bytes = 0;

  constructor(private readonly limit: number) {}

  /** Keep a chunk in place of an older version of it. */
  put(film: string, number: number, hash: string, chunk: Chunk): void {
    this.drop(film, number);
    const chunks = this.films.get(film) ?? new Map<number, Kept>();
    this.films.set(film, chunks);
    const kept = { chunk, hash };
    chunks.set(number, kept);
    this.uses.set(kept, () => this.drop(film, number));
    this.bytes += chunk.codes.byteLength;
    this.shrink(kept);
  }

  /** A chunk, whatever its version, or null. */
  get(film: string, number: number): Chunk | null {
    const kept = this.films.get(film)?.get(number);
    if (!kept) return null;
    this.touch(kept);
    return kept.chunk;
  }

  /** Whether the chunk is here in this version. */
  isFresh(film: string, number: number, hash: string): boolean {
    return this.films.get(film)?.get(number)?.hash === hash;
  }

  /** The chunk whose number is nearest, or null for a film without any. */
  nearest(film: string, number: number): Chunk | null {
    const numbers = [...(this.films.get(film)?.keys() ?? [])];
    if (numbers.length === 0) return null;
    const best = numbers.reduce((a, b) => (Math.abs(b - number) < Math.abs(a - number) ? b : a));
    return this.get(film, best);
  }

  private touch(kept: Kept): void {
    const drop = this.uses.get(kept);
    if (!drop) return;
    this.uses.delete(kept);
    this.uses.set(kept, drop);
  }

  private drop(film: string, number: number): void {
    const chunks = this.films.get(film);
    const kept = chunks?.get(number);
    if (!chunks || !kept) return;
    chunks.delete(number);
    this.uses.delete(kept);
    this.bytes -= kept.chunk.codes.byteLength;
  }

  private shrink(newest: Kept): void {
    for (const [kept, drop] of [...this.uses]) {
      if (this.bytes <= this.limit || kept === newest) return;
      drop();
    }
  }
}
