/**
 * Which columns of a table are row names, annotations and genes. The rule, in order:
 *
 * 1. A header of our own settles it: row names and annotations quoted, genes not (see `writer.ts`).
 * 2. The first column holds the row names when it has no name, when the header is one name short, or when it
 *    has a name such as `cell`, `barcode`, `sig_id` (or `gene`, when it is the only text) and no value twice.
 * 3. A column of text is an annotation. The genes are in the longest run of columns without text between
 *    them; columns of numbers outside of that run are annotations.
 * 4. From both ends of the run are taken the columns whose names say annotation (`dose`, `n_counts`, or a
 *    lower-case word beside capitalised genes, any word beside Entrez or Ensembl ids), together with what
 *    they enclose as long as they are at least half of it and it is not more than half of the run.
 */
import { FormatError, listNames } from '../../errors.js';
import { isGeneListName, isMetadataName, isRowName, isUnnamed, outlierOf } from './names.js';
import type { Survey } from './survey.js';

export interface HeaderField {
  readonly name: string;
  readonly quoted: boolean;
}

/** Positions of columns in the file. */
export interface Layout {
  /** The column of row names, −1 when the rows are only numbered. */
  readonly rowNames: number;
  readonly annotations: readonly number[];
  readonly genes: readonly number[];
  /** Annotations that hold numbers and were told from genes by their names or their place. */
  readonly byName: readonly number[];
  /** Do quotes around a value say that it is text? */
  readonly quotesMeanText: boolean;
}

/** What has to be known of the columns: from a survey of text, or from the types of the file. */
export type ColumnKinds = Pick<Survey, 'kind' | 'firstIsDistinct' | 'quotesMeanText'>;

/** Where the column names stand, for messages. */
export interface Place {
  readonly format: string;
  readonly path?: string;
  readonly where: string;
}

/** Two runs of numbers this long cannot both be told apart by length. */
const LONG_RUN = 20;

/** Throws FormatError where there are no genes, where they cannot be told, and for a column without a name. */
export function findLayout(
  header: readonly HeaderField[],
  survey: ColumnKinds,
  delimiter: number,
  place: Place,
): Layout {
  const names = header.map((field) => field.name);
  const marked = markedColumns(header, delimiter);
  const columns = names.map((_, k) => k);
  if (marked > 0 && columns.slice(marked).every((k) => survey.kind(k, true) !== 'text')) {
    const [annotations, genes] = [columns.slice(1, marked), columns.slice(marked)];
    return { rowNames: 0, annotations, genes, byName: [], quotesMeanText: true };
  }

  const distinctFirst = survey.firstIsDistinct && names.length > 1;
  const named = isUnnamed(names[0]!) ? names.length > 1 : isRowName(names[0]!) && distinctFirst;
  const used = columns.filter((k) => k > 0 || !named).filter((k) => !isPadding(names, survey, k));
  const [start, end] = geneRun(used, names, survey, place);
  const genes = used.slice(start, end);
  const annotations = [...used.slice(0, start), ...used.slice(end)];
  if (genes.length === 0) throw noGenes(names, place);
  const unnamed = used.find((k) => names[k]!.trim() === '');
  if (unnamed !== undefined) {
    throw new FormatError(place.format, `column ${unnamed + 1} of ${names.length} has no name`, place);
  }
  const geneList =
    annotations.length === 1 && annotations[0] === 0 && isGeneListName(names[0]!) && distinctFirst;
  return {
    rowNames: named || geneList ? 0 : -1,
    annotations: geneList ? [] : annotations,
    genes,
    byName: annotations.filter((k) => survey.kind(k) !== 'text'),
    quotesMeanText: survey.quotesMeanText,
  };
}

/** How many leading columns our own header marks as row names and annotations; 0 where it marks nothing. */
export function markedColumns(header: readonly HeaderField[], delimiter: number): number {
  const needless = header.map(({ name, quoted }) => quoted && !needsQuotes(name, delimiter));
  const firstBare = header.findIndex((field) => !field.quoted);
  if (!needless[0] || firstBare < 0) return 0;
  const marked = needless.lastIndexOf(true) + 1;
  return marked <= firstBare ? marked : 0;
}

/** Must this text be quoted to be one field (RFC 4180)? */
export function needsQuotes(text: string, delimiter: number): boolean {
  return /["\n\r]/.test(text) || text.includes(String.fromCharCode(delimiter));
}

/** A column that a delimiter at the end of every line makes. */
function isPadding(names: readonly string[], survey: ColumnKinds, k: number): boolean {
  return names[k] === '' && survey.kind(k) === 'nothing';
}

/** Rules 3 and 4: the genes are `used[start … end)`. */
function geneRun(
  used: readonly number[],
  names: readonly string[],
  survey: ColumnKinds,
  place: Place,
): [start: number, end: number] {
  const runs: [number, number][] = [];
  let from = 0;
  for (let k = 0; k <= used.length; k++) {
    if (k < used.length && survey.kind(used[k]!) !== 'text') continue;
    runs.push([from, k]);
    from = k + 1;
  }
  const peeled = runs.map((run) => peel(run, used, names)).sort(([a, b], [c, d]) => d - c - (b - a) || c - a);
  const [[start, end], second] = peeled as [[number, number], [number, number] | undefined];
  if (second && second[1] - second[0] > Math.max(LONG_RUN, (end - start) / 2)) {
    const range = ([a, b]: [number, number]) => `'${names[used[a]!]}' … '${names[used[b - 1]!]}'`;
    throw new FormatError(
      place.format,
      `numbers on both sides of text columns: are the genes ${range([start, end])} (${end - start} columns) or ` +
        `${range(second)} (${second[1] - second[0]})? move the text columns to the front`,
      place,
    );
  }
  return [start, end];
}

/** Rule 4 on one run. */
function peel(
  [start, end]: [number, number],
  used: readonly number[],
  names: readonly string[],
): [number, number] {
  const inRun = used.slice(start, end).map((k) => names[k]!);
  const isOutlier = outlierOf(inRun);
  const annotates = inRun.map((name) => isMetadataName(name) || isOutlier(name));
  const front = enclosed(annotates);
  const back = enclosed(annotates.slice(front).reverse());
  return [start + front, end - back];
}

/**
 * Length of the longest beginning that ends in `true` and is `true` all through, or in at least half of its
 * places when it is no more than half of the whole.
 */
function enclosed(flags: readonly boolean[]): number {
  let length = 0;
  let nTrue = 0;
  flags.forEach((flag, k) => {
    if (!flag) return;
    nTrue++;
    const half = 2 * nTrue >= k + 1 && 2 * (k + 1) <= flags.length;
    if (nTrue === k + 1 || half) length = k + 1;
  });
  return length;
}

function noGenes(names: readonly string[], place: Place): FormatError {
  return new FormatError(
    place.format,
    `no column of numbers that could be a gene; found the columns ${listNames(names)}; ` +
      'a table of measurements has one column a gene',
    { ...place, expected: 'columns of numbers', found: listNames(names) },
  );
}
