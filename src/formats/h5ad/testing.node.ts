/**
 * For the tests: a data set with everything, Python, and one plain description of a data set, made here from ours and in Python (`PYTHON_DUMP`) from
 * anndata's, so that both can be compared as JSON. Numbers that JSON lacks are the strings 'nan', 'inf', '-inf'.
 */
import { execFileSync } from 'node:child_process';
import type { Matrix } from '../../data/matrix.js';
import { type Multi, PerturbationData, type UnsValue } from '../../data/perturbation-data.js';
import { booleans, type Column, categorical, numeric, strings, Table } from '../../data/table.js';

export function dump(data: PerturbationData): unknown {
  const { raw } = data;
  return {
    X: dumpMatrix(data.X),
    obs: dumpTable(data.obs),
    var: dumpTable(data.var),
    layers: dumpMap(data.layers, dumpMatrix),
    obsm: dumpMap(data.obsm, dumpMulti),
    varm: dumpMap(data.varm, dumpMulti),
    obsp: dumpMap(data.obsp, dumpMatrix),
    varp: dumpMap(data.varp, dumpMatrix),
    uns: dumpUns(data.uns),
    raw: raw
      ? {
          X: dumpMatrix(raw.X),
          var: dumpTable(raw.var),
          varm: dumpMap(raw.varm ?? new Map(), dumpMulti),
        }
      : null,
  };
}

function number(value: number): number | string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return value + 0;
}

function dtype(values: ArrayLike<unknown>): string {
  if (values instanceof Float32Array) return 'float32';
  return values instanceof Float64Array ? 'float64' : 'integer';
}

function dumpMatrix(matrix: Matrix): unknown {
  const { kind, nRows, nCols, values } = matrix;
  const common = { kind, shape: [nRows, nCols], dtype: dtype(values), values: Array.from(values, number) };
  if (matrix.kind === 'dense') return common;
  return { ...common, indptr: Array.from(matrix.indptr), indices: Array.from(matrix.indices) };
}

export function dumpTable(table: Table): unknown {
  return {
    index: table.index,
    name: table.indexName ?? null,
    columns: [...table.columns].map(([name, column]) => [name, dumpColumn(column)]),
  };
}

function dumpColumn(column: Column): unknown {
  switch (column.kind) {
    case 'categorical': {
      const { codes, categories, ordered, categoryType } = column;
      return { categories, codes: Array.from(codes), ordered, of: categoryType ?? 'text' };
    }
    case 'string':
      return { text: column.values };
    case 'boolean':
      return { truth: Array.from(column.values, (value, i) => (column.mask?.[i] ? null : value === 1)) };
    case 'numeric': {
      const values = Array.from(column.values, (value, i) => (column.mask?.[i] ? null : number(value)));
      return { numbers: values, dtype: dtype(column.values), nullable: column.mask !== undefined };
    }
  }
}

function dumpMulti(value: Multi): unknown {
  return value instanceof Table ? dumpTable(value) : dumpMatrix(value);
}

function dumpUns(value: UnsValue): unknown {
  if (typeof value === 'number') return number(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Table) return dumpTable(value);
  if (!('kind' in value)) return dumpMap(value, dumpUns);
  if (value.kind !== 'array') return dumpMatrix(value);
  const values = Array.from<string | number | null>(value.values).map((entry) =>
    value.boolean ? entry === 1 : typeof entry === 'number' ? number(entry) : entry,
  );
  return { shape: value.shape, values };
}

function dumpMap<T>(map: ReadonlyMap<string, T>, one: (value: T) => unknown): unknown {
  return Object.fromEntries([...map].map(([key, value]) => [key, one(value)]));
}

/** `python3 -c PYTHON_DUMP file.h5ad`: the same, as anndata sees the file. */
export const PYTHON_DUMP = `
import sys, json, math, warnings
warnings.simplefilter('ignore')
import anndata, numpy as np, pandas as pd, scipy.sparse as sp
from collections.abc import Mapping
def number(v):
    if isinstance(v, (bool, np.bool_)): return bool(v)
    if isinstance(v, (int, np.integer)): return int(v)
    if math.isnan(v): return 'nan'
    if math.isinf(v): return 'inf' if v > 0 else '-inf'
    return int(v) if float(v).is_integer() and abs(v) < 2**53 else float(v)
def dtype(t): return t.name if t.kind == 'f' else 'integer'
def matrix(m):
    if not sp.issparse(m):
        m = np.asarray(m)
        m = m.reshape(len(m), -1) if m.ndim < 2 else m
        flat = m.astype('u1') if m.dtype == bool else m
        return {'kind': 'dense', 'shape': list(m.shape), 'dtype': dtype(m.dtype), 'values': [number(v) for v in flat.ravel()]}
    return {'kind': m.format, 'shape': list(m.shape), 'dtype': dtype(m.dtype), 'values': [number(v) for v in m.data],
            'indptr': m.indptr.tolist(), 'indices': m.indices.tolist()}
def column(s):
    if isinstance(s.dtype, pd.CategoricalDtype):
        c = s.cat.categories
        of = {'b': 'boolean', 'i': 'integer', 'u': 'integer', 'f': 'float'}.get(c.dtype.kind, 'text')
        text = [str(v).lower() if of == 'boolean' else str(number(v)) if of != 'text' else v for v in c]
        return {'categories': text, 'codes': s.cat.codes.tolist(), 'ordered': bool(s.cat.ordered), 'of': of}
    if isinstance(s.dtype, pd.BooleanDtype) or s.dtype == bool:
        return {'truth': [None if v is pd.NA else bool(v) for v in s]}
    if s.dtype == object: return {'text': list(s)}
    nullable = pd.api.types.is_extension_array_dtype(s.dtype)
    kind = 'integer' if nullable else dtype(s.dtype)
    return {'numbers': [None if v is pd.NA else number(v) for v in s], 'dtype': kind, 'nullable': nullable}
def table(d):
    return {'index': [str(v) for v in d.index], 'name': d.index.name, 'columns': [[str(n), column(d[n])] for n in d.columns]}
def multi(v): return table(v) if isinstance(v, pd.DataFrame) else matrix(v)
def uns(v):
    if isinstance(v, Mapping): return {k: uns(x) for k, x in (v.data if hasattr(v, 'data') else v).items()}
    if isinstance(v, pd.DataFrame): return table(v)
    if sp.issparse(v): return matrix(v)
    if isinstance(v, np.ndarray) and v.dtype.names:
        return table(pd.DataFrame({n: [x.decode() if isinstance(x, bytes) else x for x in v[n]] if v[n].dtype.kind in 'OSU' else v[n] for n in v.dtype.names}))
    if isinstance(v, np.ndarray) and v.ndim:
        return {'shape': list(v.shape), 'values': [x if isinstance(x, str) else x.decode() if isinstance(x, bytes) else number(x) for x in v.ravel()]}
    if isinstance(v, np.ndarray): v = v[()]
    return v if isinstance(v, str) or v is None else number(v)
a = anndata.read_h5ad(sys.argv[1])
X = a.X if a.X is not None else sp.csr_matrix(a.shape, dtype='f4')
print(json.dumps({'X': matrix(X), 'obs': table(a.obs), 'var': table(a.var),
  'layers': {k: matrix(v) for k, v in a.layers.items()}, 'obsm': {k: multi(v) for k, v in a.obsm.items()},
  'varm': {k: multi(v) for k, v in a.varm.items()}, 'obsp': {k: matrix(v) for k, v in a.obsp.items()},
  'varp': {k: matrix(v) for k, v in a.varp.items()}, 'uns': uns(a._uns if hasattr(a, '_uns') else a.uns),
  'raw': None if a.raw is None else {'X': matrix(a.raw.X), 'var': table(a.raw.var), 'varm': {k: multi(v) for k, v in a.raw.varm.items()}}}))
`;

const PYTHON = '/usr/bin/python3';
export const hasAnndata = (() => {
  try {
    execFileSync(PYTHON, ['-W', 'ignore', '-c', 'import anndata'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
export const python = (script: string, path: string) =>
  execFileSync(PYTHON, ['-W', 'ignore', '-c', script, path], { encoding: 'utf8', maxBuffer: 2 ** 28 });

/** Every construct there is, 5 rows and 3 columns. */
export function everything(): PerturbationData {
  const obs = new Table(
    ['c1', 'c2', 'c 3', 'ü', 'c5'],
    [
      ['text', strings(['a', 'b', 'ü', '', 'e'])],
      ['gaps', strings(['a', null, 'a', null, 'b'])],
      ['kind', { ...categorical(['x', 'y', null, 'x', 'x']), ordered: true }],
      [
        'number kind',
        {
          ...categorical(['1', '2', '10', '1', '2']),
          categories: ['1', '2', '10'],
          codes: Int32Array.of(0, 1, 2, 0, 1),
          categoryType: 'integer',
        },
      ],
      ['share', { ...categorical(['0.5', '1.5', '0.5', '0.5', '0.5']), categoryType: 'float' }],
      ['truth kind', { ...categorical(['false', 'true', 'true', 'true', null]), categoryType: 'boolean' }],
      ['single', numeric(Float32Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY, -0.25, 1))],
      ['double', numeric(Float64Array.of(0.1, 0.2, 0.3, 0.4, Number.NEGATIVE_INFINITY))],
      ['whole', numeric(Int32Array.of(1, -2, 3, 4, 5))],
      ['byte', numeric(Uint8Array.of(0, 1, 255, 3, 4))],
      [
        'maybe',
        { kind: 'numeric', values: Int32Array.of(1, 2, 3, 4, 5), mask: Uint8Array.of(0, 1, 0, 0, 1) },
      ],
      ['flag', booleans([true, false, true, false, true])],
      [
        'maybe flag',
        { ...booleans([true, false, true, false, true]), mask: Uint8Array.of(0, 0, 1, 0, 0) } as Column,
      ],
      ['with/slash', numeric(Float64Array.of(1, 2, 3, 4, 5))],
    ],
  );
  const variables = new Table(['g1', 'g2', 'g3'], [['chromosome', strings(['1', '2', 'X'])]], 'gene');
  const csr: Matrix = {
    kind: 'csr',
    nRows: 5,
    nCols: 3,
    indptr: Int32Array.of(0, 2, 2, 3, 3, 4),
    indices: Int32Array.of(0, 2, 1, 0),
    values: Float32Array.of(1, 2.5, 3, Number.NaN),
  };
  const square = (n: number): Matrix => ({
    kind: 'dense',
    nRows: n,
    nCols: n,
    values: Float64Array.from({ length: n * n }, (_, i) => i / 7),
  });
  const uns: [string, UnsValue][] = [
    ['text', 'hällo'],
    ['whole', 42],
    ['half', 0.5],
    ['nan', Number.NaN],
    ['truth', true],
    ['empty', new Map()],
    ['numbers', { kind: 'array', shape: [2, 3], values: Float64Array.of(1, 2, 3, 4, 5, 6.5) }],
    ['truths', { kind: 'array', shape: [3], values: Uint8Array.of(1, 0, 1), boolean: true }],
    ['texts', { kind: 'array', shape: [2, 1], values: ['a', 'ü'] }],
    ['none of them', { kind: 'array', shape: [0], values: [] }],
    ['table', new Table(['0', '1'], [['z', numeric(Float64Array.of(1, 2))]])],
    ['sparse', { ...csr, kind: 'csr' }],
    [
      'deep',
      new Map<string, UnsValue>([
        ['er', new Map([['est', 1]])],
        ['k', 'v'],
      ]),
    ],
  ];
  return new PerturbationData({
    X: { kind: 'dense', nRows: 5, nCols: 3, values: Float32Array.from({ length: 15 }, (_, i) => i / 3) },
    obs,
    var: variables,
    layers: [
      ['counts', csr],
      [
        'csc',
        {
          kind: 'csc',
          nRows: 5,
          nCols: 3,
          indptr: Int32Array.of(0, 1, 1, 3),
          indices: Int32Array.of(4, 0, 2),
          values: Float64Array.of(1, 2, 3),
        },
      ],
      [
        'whole',
        { kind: 'dense', nRows: 5, nCols: 3, values: Int32Array.from({ length: 15 }, (_, i) => i - 7) },
      ],
    ],
    obsm: [
      [
        'X_pca',
        { kind: 'dense', nRows: 5, nCols: 2, values: Float64Array.from({ length: 10 }, (_, i) => i) },
      ],
      ['table', new Table(obs.index, [['q', booleans([1, 0, 0, 0, 1])]])],
      ['sparse', csr],
    ],
    varm: [['PCs', { kind: 'dense', nRows: 3, nCols: 1, values: Float32Array.of(1, 2, 3) }]],
    obsp: [['near', square(5)]],
    varp: [['near', square(3)]],
    uns,
    raw: {
      X: { kind: 'dense', nRows: 5, nCols: 4, values: new Float32Array(20).fill(2) },
      var: new Table(['g1', 'g2', 'g3', 'g4']),
      varm: new Map([['w', { kind: 'dense', nRows: 4, nCols: 1, values: Float64Array.of(1, 2, 3, 4) }]]),
    },
  });
}
