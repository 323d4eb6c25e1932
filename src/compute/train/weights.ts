/** Values of a network by name: out of a store, into one, and as tensors of a safetensors file. */
import { FormatError, OptionError, ShapeError } from '../../errors.js';
import { type DType, input, type Shape, sameShape, type Values } from '../graph/index.js';
import { type Runtime, Store } from '../run/index.js';
import type { SafeTensor, SafeType } from './safetensors.js';

export interface Weight {
  readonly shape: Shape;
  readonly values: Values;
}
export type Weights = ReadonlyMap<string, Weight>;

/** Whether a value of a store belongs to the network and not to its optimiser. */
export const isOfNetwork = (name: string): boolean => !name.startsWith('optimiser.');

/** Copies of the values of a store whose names are chosen; all by default. */
export async function weightsOf(store: Store, choose = (_name: string) => true): Promise<Weights> {
  const weights = new Map<string, Weight>();
  for (const name of store.names.filter(choose)) {
    weights.set(name, { shape: store.shape(name), values: await store.get(name) });
  }
  return weights;
}

/** A new store with these values, for programs that use the trained network. */
export function storeOf(runtime: Runtime, weights: Weights): Store {
  const store = new Store(runtime);
  for (const [name, { shape, values }] of weights)
    store.set(input(name, shape, typeOf(values).dtype), values);
  return store;
}

/**
 * Puts `weights` into `store`, which has values of the same names, shapes and types. Throws as `checkWeights`; then
 * nothing was changed.
 */
export async function restoreWeights(store: Store, weights: Weights): Promise<void> {
  await checkWeights(store, weights);
  for (const [name, { values }] of weights) store.replace(name, values);
}

/**
 * Throws OptionError unless `weights` have just the names of `store` that are chosen, ShapeError on another shape or
 * type.
 */
export async function checkWeights(
  store: Store,
  weights: Weights,
  choose = (_name: string) => true,
): Promise<void> {
  const names = store.names.filter(choose);
  const lost = names.find((name) => !weights.has(name));
  if (lost !== undefined) throw new OptionError('weights', lost, [...weights.keys()]);
  for (const [name, { shape, values }] of weights) {
    if (!names.includes(name)) throw new OptionError('weights', name, names);
    const expected = typeOf(await store.get(name)).dtype;
    if (!sameShape(shape, store.shape(name)) || typeOf(values).dtype !== expected) {
      const asked = `${expected} (${store.shape(name).join(', ')})`;
      throw new ShapeError(`weights '${name}'`, asked, `${typeOf(values).dtype} (${shape.join(', ')})`);
    }
  }
}

export const allFinite = (values: Values): boolean =>
  values instanceof BigInt64Array || values.every(Number.isFinite);

const TYPES: readonly { readonly dtype: DType; readonly safe: SafeType; readonly array: NewableFunction }[] =
  [
    { dtype: 'float32', safe: 'F32', array: Float32Array },
    { dtype: 'float64', safe: 'F64', array: Float64Array },
    { dtype: 'int32', safe: 'I32', array: Int32Array },
    { dtype: 'int64', safe: 'I64', array: BigInt64Array },
    { dtype: 'bool', safe: 'BOOL', array: Uint8Array },
  ];

const typeOf = (values: Values) => TYPES.find(({ array }) => values instanceof array)!;

/** Weights as tensors of a safetensors file, their names after `prefix`. */
export function safeTensors(weights: Weights, prefix = ''): Map<string, SafeTensor> {
  return new Map(
    [...weights].map(([name, { shape, values }]) => [
      prefix + name,
      { type: typeOf(values).safe, shape, values },
    ]),
  );
}

/** Tensors of a safetensors file as weights. Throws FormatError on a type that no network has. */
export function weightsFrom(tensors: ReadonlyMap<string, SafeTensor>): Weights {
  for (const [name, { type }] of tensors) {
    if (!TYPES.some(({ safe }) => safe === type)) {
      throw new FormatError('safetensors', `tensor '${name}' is ${type}, which no network has`, {
        where: name,
      });
    }
  }
  return new Map(
    [...tensors].map(([name, { shape, values }]) => [name, { shape, values: values as Values }]),
  );
}
