/** Weights that give every gene the same say: one over its standard deviation over the visible profiles. */
import type { Training } from '../training.js';

/** `(nGenes)`; 0 for a gene that does not vary. */
export function geneWeights(training: Training): Float64Array {
  const { tensor } = training;
  const contexts = Array.from({ length: tensor.nContexts }, (_, context) => context);
  const pairs = contexts.flatMap((context) => [...training.pairsOfContext(context)]);
  const means = new Float64Array(tensor.nGenes);
  const squares = new Float64Array(tensor.nGenes);
  for (const pair of pairs) {
    const profile = tensor.profile(pair);
    for (let g = 0; g < means.length; g++) means[g] += profile[g] / pairs.length;
  }
  for (const pair of pairs) {
    const profile = tensor.profile(pair);
    for (let g = 0; g < means.length; g++) squares[g] += (profile[g] - means[g]) ** 2 / pairs.length;
  }
  return squares.map((square, g) => (square > (Math.abs(means[g]) * 1e-12) ** 2 ? 1 / Math.sqrt(square) : 0));
}
