/**
 * Bytes of a csv or tsv in, `PerturbationData` out. Pieces of any size are pushed as they come, so that a file
 * larger than memory's longest string is read as easily as a small one; only numbers and annotations are kept.
 */
import { dense } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
import { type Column, Table } from '../../data/table.js';
import { FormatError, listNames } from '../../errors.js';
import { withNotes } from '../notes.js';
import { checkRowRange, rowRange } from '../row-range.js';
import { AnnotationColumn } from './annotation-column.js';
import { repeated } from './columns.js';
import { DELIMITERS, type Dialect, findDialect } from './dialect.js';
import { findLayout, type HeaderField, type Layout } from './layout.js';
import { isMissing } from './missing.js';
import { isUnnamed } from './names.js';
import { parseNumber } from './numbers.js';
import { BARE, RecordScanner } from './records.js';
import { GrowingRows } from './rows.js';
import { Survey } from './survey.js';
import { FieldReader } from './text.js';

export interface TableOptions {
  /** For messages. */
  readonly path?: string;
  /** Keep these rows only, `start` inclusive, `end` exclusive; the columns are judged all the same by the first. */
  readonly rows?: { readonly start: number; readonly end: number };
  /** Every column is an annotation; for tables of cells, genes, pairs. */
  readonly annotationsOnly?: boolean;
  /** Values beyond this many bytes are refused; default: none are. */
  readonly maxBytes?: number;
}

/** What is looked at before the columns are judged. */
const HEAD_BYTES = 4 * 2 ** 20;
/** Columns that say that a table is from L1000, where −666 is a missing annotation. */
const L1000_COLUMNS = ['pert_id', 'pert_iname', 'pert_type', 'sig_id', 'inst_id', 'distil_id'];
const L1000_MISSING = '-666';

/** Everything that is settled by the head of the file. */
interface Plan {
  readonly dialect: Dialect;
  readonly layout: Layout;
  /** Of the first rows, and their numbers. */
  readonly survey: Survey;
  readonly scanner: RecordScanner;
  readonly fields: FieldReader;
  readonly names: readonly string[];
  readonly nFields: number;
  readonly rowNames: string[];
  readonly annotations: ReadonlyMap<number, AnnotationColumn>;
  readonly genes: Int32Array;
  readonly values: GrowingRows;
}

export class TableReader {
  private bytes = new Uint8Array();
  /** Where `bytes` begins in the file. */
  private offset = 0;
  private row = 0;
  private plan: Plan | undefined;
  private head: Uint8Array[] = [];
  private headLength = 0;
  private headWanted = HEAD_BYTES;

  /** Throws OptionError for a range of rows that is none. */
  constructor(private readonly options: TableOptions = {}) {
    checkRowRange(options.rows);
  }

  /** Takes the next bytes; false when no more are needed. Throws FormatError, FileError 'memory'. */
  push(chunk: Uint8Array): boolean {
    if (this.plan) {
      this.bytes = joined([this.bytes, chunk]);
      return this.consume(this.plan, false);
    }
    this.head.push(chunk);
    this.headLength += chunk.length;
    if (this.headLength < this.headWanted) return true;
    this.bytes = joined(this.head);
    this.plan = this.makePlan(false);
    this.headWanted *= 2;
    return this.plan ? this.consume(this.plan, false) : true;
  }

  /** The data, after the last bytes. `uns.reading_notes` says how the columns were understood. */
  finish(): PerturbationData {
    const { plan, table } = this.finishTable();
    const { genes, values, names } = plan;
    const X = dense(table.nRows, genes.length, values.finish());
    return new PerturbationData({
      X,
      obs: table,
      var: new Table(Array.from(genes, (k) => names[k]!)),
      uns: withNotes(this.notes(plan, table)),
    });
  }

  /** The annotations alone, see `annotationsOnly`. */
  finishAnnotations(): Table {
    return this.finishTable().table;
  }

  private finishTable(): { plan: Plan; table: Table } {
    if (!this.plan) this.bytes = joined(this.head);
    const plan = this.plan ?? this.makePlan(true);
    if (!plan) throw this.fail('an empty file: a table has a line of column names', 'line 1');
    this.consume(plan, true);
    const nRows = plan.values.nRows;
    // reading ends with the last wanted row: fewer rows are all that there are
    const { start } = rowRange(this.options.rows, this.row);
    const { rowNames } = plan.layout;
    const index = rowNames < 0 ? Array.from({ length: nRows }, (_, i) => String(start + i)) : plan.rowNames;
    const missing = L1000_COLUMNS.some((name) => plan.names.includes(name)) ? L1000_MISSING : undefined;
    const columns = [...plan.annotations].map(([k, column]): [string, Column] => [
      plan.names[k]!,
      column.finish(plan.layout.quotesMeanText, missing),
    ]);
    const indexName = rowNames < 0 || isUnnamed(plan.names[rowNames]!) ? undefined : plan.names[rowNames];
    return { plan, table: new Table(index, columns, indexName) };
  }

  /** Judges the columns by what is there; undefined when that is less than a header and a row. */
  private makePlan(last: boolean): Plan | undefined {
    const { bytes } = this;
    const { path } = this.options;
    const dialect = findDialect(bytes, last, path);
    const scanner = new RecordScanner(dialect.delimiter, true, 'table', path);
    const fields = new FieldReader(scanner, 'table', path);
    let at = dialect.start;
    do {
      if (at >= bytes.length || !scanner.scan(bytes, at, last)) return undefined;
      at = scanner.next;
    } while (scanner.blank);
    const header: HeaderField[] = Array.from({ length: scanner.count }, (_, k) => ({
      name: fields.text(bytes, k, this.offset),
      quoted: scanner.quoting[k] !== BARE,
    }));
    const begin = { at, line: scanner.nextLine };
    const survey = new Survey(header.length + 1, dialect.decimal);
    let nSeen = 0;
    let nLonger = 0;
    while (at < bytes.length && scanner.scan(bytes, at, last)) {
      at = scanner.next;
      if (scanner.blank) continue;
      nSeen++;
      if (scanner.count === header.length + 1) nLonger++;
      survey.add(bytes, scanner);
    }
    if (!last && nSeen === 0) return undefined;
    // R's `write.table` leaves the row names without a header; a delimiter may also end every line but the first
    if (nSeen > 0 && nLonger === nSeen) {
      const padded = survey.kind(header.length) === 'nothing';
      header.splice(padded ? header.length : 0, 0, { name: '', quoted: false });
    }
    const layout = this.options.annotationsOnly
      ? annotationLayout(header, survey)
      : findLayout(header, survey, dialect.delimiter, { format: 'table', path, where: 'line 1' });
    const names = header.map((field) => field.name);
    this.checkNames(layout.annotations.map((k) => names[k]!));
    scanner.reset(begin.line);
    this.bytes = bytes.subarray(begin.at);
    this.offset = begin.at;
    this.head = [];
    return {
      dialect,
      layout,
      survey,
      scanner,
      fields,
      names,
      nFields: header.length,
      rowNames: [],
      annotations: new Map(layout.annotations.map((k) => [k, new AnnotationColumn()])),
      genes: Int32Array.from(layout.genes),
      values: new GrowingRows(layout.genes.length, this.options.maxBytes ?? Number.POSITIVE_INFINITY, path),
    };
  }

  private checkNames(names: readonly string[]): void {
    const twice = repeated(names);
    if (twice.length > 0) {
      throw this.fail(`annotation columns of the same name: ${listNames(twice)}; rename one`, 'line 1');
    }
  }

  /** Keeps the complete records of `bytes`; false when all wanted rows are in. */
  private consume(plan: Plan, last: boolean): boolean {
    const { start, end } = this.options.rows ?? { start: 0, end: Number.POSITIVE_INFINITY };
    const { bytes } = this;
    const { scanner } = plan;
    let at = 0;
    while (this.row < end && at < bytes.length && scanner.scan(bytes, at, last)) {
      at = scanner.next;
      if (scanner.blank) continue;
      if (scanner.count !== plan.nFields) this.failRagged(plan);
      if (this.row >= start) this.keepRow(plan, bytes);
      this.row++;
    }
    this.bytes = bytes.subarray(at);
    this.offset += at;
    return this.row < end;
  }

  private keepRow(plan: Plan, bytes: Uint8Array): void {
    const { scanner, fields, genes, values, layout } = plan;
    const { starts, ends } = scanner;
    const { decimal } = plan.dialect;
    const known = this.row < plan.survey.nRows ? plan.survey.row(this.row) : undefined;
    if (layout.rowNames >= 0) plan.rowNames.push(fields.text(bytes, layout.rowNames, this.offset));
    for (const [k, column] of plan.annotations) {
      column.add(fields.text(bytes, k, this.offset), scanner.quoting[k] !== BARE);
    }
    values.beginRow();
    const { block } = values;
    let { at } = values;
    for (let g = 0; g < genes.length; g++) {
      const k = genes[g]!;
      const value = known ? known[k]! : parseNumber(bytes, starts[k]!, ends[k]!, decimal);
      if (Number.isNaN(value) && !isMissing(bytes, starts[k]!, ends[k]!)) this.failNumber(plan, bytes, k);
      block[at++] = value;
    }
    values.at = at;
  }

  private failRagged({ scanner, nFields, dialect }: Plan): never {
    const delimiter = DELIMITERS.get(dialect.delimiter);
    throw new FormatError(
      'table',
      `${scanner.count} fields where the header has ${nFields} (delimiter: ${delimiter}); a field with a ` +
        'delimiter in it has to be in quotes',
      {
        path: this.options.path,
        where: `line ${scanner.line}`,
        expected: `${nFields} fields`,
        found: `${scanner.count} fields`,
      },
    );
  }

  private failNumber({ scanner, fields, names }: Plan, bytes: Uint8Array, k: number): never {
    const text = fields.text(bytes, k, this.offset);
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    throw new FormatError(
      'table',
      `'${shown}' in column '${names[k]}' (${k + 1}) is not a number, and that column was taken for a gene; ` +
        'correct the value, or put the values of the column in quotes if it is an annotation',
      { path: this.options.path, where: `line ${scanner.line}`, expected: 'a number', found: shown },
    );
  }

  private fail(message: string, where: string): FormatError {
    return new FormatError('table', message, { path: this.options.path, where });
  }

  private notes({ layout, dialect, names, genes }: Plan, { names: annotations, indexName }: Table): string[] {
    const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
    const range =
      genes.length === 1 ? `'${names[genes[0]!]}'` : `'${names[genes[0]!]}' … '${names[genes.at(-1)!]}'`;
    const rows =
      layout.rowNames < 0 ? 'numbered' : `named by ${indexName ? `'${indexName}'` : 'the first column'}`;
    const decimal = dialect.decimal === 44 ? ', decimal comma' : '';
    const notes = [
      `Read ${count(annotations.length, 'annotation column')} (${listNames(annotations)}) and ` +
        `${count(genes.length, 'gene')} (${range}); rows ${rows}; delimiter: ` +
        `${DELIMITERS.get(dialect.delimiter)}${decimal}.`,
    ];
    if (layout.byName.length > 0) {
      const taken = listNames(layout.byName.map((k) => names[k]!));
      notes.push(`Taken for annotations, not genes, by their names or their place: ${taken}.`);
    }
    return notes;
  }
}

/** Row names in an unnamed first column, the rest annotations, but for the padding of lines that end in a delimiter. */
function annotationLayout(header: readonly HeaderField[], survey: Survey): Layout {
  const rowNames = header.length > 1 && isUnnamed(header[0]!.name) ? 0 : -1;
  const annotations = header.flatMap(({ name }, k) => {
    return k === rowNames || (name === '' && survey.kind(k) === 'nothing') ? [] : [k];
  });
  return { rowNames, annotations, genes: [], byName: [], quotesMeanText: survey.quotesMeanText };
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
