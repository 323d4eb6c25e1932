/** Long work on the main thread: now and then others get their turn, and who asked may take it back. */
import { InterruptedError } from '../../errors.js';

const LONGEST_MS = 50;

/** A function to call often: where 50 ms passed it lets waiting events run; throws InterruptedError on `signal`. */
export function turns(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last > LONGEST_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      last = performance.now();
    }
    if (signal?.aborted) throw new InterruptedError();
  };
}
