/** The diagram on its way from one record to the next: where it stands in every frame. */
import type { FlowGraph } from "./graph";
import { type Tween, tweenBetween } from "./tween";

/** How long a record takes to become the next one. */
const MOTION_MS = 150;

/** Moves a diagram towards the one that is asked for. */
export class Motion {
  /** What is to be drawn. */
  current: FlowGraph | null = null;
  private goal: FlowGraph | null = null;
  private tween: Tween | null = null;
  private start = 0;

  /** Ask for a diagram: from another record it is moved to, unless there is no way or no wish to. */
  head(goal: FlowGraph, now: number, isMoving: boolean): void {
    if (goal === this.goal) return;
    const isOtherRecord = this.goal !== null && this.goal.step !== goal.step;
    this.tween =
      isMoving && isOtherRecord && this.current ? tweenBetween(this.current, goal) : null;
    this.goal = goal;
    this.start = now;
    this.current = this.tween ? this.tween(0) : goal;
  }

  /**
   * Go on to a time.
   *
   * @returns whether there is more to come.
   */
  pass(now: number): boolean {
    if (!this.tween) return false;
    const share = Math.min(1, Math.max(0, (now - this.start) / MOTION_MS));
    // Slow at both ends, so that a single step reads as one movement.
    this.current = this.tween(share * share * (3 - 2 * share));
    if (share >= 1) this.tween = null;
    return this.tween !== null;
  }
}
