/**
 * Which gene sets lists of genes are rich in: one-sided hypergeometric tests of every list in every set, on the
 * background of the genes that were measured.
 *
 * A gene that was not measured could not have been in a list, so it counts in neither set nor background. All tests
 * of all lists are adjusted together (Benjamini and Hochberg 1995).
 */
import { DataError, OptionError } from '../errors.js';
import type { GeneSet } from '../formats/index.js';
import { benjaminiHochberg, overRepresentation } from '../stats/index.js';

export interface OverRepresentationOptions {
  /** Genes measured that a set must have. Default 3. */
  readonly fewest?: number;
  /** Genes measured that a set may have. Default 500. */
  readonly most?: number;
}

export interface SetTest {
  /** Number of the list. */
  readonly list: number;
  readonly set: string;
  /** Genes of the set that were measured. */
  readonly size: number;
  /** Of these, in the list. */
  readonly overlap: number;
  /** What chance gives: size × length of the list / genes measured. */
  readonly expected: number;
  readonly p: number;
  /** Expected share of false ones among tests with this q or less. */
  readonly q: number;
  /** Genes in both, in the order of the list. */
  readonly genes: readonly string[];
}

export interface SetTests {
  /** By list, then by p. */
  readonly tests: readonly SetTest[];
  /** Sets that were tested. */
  readonly tested: number;
  readonly tooSmall: number;
  readonly tooLarge: number;
  /** Different genes of the sets that were not measured, of how many. */
  readonly unknown: number;
  readonly genes: number;
}

/**
 * Tests `lists` of genes, all of them `measured`, in `sets`. Throws DataError on a gene of a list that was not measured
 * or stands in it twice, and on `measured` with repeats; OptionError on sizes out of order.
 */
export function testGeneSets(
  lists: readonly (readonly string[])[],
  measured: readonly string[],
  sets: readonly GeneSet[],
  { fewest = 3, most = 500 }: OverRepresentationOptions = {},
): SetTests {
  if (!(Number.isSafeInteger(fewest) && fewest >= 1)) {
    throw new OptionError('fewest', fewest, 'a whole number ≥ 1');
  }
  if (!(Number.isSafeInteger(most) && most >= fewest)) {
    throw new OptionError('most', most, `a whole number ≥ ${fewest}`);
  }
  const background = new Set(measured);
  if (background.size < measured.length) throw new DataError('a measured gene is listed twice');
  lists.forEach((list, i) => {
    checkList(list, i, background);
  });
  const all = new Set(sets.flatMap(({ genes }) => genes));
  const known = sets.map(({ name, genes }) => ({
    name,
    genes: new Set(genes.filter((gene) => background.has(gene))),
  }));
  const fit = known.filter(({ genes }) => genes.size >= fewest && genes.size <= most);
  const found = lists.flatMap((list, i) =>
    fit
      .map(({ name, genes }) => {
        const both = list.filter((gene) => genes.has(gene));
        const { p } = overRepresentation({
          population: measured.length,
          marked: genes.size,
          drawn: list.length,
          drawnMarked: both.length,
        });
        const expected = (genes.size * list.length) / measured.length;
        return { list: i, set: name, size: genes.size, overlap: both.length, expected, p, genes: both };
      })
      .sort((a, b) => a.p - b.p || (a.set < b.set ? -1 : 1)),
  );
  const q = benjaminiHochberg(found.map(({ p }) => p));
  return {
    tests: found.map((test, i) => ({ ...test, q: q[i] })),
    tested: fit.length,
    tooSmall: known.filter(({ genes }) => genes.size < fewest).length,
    tooLarge: known.filter(({ genes }) => genes.size > most).length,
    unknown: [...all].filter((gene) => !background.has(gene)).length,
    genes: all.size,
  };
}

function checkList(list: readonly string[], i: number, background: ReadonlySet<string>): void {
  const strange = list.find((gene) => !background.has(gene));
  if (strange !== undefined) throw new DataError(`list ${i}: '${strange}' is no measured gene`, { list: i });
  if (new Set(list).size < list.length) throw new DataError(`list ${i} has a gene twice`, { list: i });
}
