/**
 * Over-representation: are more of the genes drawn from a set than chance would draw? The upper tail of the
 * hypergeometric distribution, the one-sided test of Fisher.
 */

import { OptionError } from '../errors.js';
import { poissonLogProbability } from '../random/index.js';

export interface OverRepresentation {
  /** Genes there are: the background, as a rule those measured. */
  readonly population: number;
  /** Of these, in the set. */
  readonly marked: number;
  /** Of these, drawn: the list that is tested. */
  readonly drawn: number;
  /** In the list and in the set. */
  readonly drawnMarked: number;
}

export interface TailProbability {
  /** P(as many as `drawnMarked` or more); 0 where it is too small for a number, see `logP`. */
  readonly p: number;
  /** Its natural logarithm. */
  readonly logP: number;
}

/**
 * P(X ≥ drawnMarked) for X ~ Hypergeometric: `scipy.stats.hypergeom.sf(drawnMarked - 1, population, marked, drawn)`. The
 * sum is taken from the side of the smaller tail in terms relative to the first, so that far tails keep
 * their digits.
 *
 * Throws `OptionError` unless the four are whole numbers ≥ 0 that some draw could give.
 */
export function overRepresentation(counts: OverRepresentation): TailProbability {
  check(counts);
  const { population, marked, drawn, drawnMarked } = counts;
  const [least, most] = [Math.max(0, marked + drawn - population), Math.min(marked, drawn)];
  if (drawnMarked <= least) return { p: 1, logP: 0 };
  /** P(X = x + 1) / P(X = x). */
  const ratio = (x: number): number =>
    (((marked - x) / (x + 1)) * (drawn - x)) / (population - marked - drawn + x + 1);
  if (drawnMarked * population > marked * drawn) {
    let [sum, term] = [1, 1];
    for (let x = drawnMarked; x < most && term > sum * Number.EPSILON; x++) {
      term *= ratio(x);
      sum += term;
    }
    // Rounding may carry what is nearly one beyond it.
    const logP = Math.min(0, logProbability(counts) + Math.log(sum));
    return { p: Math.exp(logP), logP };
  }
  let [sum, term] = [1, 1];
  for (let x = drawnMarked - 1; x > least && term > sum * Number.EPSILON; x--) {
    term /= ratio(x - 1);
    sum += term;
  }
  const below = Math.exp(logProbability({ ...counts, drawnMarked: drawnMarked - 1 })) * sum;
  return { p: 1 - below, logP: Math.log1p(-below) };
}

/**
 * log P(X = drawnMarked): of four independent Poisson counts given their margins, whose log-probabilities do not cancel
 * as factorials would.
 */
function logProbability({ population, marked, drawn, drawnMarked }: OverRepresentation): number {
  const rows = [drawn, population - drawn];
  const columns = [marked, population - marked];
  const cells = [
    [drawnMarked, drawn - drawnMarked],
    [marked - drawnMarked, population - marked - drawn + drawnMarked],
  ];
  let sum = poissonLogProbability(population, population);
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      sum += poissonLogProbability(cells[i][j], (row / population) * column);
    });
  });
  for (const margin of [...rows, ...columns]) sum -= poissonLogProbability(margin, margin);
  return sum;
}

function check({ population, marked, drawn, drawnMarked }: OverRepresentation): void {
  const wholeUpTo = (name: string, value: number, most: number, ofWhat: string): void => {
    if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
    throw new OptionError(name, value, `a whole number from 0 to ${most}${ofWhat}`);
  };
  wholeUpTo('population', population, Number.MAX_SAFE_INTEGER, '');
  wholeUpTo('marked', marked, population, ' (population)');
  wholeUpTo('drawn', drawn, population, ' (population)');
  wholeUpTo('drawnMarked', drawnMarked, Math.min(marked, drawn), ' (the smaller of marked and drawn)');
  const least = marked + drawn - population;
  if (drawnMarked < least) {
    throw new OptionError('drawnMarked', drawnMarked, `${least} or more, as marked + drawn − population`);
  }
}
