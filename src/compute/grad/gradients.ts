/**
 * Reverse-mode differentiation: walks from a result back to what it was computed from, and builds the graph of the
 * derivatives. The derivative is a graph like any other, so it can be differentiated again.
 */
import {
  add,
  graphError,
  isFloat,
  named,
  ones,
  sameShape,
  sameType,
  type Tensor,
  zeros,
} from '../graph/index.js';

/**
 * The derivatives of `result` by each of `by`, each in the shape of its tensor; zeros where there is no dependence.
 * `seed` is the derivative by `result` itself, in its shape; 1 by default, which needs a result of one element.
 * Throws GraphError on another default seed, where `result` is no float, and for one of `by` that only rearranges
 * another tensor (reshape, transpose, expand, neg): operations on such a one may read the other tensor instead.
 */
export function gradients(result: Tensor, by: readonly Tensor[], seed?: Tensor): Tensor[] {
  if (!isFloat(result.dtype)) throw graphError('gradients', `of ${result}: not a float`);
  if (!seed && result.size !== 1) {
    throw graphError('gradients', `of ${result}: one element is needed, or a seed in its shape`);
  }
  if (seed && !sameShape(seed.shape, result.shape)) {
    throw graphError('gradients', `seed ${seed} for a result ${result}`);
  }
  if (seed) sameType('gradients', [result, seed]);
  for (const tensor of by) {
    if (SKIPPED.has(tensor.op)) {
      const advice = 'take it by what it is made of, or build it from an input';
      throw graphError(
        'gradients',
        `by ${tensor}, the result of ${tensor.op}, through which graphs are shortened: ${advice}`,
      );
    }
  }
  const found = new Map<Tensor, Tensor>([[result, seed ?? ones(result.shape, result.dtype)]]);
  named('gradient', () => {
    for (const node of dependents(result, new Set(by))) {
      const gradient = found.get(node);
      if (gradient === undefined || node.backward === undefined) continue;
      const parts = named(node.name.replace(/^(gradient\/)+/, ''), () => node.backward!(gradient));
      parts.forEach((part, i) => {
        if (part === undefined) return;
        const source = node.inputs[i];
        if (!sameShape(part.shape, source.shape)) {
          throw graphError('gradients', `${node.op} gave ${part} as the derivative by ${source}`);
        }
        const before = found.get(source);
        found.set(source, before ? add(before, part) : part);
      });
    }
  });
  return by.map((tensor) => found.get(tensor) ?? zeros(tensor.shape, tensor.dtype));
}

const SKIPPED: ReadonlySet<string> = new Set(['Reshape', 'Transpose', 'Expand', 'Neg']);

/** What lies between `result` and `by`: the nodes that depend on one of `by`, the latest first. */
function dependents(result: Tensor, by: ReadonlySet<Tensor>): Tensor[] {
  const depends = new Map<number, boolean>();
  const nodes = reachable([result]);
  for (const node of nodes) {
    depends.set(node.id, by.has(node) || node.inputs.some((input) => depends.get(input.id)));
  }
  return nodes.filter((node) => depends.get(node.id)).reverse();
}

/** Everything that `results` are computed from, themselves included, each before what needs it. */
export function reachable(results: readonly Tensor[], sources = (node: Tensor) => node.inputs): Tensor[] {
  const seen = new Set<Tensor>(results);
  for (const node of seen) for (const input of sources(node)) seen.add(input);
  return [...seen].sort((a, b) => a.id - b.id);
}
