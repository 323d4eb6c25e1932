/**
 * Which files of a folder belong together as one 10x matrix: `matrix.mtx`, `barcodes.tsv` and
 * `features.tsv` (or the older `genes.tsv`), each plain or gzipped, with a common prefix where a repository
 * put one (`GSM123_matrix.mtx.gz`).
 */

export interface TenxParts {
  /** What stands before the names, '' for CellRanger's own folders. */
  readonly prefix: string;
  readonly matrix?: string;
  readonly features?: string;
  readonly barcodes?: string;
}

const NAMES: readonly (readonly [keyof Omit<TenxParts, 'prefix'>, RegExp])[] = [
  ['matrix', /^(.*?)matrix\.mtx(\.gz)?$/i],
  ['features', /^(.*?)(features|genes)\.tsv(\.gz)?$/i],
  ['barcodes', /^(.*?)barcodes\.tsv(\.gz)?$/i],
];

/** The sets of parts in a folder, one a prefix, sorted by it. A plain file goes before its gzipped copy. */
export function tenxParts(entries: readonly string[]): TenxParts[] {
  const sets = new Map<string, { -readonly [K in keyof TenxParts]: TenxParts[K] }>();
  for (const entry of [...entries].sort()) {
    for (const [part, pattern] of NAMES) {
      const prefix = pattern.exec(entry)?.[1];
      if (prefix === undefined) continue;
      const parts = sets.get(prefix) ?? { prefix };
      sets.set(prefix, parts);
      parts[part] ??= entry;
    }
  }
  return [...sets.values()].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
}
