/** Small screens for tests: exact factor models, with or without noise, on any pattern. */
import { OutcomeTensor } from '../../src/data/outcome-tensor.js';
import { Random } from '../../src/random/index.js';

export interface TestScreen {
  readonly nContexts: number;
  readonly nActions: number;
  readonly nGenes: number;
  /** x^{ca} = U^c v^a with this rank, plus a constant. */
  readonly rank: number;
  readonly noise?: number;
  /** Is (c, a) measured? Default all. */
  readonly observed?: (context: number, action: number) => boolean;
  readonly seed?: number;
}

/** The tensor, and the noiseless profile of any pair. Action 0 is the control. */
export function factorScreen(screen: TestScreen): {
  tensor: OutcomeTensor;
  truth: (context: number, action: number) => Float64Array;
} {
  const { nContexts, nActions, nGenes, rank, noise = 0, observed = () => true, seed = 1 } = screen;
  const random = Random.fromSeed(seed).split('factor screen');
  const loadings = Array.from({ length: nContexts }, () =>
    random.fillNormal(new Float64Array(nGenes * rank)),
  );
  const factors = Array.from({ length: nActions }, () => random.fillNormal(new Float64Array(rank)));
  const truth = (context: number, action: number) =>
    Float64Array.from({ length: nGenes }, (_, g) => {
      let value = 3;
      for (let r = 0; r < rank; r++) value += loadings[context][g * rank + r] * factors[action][r];
      return value;
    });
  const pairs: { context: number; action: number }[] = [];
  for (let context = 0; context < nContexts; context++) {
    for (let action = 0; action < nActions; action++) {
      if (observed(context, action)) pairs.push({ context, action });
    }
  }
  const profiles = new Float64Array(pairs.length * nGenes);
  pairs.forEach(({ context, action }, pair) => {
    const profile = truth(context, action).map((value) => value + noise * random.normal());
    profiles.set(profile, pair * nGenes);
  });
  const tensor = new OutcomeTensor({
    contexts: numbered('context', nContexts),
    actions: numbered('action', nActions),
    genes: numbered('gene', nGenes),
    control: 0,
    profiles,
    pairContext: Int32Array.from(pairs, (pair) => pair.context),
    pairAction: Int32Array.from(pairs, (pair) => pair.action),
    replicates: new Int32Array(pairs.length).fill(1),
  });
  return { tensor, truth };
}

const numbered = (stem: string, n: number) =>
  Array.from({ length: n }, (_, i) => `${stem}-${String(i).padStart(3, '0')}`);

/** Greatest |a − b| relative to the greatest |b|. */
export function relativeDifference(a: Float64Array, b: Float64Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(b[i]));
  }
  return difference / size;
}
