/** An open GCTX file as `PerturbationData`; only the samples asked for are read. See `layout.ts`. */
import { dense, type NumericArray } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
import { type Column, numeric, Table } from '../../data/table.js';
import type { ReadOptions } from '../format.js';
import { Hdf5Dataset, type Hdf5Group, type Hdf5Reader } from '../hdf5/reader.js';
import { withNotes } from '../notes.js';
import { rowRange } from '../row-range.js';
import { GENES, ID, MATRIX, MISSING_NUMBER, SAMPLES, textColumn } from './layout.js';

type Range = readonly [start: number, end: number];

/** Throws FormatError where the layout, the sizes or the types are not those of a GCTX. */
export function readGctx(file: Hdf5Reader, options: ReadOptions = {}): PerturbationData {
  const { root } = file;
  const version = root.attr('version');
  const text = String(Array.isArray(version) ? version[0] : version);
  if (version !== undefined && !text.startsWith('GCTX')) {
    throw root.fail(`version '${text}' where GCTX1.0 is expected`, { expected: 'GCTX1.0', found: text });
  }
  const matrix = root.dataset(MATRIX);
  const nSamples = lengthOf(root.group(SAMPLES).dataset(ID));
  const nGenes = lengthOf(root.group(GENES).dataset(ID));
  const shape = matrix.shape ?? [];
  if (shape.length !== 2 || shape[0] !== nSamples || shape[1] !== nGenes) {
    const expected = `${nSamples} × ${nGenes} (samples × genes, as there are ids)`;
    const found = shape.join(' × ') || 'no values';
    throw matrix.fail(`the matrix is ${found}, expected ${expected}`, { expected, found });
  }
  const { start, end } = rowRange(options.rows, nSamples);
  const rows: Range = [start, end];
  const obs = readTable(root.group(SAMPLES), rows);
  const genes = readTable(root.group(GENES), [0, nGenes]);
  const { values, nMissing } = withoutMissing(matrix.numbers({ rows }));

  const notes = file.notes;
  if (nMissing > 0) notes.push(`Values of −666 taken as missing: ${nMissing}.`);
  return new PerturbationData({
    X: dense(obs.nRows, nGenes, values),
    obs,
    var: genes,
    uns: withNotes(notes),
  });
}

function lengthOf(dataset: Hdf5Dataset): number {
  const { shape } = dataset;
  if (shape?.length === 1) return shape[0]!;
  throw dataset.fail('one value a row was expected', {
    expected: '1 axis',
    found: `${shape?.length ?? 0} axes`,
  });
}

function readTable(group: Hdf5Group, rows: Range): Table {
  const ids = group.dataset(ID);
  const length = lengthOf(ids);
  const columns = group.keys().flatMap((key): [string, Column][] => {
    const dataset = group.get(key);
    if (key === ID || !(dataset instanceof Hdf5Dataset)) return [];
    if (lengthOf(dataset) !== length) {
      throw dataset.fail(`${lengthOf(dataset)} values where there are ${length} ids`);
    }
    return [[key, readColumn(dataset, rows)]];
  });
  const index =
    ids.type.kind === 'string' ? ids.strings({ rows }) : Array.from(ids.numbers({ rows }), String);
  return new Table(index, columns);
}

function readColumn(dataset: Hdf5Dataset, rows: Range): Column {
  if (dataset.type.kind === 'string') return textColumn(dataset.strings({ rows }));
  const found = dataset.numbers({ rows });
  if (dataset.type.kind === 'boolean') return { kind: 'boolean', values: Uint8Array.from(found) };
  return numeric(withoutMissing(found).values);
}

/** The values with NaN for −666; whole numbers become float64 where one is missing. */
function withoutMissing(found: NumericArray): { values: NumericArray; nMissing: number } {
  let nMissing = 0;
  for (let i = 0; i < found.length; i++) if (found[i] === MISSING_NUMBER) nMissing++;
  if (nMissing === 0) return { values: found, nMissing };
  const isFloat = found instanceof Float32Array || found instanceof Float64Array;
  const values = isFloat ? found : Float64Array.from(found);
  for (let i = 0; i < values.length; i++) if (values[i] === MISSING_NUMBER) values[i] = Number.NaN;
  return { values, nMissing };
}
