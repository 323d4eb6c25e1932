/** Screens drawn from the Gaussian model itself: contexts ⊗ actions in every gene, plus noise. */
import { OutcomeTensor } from '../../src/data/outcome-tensor.js';
import { Random } from '../../src/random/index.js';

export interface GaussianScreen {
  readonly nContexts: number;
  readonly nActions: number;
  readonly nGenes: number;
  /** Probability that a pair is measured; controls (action 0) always are. */
  readonly coverage: number;
  readonly seed: number;
  /** Standard deviation of a gene; default 1 for all. */
  readonly sizeOf?: (gene: number) => number;
  /** Rows of numbers that actions with similar rows act alike by, `(nActions)`; default drawn. */
  readonly actionRows?: readonly (readonly number[])[];
}

/** Share of the variance of a measurement that is noise. */
const NOISE_SHARE = 0.2;
const LEVEL = 8;

export function gaussianScreen(screen: GaussianScreen) {
  const { nContexts, nActions, nGenes, coverage, seed, sizeOf = () => 1 } = screen;
  const random = Random.fromSeed(seed).split('gaussian screen');
  const contextRows = normalRows(random.split('contexts'), nContexts, 4);
  const actionRows = screen.actionRows ?? normalRows(random.split('actions'), nActions, 4);
  const [contexts, actions] = [covariance(contextRows), covariance(actionRows)];
  const truths = new Float64Array(nContexts * nActions * nGenes);
  const draw = random.split('profiles');
  for (let g = 0; g < nGenes; g++) {
    // F W Gᵀ with FFᵀ the covariance of contexts and GGᵀ that of actions
    const left = withNugget(contextRows);
    const right = withNugget(actionRows);
    const middle = normalRows(draw, left[0].length, right[0].length);
    for (let c = 0; c < nContexts; c++) {
      const row = middle[0].map((_, k) => left[c].reduce((sum, value, i) => sum + value * middle[i][k], 0));
      for (let a = 0; a < nActions; a++) {
        truths[(c * nActions + a) * nGenes + g] =
          LEVEL +
          sizeOf(g) *
            Math.sqrt(1 - NOISE_SHARE) *
            row.reduce((sum, value, k) => sum + value * right[a][k], 0);
      }
    }
  }
  const measured = random.split('measured');
  const places = Array.from({ length: nContexts * nActions }, (_, at) => at).filter(
    (at) => measured.uniform() < coverage || at % nActions === 0,
  );
  const noise = random.split('noise');
  const profiles = new Float64Array(places.length * nGenes);
  places.forEach((at, pair) => {
    for (let g = 0; g < nGenes; g++) {
      profiles[pair * nGenes + g] =
        truths[at * nGenes + g] + sizeOf(g) * Math.sqrt(NOISE_SHARE) * noise.normal();
    }
  });
  const tensor = new OutcomeTensor({
    contexts: numbered('context', nContexts),
    actions: numbered('action', nActions),
    genes: numbered('gene', nGenes),
    control: 0,
    profiles,
    pairContext: Int32Array.from(places, (at) => Math.floor(at / nActions)),
    pairAction: Int32Array.from(places, (at) => at % nActions),
    replicates: new Int32Array(places.length).fill(1),
  });
  const truth = (context: number, action: number) =>
    truths.slice((context * nActions + action) * nGenes, (context * nActions + action + 1) * nGenes);
  return { tensor, truth, contexts, actions, noiseShare: NOISE_SHARE, level: LEVEL };
}

/** What every name has of its own, beside what its row says. */
const NUGGET = 0.2;

function withNugget(rows: readonly (readonly number[])[]): number[][] {
  return rows.map((row, i) => {
    const size = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    const own = rows.map((_, k) => (k === i ? Math.sqrt(NUGGET) : 0));
    return [...row.map((value) => (Math.sqrt(1 - NUGGET) * value) / size), ...own];
  });
}

function covariance(rows: readonly (readonly number[])[]): Float64Array {
  const factors = withNugget(rows);
  const n = factors.length;
  return Float64Array.from({ length: n * n }, (_, at) =>
    factors[Math.floor(at / n)].reduce((sum, value, k) => sum + value * factors[at % n][k], 0),
  );
}

const normalRows = (random: Random, n: number, width: number) =>
  Array.from({ length: n }, () => Array.from({ length: width }, () => random.normal()));

const numbered = (stem: string, n: number) =>
  Array.from({ length: n }, (_, i) => `${stem}-${String(i).padStart(3, '0')}`);
