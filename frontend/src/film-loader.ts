/** Which film chunks are loaded next: the latest wishes first, two at a time, in workers. */

import { type Chunk, loadChunk } from "./film-chunk";
import type { ChunkReply } from "./film-worker";
import { ApiError, sentenceOf } from "./requests";

/** A chunk to load. */
export interface ChunkJob {
  readonly url: string;
  readonly onChunk: (chunk: Chunk) => void;
  readonly onFailure: (message: string, status: number) => void;
}

const AT_ONCE = 2;

type Load = (url: string) => Promise<Chunk>;

/** A queue that forgets wishes of a film when it wishes anew. */
export class ChunkLoader {
  private readonly wishes = new Map<string, ChunkJob[]>();
  private readonly running = new Set<string>();
  private readonly failed = new Set<string>();
  private load: Load | null = null;

  /** Replace what a film waits for; what is being loaded goes on. */
  want(film: string, jobs: readonly ChunkJob[]): void {
    this.wishes.delete(film);
    const fresh = jobs.filter(({ url }) => !this.running.has(url) && !this.failed.has(url));
    if (fresh.length > 0) this.wishes.set(film, [...fresh]);
    this.start();
  }

  /** Allow chunks that failed to be asked for again. */
  forgiveFailures(): void {
    this.failed.clear();
  }

  private start(): void {
    while (this.running.size < AT_ONCE) {
      const job = this.next();
      if (!job) return;
      void this.run(job);
    }
  }

  /** Every film's first wish before any film's second. */
  private next(): ChunkJob | null {
    const lengths = [...this.wishes].toSorted(([, a], [, b]) => b.length - a.length);
    const [film, jobs] = lengths[0] ?? [];
    const job = jobs?.shift();
    if (film !== undefined && jobs?.length === 0) this.wishes.delete(film);
    return job && !this.running.has(job.url) ? job : null;
  }

  private async run(job: ChunkJob): Promise<void> {
    this.running.add(job.url);
    this.load ??= makeLoad();
    try {
      job.onChunk(await this.load(job.url));
    } catch (error) {
      this.failed.add(job.url);
      job.onFailure(sentenceOf(error), error instanceof ApiError ? error.status : -1);
    }
    this.running.delete(job.url);
    this.start();
  }
}

/** Load in workers, or on this thread where the browser gives none. */
function makeLoad(): Load {
  try {
    const workers = Array.from({ length: AT_ONCE }, () => new ChunkWorker());
    return (url) => leastBusy(workers).load(url);
  } catch {
    return loadChunk;
  }
}

function leastBusy(workers: readonly ChunkWorker[]): ChunkWorker {
  const first = workers[0];
  if (!first) throw new Error("there should be a worker");
  return workers.reduce((best, worker) => (worker.waiting < best.waiting ? worker : best), first);
}

interface Waiting {
  readonly resolve: (chunk: Chunk) => void;
  readonly reject: (error: Error) => void;
}

class ChunkWorker {
  private readonly worker = new Worker(new URL("./film-worker.ts", import.meta.url), {
    type: "module",
  });
  private readonly waits = new Map<number, Waiting>();
  private count = 0;

  constructor() {
    this.worker.onmessage = (event: MessageEvent<ChunkReply>) => this.settle(event.data);
    this.worker.onerror = (event) => this.fail(new ApiError(event.message, -1));
  }

  get waiting(): number {
    return this.waits.size;
  }

  load(url: string): Promise<Chunk> {
    const id = this.count++;
    return new Promise((resolve, reject) => {
      this.waits.set(id, { resolve, reject });
      this.worker.postMessage({ id, url });
    });
  }

  private settle(reply: ChunkReply): void {
    const wait = this.waits.get(reply.id);
    this.waits.delete(reply.id);
    if ("message" in reply) wait?.reject(new ApiError(reply.message, reply.status));
    else wait?.resolve(reply);
  }

  private fail(error: Error): void {
    for (const wait of this.waits.values()) wait.reject(error);
    this.waits.clear();
  }
}
