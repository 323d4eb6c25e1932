/** Soft-impute and the masked CP decomposition against independent programs, definitions and planted truth. */
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../../test/support/factor-screen.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { gram } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import type { ImputerDescriptor, ImputerOptions } from '../imputer.js';
import { PairProducts } from '../linear/pair-products.js';
import { imputerOptions } from '../options.js';
import { Training } from '../training.js';
import { alternate, drawn, type ObservedFibres } from './alternating.js';
import { combinationError, innerFolds } from './held-out.js';
import { parafac } from './parafac.js';
import { CentredScreen } from './residuals.js';
import { softImpute } from './soft-impute.js';
import { type Slice, Unfolding } from './unfolding.js';

const predict = async (
  imputer: ImputerDescriptor,
  tensor: OutcomeTensor,
  target: [number, number],
  options: Partial<ImputerOptions> = {},
  hidden: number[] = [],
) =>
  (await imputer.create(tensor, imputerOptions(options)).fit(new Training(tensor, hidden))).predict(
    ...target,
  );

const gaps = (c: number, a: number) => a === 0 || (c + 2 * a) % 5 !== 0;
const noisy = () =>
  factorScreen({ nContexts: 6, nActions: 7, nGenes: 12, rank: 3, noise: 0.3, observed: gaps }).tensor;

describe('nuclear norm', () => {
  const [nUnits, nSlices, nGenes] = [5, 4, 3];
  const x = (u: number, s: number) =>
    Float64Array.from(
      { length: nGenes },
      (_, g) => Math.sin(1 + 7 * u * (s + 1) + 3 * s * (g + 2) + 2 * g) + ((u + 1) * (s + 1)) / 5,
    );
  const profiles = Array.from({ length: nSlices }, (_, s) => {
    const units = Int32Array.from({ length: nUnits }, (_, u) => u);
    const observed = units.filter((u) => (2 * u + s) % 5 !== 0);
    const rows = Float64Array.from(Array.from(observed).flatMap((u) => [...x(u, s)]));
    return { observed, missing: units.filter((u) => !observed.includes(u)), rows };
  });
  const slices: Slice[] = profiles.map(({ observed, missing, rows }) => ({
    observed,
    missing,
    gram: gram(rows, observed.length, nGenes),
  }));
  const filled = (unfolding: Unfolding) =>
    profiles.map(({ observed, rows }, s) =>
      Float64Array.from({ length: nGenes }, (_, g) =>
        observed.reduce((sum, _u, k) => sum + unfolding.fill[s][k] * rows[k * nGenes + g], 0),
      ),
    );

  // NumPy: z ← the singular values of where(observed, x, z) less λ, until nothing changes by 1e-14 (718 and 39 rounds)
  it.each<[number, number[][]]>([
    [
      0.3,
      [
        [0.198275668, 0.035826117, 0.22710033],
        [1.178407458, 0.800136245, 0.753070135],
        [1.945020771, 2.539454637, 2.083074641],
        [1.02961213, 0.805206831, 1.154026353],
      ],
    ],
    [
      4,
      [
        [0.124430861, 0.010303608, 0.206097577],
        [0.676336046, 0.504701333, 0.686023647],
        [1.522059188, 1.698494326, 1.309368495],
        [0.797569543, 0.781084697, 0.869219335],
      ],
    ],
  ])('at λ = %d fills in what plain iterations do', (lambda, expected) => {
    const unfolding = new Unfolding(nUnits, slices);
    expect(unfolding.largestSingularValue()).toBeCloseTo(11.530582690822254, 10);
    const steps = unfolding.solve(lambda, { mostSteps: 5000, tolerance: 1e-12 });
    expect(steps).toBeLessThan(5000);
    filled(unfolding).forEach((values, s) =>
      values.forEach((value, g) => expect(value).toBeCloseTo(expected[s][g], 8)),
    );
  });

  it('fills in zeros from the largest singular value on', () => {
    const unfolding = new Unfolding(nUnits, slices);
    unfolding.solve(11.6, { mostSteps: 10, tolerance: 1e-12 });
    expect(unfolding.fill.every((values) => values.every((value) => value === 0))).toBe(true);
  });
});

describe('residuals', () => {
  it('are those of the additive model, for rows trained on and not, and weights give them back', () => {
    const tensor = noisy();
    const training = new Training(tensor);
    const screen = new CentredScreen(training, new PairProducts(tensor, 'test'), 'additive');
    const n = screen.pairs.length;
    const trained = Array.from(screen.pairs.keys()).filter((i) => i % 4 !== 1);
    const { gram: found, ridge } = screen.residuals(trained);
    const residuals = new Float64Array(n * 12);
    screen.rows.forEach((row, i) => {
      residuals.set(tensor.profile(screen.pairs[i]), i * 12);
      const weights = ridge.apply(ridge.solve(row));
      trained.forEach((t, k) => {
        const profile = tensor.profile(screen.pairs[t]);
        for (let g = 0; g < 12; g++) residuals[i * 12 + g] -= weights[k] * profile[g];
      });
    });
    expect(relativeDifference(found, gram(residuals, n, 12))).toBeLessThan(1e-10);

    let direct = 0;
    const weights = [0.3, -0.2, 1.1];
    for (let g = 0; g < 12; g++) {
      let error = residuals[5 * 12 + g];
      [0, 2, 7].forEach((row, k) => (error -= weights[k] * residuals[row * 12 + g]));
      direct += error ** 2;
    }
    expect(combinationError(found, n, 5, [0, 2, 7], weights)).toBeCloseTo(direct, 8);
  });

  it('folds hold every judged pair out once, and never the control', () => {
    const tensor = noisy();
    const training = new Training(tensor, [3]);
    const { pairs } = new CentredScreen(training, new PairProducts(tensor, 'test'), 'genes');
    const folds = innerFolds(training, pairs, 4, Random.fromSeed(1));
    const held = folds.flatMap(({ heldOut }) => heldOut);
    expect(new Set(held).size).toBe(held.length);
    const treated = [...tensor.treatedPairs()].filter((pair) => pair !== 3);
    expect(held.map((i) => pairs[i]).sort((a, b) => a - b)).toEqual(treated);
    for (const { trained, heldOut } of folds) {
      expect([...trained, ...heldOut].sort((a, b) => a - b)).toEqual([...pairs.keys()]);
    }
  });
});

describe('CP decomposition', () => {
  const [nContexts, nActions, nGenes, rank] = [8, 9, 30, 2];
  const random = Random.fromSeed(1);
  const factor = (n: number) => random.split(n).fillNormal(new Float64Array(n * rank));
  const [u, v, w] = [factor(nContexts), factor(nActions), factor(nGenes)];
  const truth = (c: number, a: number) =>
    Float64Array.from({ length: nGenes }, (_, g) => {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += u[c * rank + r] * v[a * rank + r] * w[g * rank + r];
      return sum;
    });
  const pairs: [number, number][] = [];
  for (let c = 0; c < nContexts; c++)
    for (let a = 0; a < nActions; a++) if ((3 * c + a) % 4) pairs.push([c, a]);
  const rows = Float64Array.from(pairs.flatMap(([c, a]) => [...truth(c, a)]));
  const fibres: ObservedFibres = {
    nContexts,
    nActions,
    contexts: Int32Array.from(pairs, ([c]) => c),
    actions: Int32Array.from(pairs, ([, a]) => a),
    gram: gram(rows, pairs.length, nGenes),
  };
  const start = (seed: number) => drawn(rank, fibres, Random.fromSeed(seed));

  it('recovers planted factors where nothing was observed', () => {
    const limits = { mostSweeps: 2000, tolerance: 1e-12 };
    const tries = [1, 2, 3, 4].map((seed) => alternate(fibres, start(seed), 1e-8, limits));
    const best = tries.reduce((a, b) => (a.loss < b.loss ? a : b));
    for (const [c, a] of [
      [0, 0],
      [4, 8],
      [7, 3],
    ]) {
      expect(pairs).not.toContainEqual([c, a]);
      const found = new Float64Array(nGenes);
      pairs.forEach((_, i) => {
        let weight = 0;
        for (let r = 0; r < rank; r++) {
          weight += best.geneWeights[i * rank + r] * best.u[c * rank + r] * best.v[a * rank + r];
        }
        for (let g = 0; g < nGenes; g++) found[g] += weight * rows[i * nGenes + g];
      });
      expect(relativeDifference(found, truth(c, a))).toBeLessThan(1e-4);
    }
  });

  it('the loss is what it is defined to be, and falls with every sweep', () => {
    let before = Number.POSITIVE_INFINITY;
    for (let sweeps = 1; sweeps < 20; sweeps++) {
      const { loss } = alternate(fibres, start(5), 0.5, { mostSweeps: sweeps, tolerance: 0 });
      expect(loss).toBeLessThanOrEqual(before * (1 + 1e-12));
      before = loss;
    }
    const fit = alternate(fibres, start(5), 0.5, { mostSweeps: 3, tolerance: 0 });
    const genes = new Float64Array(nGenes * rank);
    pairs.forEach((_, i) => {
      for (let g = 0; g < nGenes; g++) {
        for (let r = 0; r < rank; r++)
          genes[g * rank + r] += rows[i * nGenes + g] * fit.geneWeights[i * rank + r];
      }
    });
    let direct = 0;
    pairs.forEach(([c, a], i) => {
      for (let g = 0; g < nGenes; g++) {
        let error = rows[i * nGenes + g];
        for (let r = 0; r < rank; r++)
          error -= fit.u[c * rank + r] * fit.v[a * rank + r] * genes[g * rank + r];
        direct += error ** 2;
      }
    });
    for (const values of [fit.u, fit.v, genes]) for (const value of values) direct += 0.5 * value ** 2;
    expect(fit.loss / direct).toBeCloseTo(1, 9);
  });

  /** ‖found − truth‖ / ‖truth‖ over all pairs that were not observed. */
  const errorOverHoles = (found: (c: number, a: number) => Float64Array) => {
    let [error, size] = [0, 0];
    for (let c = 0; c < nContexts; c++) {
      for (let a = 0; a < nActions; a++) {
        if ((3 * c + a) % 4) continue;
        const guess = found(c, a);
        truth(c, a).forEach((value, g) => {
          error += (guess[g] - value) ** 2;
          size += value ** 2;
        });
      }
    }
    return Math.sqrt(error / size);
  };

  it('parafac fills the holes, at a rank that it finds itself', async () => {
    const tensor = new OutcomeTensor({
      contexts: Array.from({ length: nContexts }, (_, i) => `c${i}`),
      actions: Array.from({ length: nActions }, (_, i) => `a${i}`),
      genes: Array.from({ length: nGenes }, (_, i) => `g${i}`),
      control: -1,
      profiles: rows.map((value) => value + 20),
      pairContext: fibres.contexts,
      pairAction: fibres.actions,
      replicates: new Int32Array(pairs.length).fill(1),
    });
    const options = imputerOptions({ lowRankCentre: 'genes', parafacRidge: 0.1 });
    const fitted = await parafac.create(tensor, options).fit(new Training(tensor));
    const error = errorOverHoles((c, a) => fitted.predict(c, a).profile.map((value) => value - 20));
    expect(error).toBeLessThan(0.05);
    expect(fitted.predict(4, 8).explain().notes[0]).toMatch(/^rank [2-5], best of 3 starts/);
  });

  it('zeros in the place of what is missing, as in the authors’ baseline, would spoil them', () => {
    const all = Array.from({ length: nContexts * nActions }, (_, at) => [
      Math.floor(at / nActions),
      at % nActions,
    ]);
    const zeroFilled = Float64Array.from(
      all.flatMap(([c, a]) => [...((3 * c + a) % 4 ? truth(c, a) : new Float64Array(nGenes))]),
    );
    const complete: ObservedFibres = {
      ...fibres,
      contexts: Int32Array.from(all, ([c]) => c),
      actions: Int32Array.from(all, ([, a]) => a),
      gram: gram(zeroFilled, all.length, nGenes),
    };
    const fit = alternate(complete, drawn(2, complete, Random.fromSeed(1)), 1e-8, {
      mostSweeps: 500,
      tolerance: 1e-9,
    });
    const error = errorOverHoles((c, a) => {
      const found = new Float64Array(nGenes);
      all.forEach((_, i) => {
        let weight = 0;
        for (let r = 0; r < 2; r++)
          weight += fit.geneWeights[i * 2 + r] * fit.u[c * 2 + r] * fit.v[a * 2 + r];
        for (let g = 0; g < nGenes; g++) found[g] += weight * zeroFilled[i * nGenes + g];
      });
      return found;
    });
    expect(error).toBeGreaterThan(0.3);
  });
});

describe('planted truth', () => {
  const observed = (c: number, a: number) => !(c === 0 && a === 7);

  it('soft-impute comes near an exact factor model along actions', async () => {
    const { tensor, truth } = factorScreen({ nContexts: 30, nActions: 12, nGenes: 40, rank: 2, observed });
    const options = {
      lowRankCentre: 'genes',
      softImputeLambda: 1e-4,
      softImputeUnfolding: 'actions',
    } as const;
    const { profile } = await predict(softImpute, tensor, [0, 7], options);
    expect(relativeDifference(profile, truth(0, 7))).toBeLessThan(0.01);
  });

  it('auto chooses the unfolding that has the low rank', async () => {
    const { tensor } = factorScreen({
      nContexts: 12,
      nActions: 12,
      nGenes: 40,
      rank: 2,
      noise: 0.1,
      observed,
    });
    const notes = (await predict(softImpute, tensor, [0, 7])).explain().notes;
    expect(notes[0]).toMatch(/^rows are actions/);
  });
});

it('with everything shrunk away, both are the additive model', async () => {
  const tensor = noisy();
  const { linear } = await import('../linear/linear.js');
  const additive = await predict(linear, tensor, [0, 5]);
  const soft = await predict(softImpute, tensor, [0, 5], { softImputeLambda: 1 });
  const cp = await predict(parafac, tensor, [0, 5], { parafacRank: 0, parafacStandardise: false });
  expect(relativeDifference(soft.profile, additive.profile)).toBeLessThan(1e-9);
  expect(relativeDifference(cp.profile, additive.profile)).toBeLessThan(1e-9);
});
