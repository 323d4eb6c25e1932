/** Chained equations against scikit-learn, which refits every regression in every round, and against planted truth. */
import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../../test/support/factor-screen.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { fallbackAverage } from '../averages.js';
import type { FittedImputer, PairTarget } from '../imputer.js';
import { imputerOptions, Training } from '../index.js';
import { mice } from './mice.js';
import { designRows, hasSklearn, python } from './sklearn.fixture.node.js';

const observed = (c: number, a: number) => a === 0 || (c + 2 * a) % 5 !== 0;
/** More pairs than columns, and fewer: the two ways of the spectrum. */
const screens = {
  'more rows than columns': { nContexts: 8, nActions: 9, nGenes: 6, rank: 2, noise: 0.3, observed },
  'fewer rows than columns': { nContexts: 5, nActions: 6, nGenes: 25, rank: 3, noise: 0.2, observed },
  'exact, with more rows': { nContexts: 9, nActions: 9, nGenes: 8, rank: 1, observed },
};

const imputed = (
  screen: Parameters<typeof factorScreen>[0],
  given: Parameters<typeof imputerOptions>[0] = {},
) => {
  const { tensor } = factorScreen(screen);
  const fitted = mice.create(tensor, imputerOptions(given)).fit(new Training(tensor)) as FittedImputer;
  return { tensor, fitted, targets: [...tensor.missingPairs()].slice(0, 4) };
};

const profiles = (fitted: FittedImputer, targets: readonly PairTarget[]) =>
  Float64Array.from(targets.flatMap(({ context, action }) => [...fitted.predict(context, action).profile]));

const ITERATIVE_IMPUTER = `
import json, sys
import numpy as np
from sklearn.experimental import enable_iterative_imputer
from sklearn.impute import IterativeImputer
task = json.load(sys.stdin)
genes, X = task['genes'], np.array(task['rows'], dtype=float)
if task.get('standardise'):
    X[:, :genes] = (X[:, :genes] - np.nanmean(X[:, :genes], axis=0)) / np.nanstd(X[:, :genes], axis=0)
complete = ~np.isnan(X).any(axis=1)
missing = np.flatnonzero(~complete)
groups = [missing] if task.get('together') else [[row] for row in missing]
answers = []
for group in groups:
    imputer = IterativeImputer(skip_complete=True, **task['options'])
    filled = imputer.fit_transform(np.vstack([X[complete], X[group]]))
    answers.append([imputer.n_iter_, filled[complete.sum():, :genes].ravel().tolist()])
print(json.dumps(answers))
`;

describe.skipIf(!hasSklearn)('as IterativeImputer of scikit-learn', () => {
  it.each(Object.entries(screens))('%s: one missing row at a time, by default', (_, screen) => {
    const { tensor, fitted, targets } = imputed(screen);
    const task = { rows: designRows(tensor, targets), genes: tensor.nGenes, options: {} };
    const answers = python(ITERATIVE_IMPUTER, task) as [number, number[]][];
    answers.forEach(([rounds, theirs], i) => {
      const prediction = fitted.predict(targets[i].context, targets[i].action);
      expect(relativeDifference(prediction.profile, Float64Array.from(theirs))).toBeLessThan(1e-10);
      expect(prediction.explain().notes[0]).toMatch(new RegExp(`^${rounds} rounds`));
    });
  });

  it('all missing rows at once, for the same number of rounds', () => {
    const screen = screens['more rows than columns'];
    const { tensor, fitted, targets } = imputed(screen, { miceTolerance: 0, miceRounds: 7 });
    const options = { tol: 0, max_iter: 7 };
    const task = { rows: designRows(tensor, targets), genes: tensor.nGenes, options, together: true };
    const [[, theirs]] = python(ITERATIVE_IMPUTER, task) as [number, number[]][];
    expect(relativeDifference(profiles(fitted, targets), Float64Array.from(theirs))).toBeLessThan(1e-10);
  });

  it('of genes of unit variance', () => {
    const screen = { ...screens['more rows than columns'], seed: 2 };
    const { tensor, fitted, targets } = imputed(screen, { miceStandardise: true });
    const task = { rows: designRows(tensor, targets), genes: tensor.nGenes, options: {}, standardise: true };
    const answers = python(ITERATIVE_IMPUTER, task) as [number, number[]][];
    const theirs = answers.flatMap(([, row]) => row.map((value, gene) => back(tensor, value, gene)));
    expect(relativeDifference(profiles(fitted, targets), Float64Array.from(theirs))).toBeLessThan(1e-10);
  });
});

/** From units of the standard deviation of a gene over the measured pairs to those of the data. */
function back(tensor: OutcomeTensor, value: number, gene: number): number {
  const values = Array.from({ length: tensor.nPairs }, (_, pair) => tensor.profile(pair)[gene]);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return mean + Math.sqrt(variance) * value;
}

describe('chained equations', () => {
  it('answer by the means of the genes before the first round', () => {
    const { tensor, fitted, targets } = imputed(screens['more rows than columns'], { miceRounds: 0 });
    const means = Float64Array.from({ length: tensor.nGenes }, (_, gene) => {
      let sum = 0;
      for (let pair = 0; pair < tensor.nPairs; pair++) sum += tensor.profile(pair)[gene];
      return sum / tensor.nPairs;
    });
    const [{ context, action }] = targets;
    expect(relativeDifference(fitted.predict(context, action).profile, means)).toBeLessThan(1e-12);
  });

  it('find contexts and actions that add up', () => {
    // x = context effect + action effect: what one-hot columns can express
    const { tensor, fitted, targets, truth } = additive();
    for (const { context, action } of targets) {
      const wanted = truth(context, action);
      const error = relativeDifference(fitted.predict(context, action).profile, wanted);
      const average = fallbackAverage(new Training(tensor), context, action).profile;
      expect(error).toBeLessThan(0.2 * relativeDifference(average, wanted));
    }
  });

  it('do not depend on the unit once genes have unit variance', () => {
    const { tensor, fitted, targets } = imputed(screens['fewer rows than columns'], {
      miceStandardise: true,
    });
    const scaled = new OutcomeTensor({ ...tensor, profiles: tensor.profiles.map((x) => 1000 * x - 40) });
    const options = imputerOptions({ miceStandardise: true });
    const other = mice.create(scaled, options).fit(new Training(scaled)) as FittedImputer;
    const wanted = profiles(fitted, targets).map((value) => 1000 * value - 40);
    expect(relativeDifference(profiles(other, targets), wanted)).toBeLessThan(1e-9);
  });

  it('leave a gene that never changes where it is', () => {
    const { tensor } = factorScreen(screens['fewer rows than columns']);
    for (let pair = 0; pair < tensor.nPairs; pair++) tensor.profiles[pair * tensor.nGenes + 3] = 0.1;
    for (const miceStandardise of [false, true]) {
      const options = imputerOptions({ miceStandardise });
      const fitted = mice.create(tensor, options).fit(new Training(tensor)) as FittedImputer;
      const [{ context, action }] = tensor.missingPairs();
      const { profile } = fitted.predict(context, action);
      expect(profile[3]).toBeCloseTo(0.1, 12);
      expect(profile.every(Number.isFinite)).toBe(true);
    }
  });
});

function additive() {
  const { tensor } = factorScreen({ nContexts: 8, nActions: 9, nGenes: 5, rank: 1, observed });
  const truth = (c: number, a: number) =>
    Float64Array.from(
      { length: 5 },
      (_, g) => 10 + 3 * Math.sin(1 + c * (g + 2)) + 2 * Math.cos(a * (g + 3)),
    );
  for (let pair = 0; pair < tensor.nPairs; pair++)
    tensor.profile(pair).set(truth(tensor.pairContext[pair], tensor.pairAction[pair]));
  const fitted = mice.create(tensor, imputerOptions()).fit(new Training(tensor)) as FittedImputer;
  return { tensor, fitted, targets: [...tensor.missingPairs()], truth };
}
