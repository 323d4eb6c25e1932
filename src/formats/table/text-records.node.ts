/**
 * A delimited text file as it stands: every field a text, the first line like any other. For tables whose names must
 * not be taken for numbers ('007'), and for those without a line of column names.
 */
import { totalmem } from 'node:os';
import { FileError, FormatError } from '../../errors.js';
import type { ReadOptions } from '../format.js';
import { readChunks } from './chunks.node.js';
import { findDialect } from './dialect.js';
import { RecordScanner } from './records.js';
import { FieldReader } from './text.js';

/** Share of the machine's memory that the bytes of a file may take. */
const MEMORY_SHARE = 0.1;

/**
 * The records of a csv or tsv, plain or gzipped, empty lines left out; all as long as the first.
 * Throws FileError; FormatError for what is no text table, and for a record of another length.
 */
export async function readRecords(path: string, options: ReadOptions = {}): Promise<string[][]> {
  const bytes = await readAll(path, options);
  const dialect = findDialect(bytes, true, path);
  const scanner = new RecordScanner(dialect.delimiter, true, 'table', path);
  const fields = new FieldReader(scanner, 'table', path, 'utf-8-or-latin-1');
  const records: string[][] = [];
  let at = dialect.start;
  while (at < bytes.length && scanner.scan(bytes, at, true)) {
    at = scanner.next;
    if (scanner.blank) continue;
    const record = Array.from({ length: scanner.count }, (_, k) => fields.text(bytes, k, 0));
    const width = records[0]?.length ?? record.length;
    if (record.length !== width) {
      throw new FormatError('table', `${record.length} fields where the first line has ${width}`, {
        path,
        where: `line ${scanner.line}`,
      });
    }
    records.push(record);
  }
  if (records.length === 0) throw new FormatError('table', 'an empty file', { path });
  return records;
}

async function readAll(path: string, options: ReadOptions): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const most = MEMORY_SHARE * totalmem();
  let length = 0;
  await readChunks(path, options, (chunk) => {
    length += chunk.length;
    if (length > most) {
      const text = `${path}: more than ${Math.floor(most / 2 ** 20)} MiB: too large for a table of annotations`;
      throw new FileError(path, 'memory', text);
    }
    chunks.push(chunk);
    return true;
  });
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
