/** Matrices of AnnData in zarr, whole or by rows: dense arrays, CSR and CSC groups. */
import { type Matrix, type NumericArray, sparse, takeRows } from '../../data/matrix.js';
import { isMechanistError } from '../../errors.js';
import type { Rows } from './columns.js';
import type { ZarrArray, ZarrGroup, ZarrNode } from './node.js';

/** Is there a matrix at this place? */
export function isMatrix(node: ZarrNode): boolean {
  if (node.kind === 'group') return sparseKind(node) !== undefined;
  return !node.isText && (node.shape.length === 1 || node.shape.length === 2);
}

function sparseKind({ encoding }: ZarrGroup): 'csr' | 'csc' | undefined {
  return /^(csr|csc)_(matrix|array)$/.exec(encoding)?.[1] as 'csr' | 'csc' | undefined;
}

/** `(nRows, nCols)` as declared. Throws FormatError. */
export function matrixShape(node: ZarrNode): [nRows: number, nCols: number] {
  if (node.kind === 'array') return [node.shape[0]!, node.shape[1] ?? 1];
  const shape = node.attrs.shape;
  const [nRows, nCols] = Array.isArray(shape) ? shape : [];
  const isExtent = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) < 2 ** 31;
  if (!isExtent(nRows) || !isExtent(nCols)) throw node.fail("has no usable 'shape'");
  return [nRows, nCols];
}

/**
 * The matrix, or its `rows`: of a dense array and of CSR only the chunks that hold them are read; CSC has no
 * rows on disk and is read whole.
 */
export async function readMatrix(node: ZarrNode, rows?: Rows): Promise<Matrix> {
  const [nRows, nCols] = matrixShape(node);
  const [start, end] = rows ?? [0, nRows];
  if (node.kind === 'array') {
    return { kind: 'dense', nRows: end - start, nCols, values: await node.numbers([start, end]) };
  }
  const kind = sparseKind(node)!;
  const [data, indices, indptr] = [
    await node.array('data'),
    await node.array('indices'),
    await node.array('indptr'),
  ];
  const nMajor = kind === 'csr' ? nRows : nCols;
  checkParts(node, data, indices, indptr, nMajor);
  const pointers = await readPointers(indptr, nMajor, data.shape[0]!);
  const [from, to] = kind === 'csr' ? [start, end] : [0, nMajor];
  const range = [pointers[from]!, pointers[to]!] as const;
  const own = pointers.slice(from, to + 1).map((pointer) => pointer - range[0]);
  const [values, places] = [await data.numbers(range), await indices.numbers(range)];
  const matrix = checked(node, () =>
    sparse(kind, kind === 'csr' ? end - start : nRows, nCols, own, Int32Array.from(places), values),
  );
  if (kind === 'csr' || !rows) return matrix;
  return takeRows(
    matrix,
    Int32Array.from({ length: end - start }, (_, i) => start + i),
  );
}

function checkParts(
  group: ZarrGroup,
  data: ZarrArray,
  indices: ZarrArray,
  indptr: ZarrArray,
  nMajor: number,
): void {
  for (const part of [data, indices, indptr]) {
    if (part.shape.length !== 1) throw part.fail('a list was expected here');
  }
  if (data.shape[0] !== indices.shape[0]) {
    throw group.fail(`has ${data.shape[0]} values and ${indices.shape[0]} indices`);
  }
  if (indptr.shape[0] !== nMajor + 1)
    throw indptr.fail(`has ${indptr.shape[0]} entries, ${nMajor + 1} were expected`);
}

async function readPointers(
  indptr: ZarrArray,
  nMajor: number,
  nValues: number,
): Promise<NumericArray & (Int32Array | Float64Array)> {
  const read = await indptr.numbers();
  const pointers = read instanceof Int32Array ? read : Float64Array.from(read);
  const rises = pointers.every((pointer, k) => k === 0 || pointer >= pointers[k - 1]!);
  if (pointers[0] !== 0 || pointers[nMajor] !== nValues || !rises) {
    throw indptr.fail(`must rise from 0 to the number of values, ${nValues}`);
  }
  return pointers;
}

/** A ShapeError of the matrix becomes a FormatError that names the place. */
function checked<T>(group: ZarrGroup, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (isMechanistError(error, 'ShapeError')) throw group.fail(error.message);
    throw error;
  }
}
