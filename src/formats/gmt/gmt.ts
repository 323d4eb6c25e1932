/**
 * Gene sets as GMT text (Gene Matrix Transposed, of GSEA and MSigDB): a set is a line of fields with tabs between, its
 * name, a description, its genes.
 *
 * Also read: files of Enrichr, whose genes may carry a weight ('TP53,1.0'), which is left out. What had to be
 * decided is told in `notes`.
 */
import { FormatError, listNames } from '../../errors.js';

export interface GeneSet {
  readonly name: string;
  readonly description: string;
  /** Each once, in the order of the file. */
  readonly genes: readonly string[];
}

export interface GeneSets {
  readonly sets: readonly GeneSet[];
  readonly notes: readonly string[];
}

const WEIGHT = /,-?\d+(\.\d+)?$/;

/**
 * The sets of a text. A name that comes again adds its genes to the set before. Throws FormatError for text without any
 * set, a line without a tab or without a name, and NUL bytes; naming the line.
 */
export function parseGmt(text: string, path?: string): GeneSets {
  const sets = new Map<string, { description: string; genes: Set<string> }>();
  const [empty, again] = [new Set<string>(), new Set<string>()];
  let weighted = 0;
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [i, line] of lines.entries()) {
    const fail = (message: string) => {
      throw new FormatError('gmt', message, { path, where: `line ${i + 1}` });
    };
    if (line.includes('\0')) fail('a NUL byte: this is not a text file');
    if (line.trim() === '') continue;
    const [name, description, ...genes] = line.split('\t').map((field) => field.trim());
    if (description === undefined) {
      fail(
        'no tab; a line of a GMT file is the name of a set, a description and its genes, with tabs between',
      );
    }
    if (name === '') fail('a set without a name');
    if (sets.has(name)) again.add(name);
    const set = sets.get(name) ?? { description, genes: new Set<string>() };
    sets.set(name, set);
    for (const written of genes) {
      const gene = written.replace(WEIGHT, '');
      if (gene !== written) weighted++;
      if (gene !== '') set.genes.add(gene);
    }
    if (set.genes.size === 0) empty.add(name);
    else empty.delete(name);
  }
  if (sets.size === 0) throw new FormatError('gmt', 'no gene sets: the file is empty', { path });
  const notes: string[] = [];
  if (again.size > 0) notes.push(`sets on several lines were put together: ${listNames([...again])}`);
  if (empty.size > 0) notes.push(`sets without genes: ${listNames([...empty])}`);
  if (weighted > 0) notes.push(`weights of ${weighted} genes were left out`);
  return {
    sets: Array.from(sets, ([name, { description, genes }]) => ({ name, description, genes: [...genes] })),
    notes,
  };
}
