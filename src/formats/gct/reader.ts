/**
 * GCT 1.2 and 1.3, the text matrices of the Connectivity Map: genes are rows, samples are columns.
 *
 *     #1.3
 *     nGenes  nSamples  nGeneAnnotations  nSampleAnnotations
 *     id      gene annotation names …     sample ids …
 *     name    na …                        one value a sample …      (one line a sample annotation)
 *     gene id gene annotations …          one number a sample …     (one line a gene)
 *
 * 1.2 has no annotations but a description of each gene. What is read has samples as observations. Format:
 * https://software.broadinstitute.org/software/igv/GCT and Enache et al. 2019, doi:10.1093/bioinformatics/bty784.
 */
import { dense } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
import { type Column, Table } from '../../data/table.js';
import { FileError, FormatError, listNames } from '../../errors.js';
import { withNotes } from '../notes.js';
import { rowRange } from '../row-range.js';
import { repeated, typedColumn } from '../table/columns.js';
import { isMissing, isMissingText } from '../table/missing.js';
import { numberFromText, parseNumber } from '../table/numbers.js';
import { RecordScanner } from '../table/records.js';
import { FieldReader } from '../table/text.js';

export interface GctOptions {
  readonly path?: string;
  /** Keep these samples only, `start` inclusive, `end` exclusive. */
  readonly rows?: { readonly start: number; readonly end: number };
  /** Bytes of text there can be at most; declared sizes beyond that are refused. Default: no bound. */
  readonly maxTextBytes?: number;
}

interface Sizes {
  readonly nGenes: number;
  readonly nSamples: number;
  readonly nGeneAnnotations: number;
  readonly nSampleAnnotations: number;
}

const TAB = 9;
/** What the Connectivity Map writes for "missing". */
const MISSING_NUMBER = -666;
const MISSING_TEXTS = ['na', '-666', '-666.0'];

const isMissingCell = (text: string) => isMissingText(text) || MISSING_TEXTS.includes(text);

export class GctReader {
  private readonly scanner: RecordScanner;
  private readonly fields: FieldReader;
  private bytes = new Uint8Array();
  private offset = 0;
  private nLines = 0;
  private version = '';
  private sizes: Sizes = { nGenes: 0, nSamples: 0, nGeneAnnotations: 0, nSampleAnnotations: 0 };
  /** Sample annotations that the file declares, where it has fewer. */
  private declared: number | undefined;
  private start = 0;
  private geneAnnotations: string[] = [];
  private samples: string[] = [];
  private readonly sampleColumns: [string, Column][] = [];
  private readonly genes: string[] = [];
  private geneCells: (string | null)[][] = [];
  private values = new Float64Array();
  private nMissingNumbers = 0;

  constructor(private readonly options: GctOptions = {}) {
    this.scanner = new RecordScanner(TAB, false, 'gct', options.path);
    // µ in Latin-1 is in many files of the Connectivity Map
    this.fields = new FieldReader(this.scanner, 'gct', options.path, 'utf-8-or-latin-1');
  }

  /** Takes the next bytes. Throws FormatError, FileError 'memory'. */
  push(chunk: Uint8Array): boolean {
    const bytes = new Uint8Array(this.bytes.length + chunk.length);
    bytes.set(this.bytes);
    bytes.set(chunk, this.bytes.length);
    this.bytes = bytes;
    this.consume(false);
    return true;
  }

  /** The data, after the last bytes. `uns.reading_notes` says what was not plain. Throws FormatError. */
  finish(): PerturbationData {
    this.consume(true);
    const { nGenes, nSampleAnnotations } = this.sizes;
    if (this.nLines < 3 + nSampleAnnotations) throw this.fail('the file ends within its header');
    if (this.genes.length < nGenes) {
      throw this.fail(`declares ${nGenes} rows and has ${this.genes.length}: the file is cut short`);
    }
    const geneColumns = this.geneAnnotations.map(
      (name, k) => [name, typedColumn(this.geneCells[k]!)] as const,
    );
    return new PerturbationData({
      X: dense(this.samples.length, nGenes, this.values),
      obs: new Table(this.samples, this.sampleColumns),
      var: new Table(this.genes, geneColumns),
      uns: withNotes(this.notes()),
    });
  }

  private consume(last: boolean): void {
    const { bytes, scanner } = this;
    let at = this.offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    while (at < bytes.length && scanner.scan(bytes, at, last)) {
      at = scanner.next;
      if (!scanner.blank) this.line();
    }
    this.bytes = bytes.subarray(at);
    this.offset += at;
  }

  private line(): void {
    const position = this.nLines++;
    if (position === 0) this.readVersion();
    else if (position === 1) this.readSizes();
    else if (position === 2) this.readNames();
    else if (position < 3 + this.sizes.nSampleAnnotations && !this.isGene()) this.readSampleAnnotation();
    else this.readGene();
  }

  private readVersion(): void {
    this.version = this.text(0).trim();
    if (this.version === '#1.2' || this.version === '#1.3') return;
    throw this.fail(`begins with '${this.version.slice(0, 40)}', expected '#1.2' or '#1.3'`);
  }

  private readSizes(): void {
    const expected = this.version === '#1.2' ? 2 : 4;
    const cells = Array.from({ length: this.scanner.count }, (_, k) => this.text(k).trim());
    const sizes = cells.slice(0, expected);
    if (sizes.length < expected || !sizes.every((cell) => /^\d{1,10}$/.test(cell))) {
      throw this.fail(`${expected} sizes expected, found ${listNames(cells)}`);
    }
    const [nGenes, nSamples, nGeneAnnotations = 1, nSampleAnnotations = 0] = sizes.map(Number) as [
      number,
      number,
    ];
    this.sizes = { nGenes, nSamples, nGeneAnnotations, nSampleAnnotations };
    const bytes = (nGenes + nSampleAnnotations + 1) * this.nFields;
    if (bytes > (this.options.maxTextBytes ?? Number.POSITIVE_INFINITY)) {
      throw this.fail(
        `declares ${nGenes} rows and ${nSamples} columns, impossible in a file of this size; it is damaged or cut off`,
      );
    }
  }

  /** Fields of every line after the second. */
  private get nFields(): number {
    return 1 + this.sizes.nGeneAnnotations + this.sizes.nSamples;
  }

  private readNames(): void {
    this.checkFields();
    const { nGenes, nSamples, nGeneAnnotations } = this.sizes;
    const { start, end } = rowRange(this.options.rows, nSamples);
    this.start = start;
    const first = 1 + nGeneAnnotations;
    this.geneAnnotations = this.texts(1, first);
    this.samples = this.texts(first + start, first + end);
    this.checkNames(this.geneAnnotations, 'row');
    this.geneCells = this.geneAnnotations.map(() => []);
    try {
      this.values = new Float64Array(this.samples.length * nGenes);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      const path = this.options.path ?? 'gct';
      const size = `${this.samples.length} × ${nGenes} values`;
      throw new FileError(
        path,
        'memory',
        `${path}: not enough memory for ${size}; read fewer rows at a time`,
        { cause },
      );
    }
  }

  /**
   * Is this line a gene although more sample annotations are declared? Files of the Connectivity Map declare
   * annotations that were removed. An annotation of samples has nothing, or one filler, where genes have
   * theirs. Taken wrongly, there would be more genes than declared: an error, never wrong data.
   */
  private isGene(): boolean {
    this.checkFields();
    const { nGeneAnnotations } = this.sizes;
    const first = 1 + nGeneAnnotations;
    const own = this.texts(1, first);
    const isFiller = own.every(isMissingCell) || (own.length > 1 && own.every((cell) => cell === own[0]));
    const isNumbers = () =>
      this.texts(first, this.nFields).every(
        (cell) => isMissingCell(cell) || !Number.isNaN(numberFromText(cell)),
      );
    if (isFiller || !isNumbers()) return false;
    this.declared = this.sizes.nSampleAnnotations;
    this.sizes = { ...this.sizes, nSampleAnnotations: this.sampleColumns.length };
    return true;
  }

  private readSampleAnnotation(): void {
    const first = 1 + this.sizes.nGeneAnnotations + this.start;
    const cells = this.texts(first, first + this.samples.length);
    this.sampleColumns.push([this.text(0), typed(cells)]);
    this.checkNames(
      this.sampleColumns.map(([name]) => name),
      'column',
    );
  }

  private readGene(): void {
    this.checkFields();
    const { nGenes, nGeneAnnotations } = this.sizes;
    const gene = this.genes.length;
    if (gene === nGenes) throw this.fail(`declares ${nGenes} rows and has more`);
    this.genes.push(this.text(0));
    for (const [k, cells] of this.geneCells.entries()) {
      const text = this.text(1 + k);
      cells.push(isMissingCell(text) ? null : text);
    }
    const { bytes, values } = this;
    const { starts, ends } = this.scanner;
    const first = 1 + nGeneAnnotations + this.start;
    for (let s = 0; s < this.samples.length; s++) {
      const k = first + s;
      let value = parseNumber(bytes, starts[k]!, ends[k]!);
      if (value === MISSING_NUMBER) {
        this.nMissingNumbers++;
        value = Number.NaN;
      } else if (Number.isNaN(value) && !isMissing(bytes, starts[k]!, ends[k]!) && this.text(k) !== 'na') {
        throw this.fail(`'${this.text(k).slice(0, 40)}' in column '${this.samples[s]}' is not a number`);
      }
      values[s * nGenes + gene] = value;
    }
  }

  private checkFields(): void {
    const { count } = this.scanner;
    if (count === this.nFields) return;
    const { nSamples, nGeneAnnotations } = this.sizes;
    throw this.fail(
      `${count} fields where ${this.nFields} are declared (1 id, ${nGeneAnnotations} row annotations, ${nSamples} columns)`,
    );
  }

  private checkNames(names: readonly string[], kind: string): void {
    const twice = repeated(names);
    if (twice.length > 0) throw this.fail(`${kind} annotations of the same name: ${listNames(twice)}`);
  }

  private text(k: number): string {
    return this.fields.text(this.bytes, k, this.offset);
  }

  private texts(from: number, to: number): string[] {
    return Array.from({ length: to - from }, (_, k) => this.text(from + k));
  }

  private notes(): string[] {
    const notes: string[] = [];
    if (this.declared !== undefined) {
      notes.push(
        `The file declares ${this.declared} column annotations and has ${this.sampleColumns.length}.`,
      );
    }
    if (this.nMissingNumbers > 0) notes.push(`Values of −666 taken as missing: ${this.nMissingNumbers}.`);
    if (this.fields.nLatin1 > 0)
      notes.push(`Cells that are not UTF-8, read as Latin-1: ${this.fields.nLatin1}.`);
    return notes;
  }

  private fail(message: string): FormatError {
    const where = `line ${this.scanner.line}`;
    return new FormatError('gct', message, { path: this.options.path, where });
  }
}

function typed(cells: readonly string[]): Column {
  return typedColumn(cells.map((cell) => (isMissingCell(cell) ? null : cell)));
}
