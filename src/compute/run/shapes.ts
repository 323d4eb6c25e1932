/** Programs by shape: a graph has static sizes, so the last, shorter batch needs a program of its own. */
import { OptionError } from '../../errors.js';
import type { Program } from './program.js';

/**
 * A function that gives the program for `sizes`, compiled once and kept; of more than `most` (default 8) the one not
 * used for longest is disposed of. A build that fails is tried again next time. Throws OptionError on `most` < 1.
 */
export function programsByShape<K extends number | string | readonly (number | string)[]>(
  build: (sizes: K) => Promise<Program>,
  most = 8,
): (sizes: K) => Promise<Program> {
  if (!(Number.isInteger(most) && most >= 1)) throw new OptionError('most', most, 'a whole number ≥ 1');
  const kept = new Map<string, Promise<Program>>();
  return (sizes) => {
    const key = JSON.stringify(sizes);
    const program = kept.get(key) ?? build(sizes);
    // the latest last
    kept.delete(key);
    kept.set(key, program);
    program.catch(() => kept.get(key) === program && kept.delete(key));
    for (const [oldest, old] of kept) {
      if (kept.size <= most) break;
      kept.delete(oldest);
      void old.then((unused) => unused.dispose()).catch(() => undefined);
    }
    return program;
  };
}
