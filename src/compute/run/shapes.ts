/** Programs by shape: a graph has static sizes, so the last, shorter batch needs a program of its own. */
import { OptionError } from '../../errors.js';

type Sizes = number | string | readonly (number | string)[];

/**
 * A function that gives the program for `sizes`, compiled once and kept; of more than `most` (default 8) the one not
 * used for longest is disposed of, and all of them by its `dispose`. A build that fails is tried again next time. Throws
 * OptionError on `most` < 1.
 */
export function programsByShape<K extends Sizes, P extends { dispose(): Promise<void> }>(
  build: (sizes: K) => Promise<P>,
  most = 8,
): ((sizes: K) => Promise<P>) & { dispose(): Promise<void> } {
  if (!(Number.isInteger(most) && most >= 1)) throw new OptionError('most', most, 'a whole number ≥ 1');
  const kept = new Map<string, Promise<P>>();
  const discard = async (key: string, program: Promise<P>) => {
    kept.delete(key);
    await program.then((unused) => unused.dispose()).catch(() => undefined);
  };
  const of = (sizes: K) => {
    const key = JSON.stringify(sizes);
    const program = kept.get(key) ?? build(sizes);
    // the latest last
    kept.delete(key);
    kept.set(key, program);
    program.catch(() => kept.get(key) === program && kept.delete(key));
    for (const [oldest, old] of kept) {
      if (kept.size <= most) break;
      void discard(oldest, old);
    }
    return program;
  };
  const dispose = async () => {
    for (const [key, program] of kept) await discard(key, program);
  };
  return Object.assign(of, { dispose });
}
