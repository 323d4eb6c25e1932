/** The work of `mechanist fingerprint`: a table of SMILES to a table of the bits that are set. */
import { setImmediate } from 'node:timers/promises';
import {
  type FingerprintOf,
  type FingerprintOptions,
  listUnreadable,
  morganFingerprints,
  type UnreadableSmiles,
} from '../data/fingerprint/index.js';
import { ColumnError, InterruptedError } from '../errors.js';
import { checkNotInput, checkOutput, writeAtomically } from '../formats/index.node.js';
import { needsQuotes } from '../formats/table/layout.js';
import { TextFile } from '../formats/table/text-file.node.js';
import { readRecords } from '../formats/table/text-records.node.js';

export interface FingerprintFileRequest extends FingerprintOptions {
  readonly path: string;
  /** Column of the SMILES: its name, or its number from 1. */
  readonly smiles: string;
  /** Column of the ids, the same way. Default the first that is not the SMILES. */
  readonly id?: string;
  readonly out: string;
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface FingerprintFileResult {
  readonly out: string;
  readonly molecules: number;
  /** What no molecule could be made of; `line` counts the records of the file from 1. */
  readonly unreadable: readonly { readonly id: string; readonly smiles: string; readonly line: number }[];
  readonly sentences: readonly string[];
}

const COMMA = 44;
/** Molecules between two looks at the signal. */
const TURN = 64;

/** Throws ColumnError, OptionError, FileError, FormatError, InterruptedError. */
export async function fingerprintFile(request: FingerprintFileRequest): Promise<FingerprintFileResult> {
  const { path, out, overwrite = false, signal, onProgress } = request;
  const fingerprintOf = morganFingerprints(request);
  await checkOutput(out, { overwrite });
  await checkNotInput(out, [path]);
  const records = await readRecords(path, { signal });
  const columns = await columnsOf(records, request, fingerprintOf);
  const { smiles, id, first } = columns;
  const unreadable: { id: string; smiles: string; line: number }[] = [];
  let molecules = 0;
  await writeAtomically(out, { overwrite }, async (temporary) => {
    const file = await TextFile.create(temporary);
    try {
      await file.write('id,on_bits\n');
      for (let row = first; row < records.length; row++) {
        if ((row - first) % TURN === 0) {
          await setImmediate();
          if (signal?.aborted) throw new InterruptedError();
          onProgress?.(row - first, records.length - first);
        }
        const [name, text] = [records[row][id], records[row][smiles]];
        const bits = await fingerprintOf(text);
        if (bits) {
          await file.write(`${quoted(name)},${bits.join(' ')}\n`);
          molecules++;
        } else unreadable.push({ id: name, smiles: text, line: row + 1 });
      }
      await file.finish();
    } catch (error) {
      await file.abort();
      throw error;
    }
  });
  const sentences = [
    ...(first === 0 ? [`${path} has no line of column names: its first line is a molecule`] : []),
    ...unreadableSentence(unreadable),
    `${out}: fingerprints of ${molecules} molecules`,
  ];
  return { out, molecules, unreadable, sentences };
}

/** A sentence that counts and names what is no molecule; none when all are. */
export function unreadableSentence(unreadable: readonly UnreadableSmiles[]): string[] {
  if (unreadable.length === 0) return [];
  return [`${unreadable.length} unreadable SMILES, left out: ${listUnreadable(unreadable)}`];
}

/** Where the SMILES and the ids are, and the first record that is a molecule. */
async function columnsOf(
  records: readonly (readonly string[])[],
  request: FingerprintFileRequest,
  fingerprintOf: FingerprintOf,
): Promise<{ smiles: number; id: number; first: number }> {
  const header = records[0];
  const smiles = columnNumber(header, request.smiles, request.path);
  const other = header.findIndex((_, k) => k !== smiles);
  const id = request.id === undefined ? Math.max(0, other) : columnNumber(header, request.id, request.path);
  const isName = header[smiles] === request.smiles;
  // a column that is only numbered may have no name: a first line with a molecule in it is no header
  const first = isName || (await fingerprintOf(header[smiles])) === null ? 1 : 0;
  return { smiles, id, first };
}

/** A column by its name, else by its number from 1. Throws ColumnError. */
function columnNumber(header: readonly string[], column: string, path: string): number {
  const named = header.indexOf(column);
  if (named >= 0) return named;
  const number = /^\d+$/.test(column) ? Number(column) : 0;
  if (number >= 1 && number <= header.length) return number - 1;
  const advice = `a column of a file without names is given by its number, 1 to ${header.length}`;
  throw new ColumnError(column, path, header, advice);
}

const quoted = (text: string) => (needsQuotes(text, COMMA) ? `"${text.replaceAll('"', '""')}"` : text);
