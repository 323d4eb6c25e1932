/**
 * What `mice.mjs` and `missforest.mjs` share: a screen of 24 cell lines × (20 compounds and the control), available as in
 * CMAP, 15 genes on the scale of logarithms; a fifth of the treated pairs is hidden and imputed by both sides.
 */
import { resolveRoles, toOutcomeTensor } from '../dist/data/index.js';
import { leaveOneOut } from '../dist/evaluate/index.js';
import { Training } from '../dist/impute/index.js';
import { Random } from '../dist/random/index.js';
import { simulateScreen } from '../dist/simulate/index.js';
import { startPeer } from './peer.mjs';

export const data = simulateScreen({ genes: 15, scale: 'log2' });
export const { tensor } = toOutcomeTensor(data, resolveRoles(data.obs));

const treated = Random.fromSeed(0).shuffle(leaveOneOut(tensor).flat());
/** Pair numbers, in the order of memory: that of the rows both sides answer with. */
export const hidden = treated.slice(0, Math.round(treated.length / 5)).sort((a, b) => a - b);
export const training = new Training(tensor, hidden);

/** Rows of [genes, one-hot context, one-hot action]; `null` for the genes of hidden pairs. */
function rows(pairs) {
  const hot = (size, at) => Array.from({ length: size }, (_, i) => Number(i === at));
  return pairs.map((pair) => [
    ...(hidden.includes(pair) ? new Array(tensor.nGenes).fill(null) : tensor.profile(pair)),
    ...hot(tensor.nContexts, tensor.pairContext[pair]),
    ...hot(tensor.nActions, tensor.pairAction[pair]),
  ]);
}

/** The peer; `ask(more)` has it fill in the hidden pairs, or only the one given. */
export async function startImputer(method) {
  const peer = startPeer('bench/peers/iterative_imputer.py');
  const { versions } = await peer.ask({ method: 'about' });
  const visible = Array.from({ length: tensor.nPairs }, (_, pair) => pair).filter(
    (pair) => !hidden.includes(pair),
  );
  const ask = ({ pairs = hidden, ...more } = {}) =>
    peer.ask({ method, genes: tensor.nGenes, rows: rows([...visible, ...pairs]), ...more });
  return { versions, ask, stop: peer.stop };
}

/** Our answers for the hidden pairs, from nothing: `[seconds, profiles]`. */
export async function impute(imputer, pairs = hidden) {
  const begin = performance.now();
  const fitted = await imputer.fit(training);
  const profiles = pairs.map(
    (pair) => fitted.predict(tensor.pairContext[pair], tensor.pairAction[pair]).profile,
  );
  return { seconds: (performance.now() - begin) / 1000, profiles };
}

/** Root mean squared error over all values of the hidden pairs. */
export function error(profiles) {
  const errors = hidden.flatMap((pair, i) =>
    Array.from(tensor.profile(pair), (x, g) => (x - profiles[i][g]) ** 2),
  );
  return Math.sqrt(errors.reduce((sum, x) => sum + x, 0) / errors.length);
}

export const greatestDifference = (ours, theirs) =>
  Math.max(...ours.flatMap((profile, i) => Array.from(profile, (x, g) => Math.abs(x - theirs[i][g]))));
