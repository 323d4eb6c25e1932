/** The time of a training run: what an epoch took, what is left, and when other work gets its turn. */

/** Milliseconds after which other work of the program gets its turn, which costs one or more itself. */
const TURN_MS = 200;

export class Clock {
  readonly #start = performance.now();
  #lap = this.#start;
  #turn = this.#start;

  /** `before`: batches done before this clock. */
  constructor(readonly before: number) {}

  /** Seconds since the last lap. */
  lap(): number {
    const now = performance.now();
    const seconds = (now - this.#lap) / 1000;
    this.#lap = now;
    return seconds;
  }

  /** Until `all` batches are done, at the speed since this clock was made; NaN before the first one. */
  secondsLeft(done: number, all: number): number {
    const seconds = (performance.now() - this.#start) / 1000;
    return (seconds / (done - this.before)) * (all - done);
  }

  /** Lets signals and timers of the program happen, now and then. */
  async turn(): Promise<void> {
    if (performance.now() - this.#turn < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#turn = performance.now();
  }
}
