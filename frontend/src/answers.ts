/** Answers of the server by what was asked: each is asked for once, kept, and told when it has come. */
import { signal } from "@preact/signals";
import { ApiError, sentenceOf } from "./requests";

/** What was answered, or why nothing was. */
interface Answer<T> {
  readonly value: T | null;
  readonly failure: string | null;
}

/** Keeps a number of answers; the oldest goes first. */
export class Answers<T> {
  private readonly kept = new Map<string, Answer<T>>();
  private readonly pending = new Set<string>();
  private readonly version = signal(0);

  constructor(private readonly most: number) {}

  /** What was answered; null before it has come. Whoever reads it in a computation is told. */
  value(name: string | null): T | null {
    void this.version.value;
    return name === null ? null : (this.kept.get(name)?.value ?? null);
  }

  /** Why there is no answer, in a sentence; null where there is one or none has come yet. */
  failure(name: string | null): string | null {
    void this.version.value;
    return name === null ? null : (this.kept.get(name)?.failure ?? null);
  }

  /** Whether an answer or a failure is here. */
  isSettled(name: string): boolean {
    void this.version.value;
    return this.kept.has(name);
  }

  /** How many are asked for and have not come. */
  get waiting(): number {
    void this.version.value;
    return this.pending.size;
  }

  /** Ask, unless that was done before. */
  want(name: string, load: () => Promise<T>): void {
    if (this.kept.has(name) || this.pending.has(name)) return;
    this.pending.add(name);
    void this.load(name, load);
  }

  /** Ask again for what could not be had. */
  forgetFailures(): void {
    for (const [name, { failure }] of this.kept) if (failure !== null) this.kept.delete(name);
    this.version.value++;
  }

  private async load(name: string, load: () => Promise<T>): Promise<void> {
    try {
      this.keep(name, { value: await load(), failure: null });
    } catch (error) {
      this.keep(name, { value: null, failure: sentenceOf(error) });
      // What passes is asked for again by whoever comes back.
      if (error instanceof ApiError && error.isPassing) {
        setTimeout(() => this.kept.delete(name), 10_000);
      }
    }
  }

  private keep(name: string, answer: Answer<T>): void {
    this.pending.delete(name);
    this.kept.set(name, answer);
    for (const old of [...this.kept.keys()].slice(0, -this.most)) this.kept.delete(old);
    this.version.value++;
  }
}
