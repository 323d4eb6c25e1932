/**
 * `ntk` on the authors' protocol with the real screen: tenfold within cell lines, MCF7 the reference and in training
 * only, Pearson over all values of profile − DMSO, mean R² over profiles.
 *
 * The published run of this protocol on this screen has Pearson 0.830 and mean R² 0.534. The folds are scikit-learn's
 * `KFold(min(10, n), shuffle=True, random_state=5)` of the n compounds of a cell line (ten cell lines have fewer than
 * ten), all 24 cell lines, DMSO subtracted and no row of its own: 282 predictions. What the number depends on: the
 * order of the compounds before shuffling (sorted 0.832 and 0.548, as in the file 0.828 and 0.539), and the seed
 * (149: 0.829 and 0.545).
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateFolds, foldsOf } from '../src/evaluate/index.js';
import { imputerNamed, methodSpec } from '../src/impute/index.js';
import { loadScreen } from '../src/jobs/index.node.js';
import { pearson } from '../src/stats/index.js';

const path = join(process.env.MECHANIST_SHARED ?? '../shared', 'data/l1000/cmap_24cells_20compounds.tsv');

const FOLDS = `
import json, sys
from sklearn.model_selection import KFold
cells = json.load(sys.stdin)
rows = []
for cell, drugs in cells:
    folds = KFold(min(10, len(drugs)), shuffle=True, random_state=5).split(drugs)
    for fold, (_, test) in enumerate(folds):
        rows += [dict(context=cell, action=drugs[i], fold=str(fold)) for i in test]
print(json.dumps(rows))
`;

const hasSklearn = (() => {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import sklearn'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!existsSync(path) || !hasSklearn)("the authors' tenfold protocol", () => {
  it('is near Pearson 0.830 and mean R² 0.534', async () => {
    const { tensor } = await loadScreen({ path });
    const cells = tensor.contexts.flatMap((cell, c) => {
      if (cell === 'MCF7') return [];
      const treated = [...tensor.pairsOfContext[c]].filter((p) => tensor.pairAction[p] !== tensor.control);
      return [[cell, treated.map((p) => tensor.actions[tensor.pairAction[p]])]];
    });
    const rows = JSON.parse(
      execFileSync('/usr/bin/python3', ['-c', FOLDS], { input: JSON.stringify(cells) }).toString(),
    );
    // MCF7 is also what is chosen unasked: nothing of it is hidden
    const spec = methodSpec('ntk', {});
    const imputer = imputerNamed(spec.name).create(tensor, spec.options);
    const [truths, predictions]: number[][] = [[], []];
    const rSquared: number[] = [];
    await evaluateFolds(
      tensor,
      'ntk',
      imputer,
      foldsOf(tensor, rows),
      (_, { profile, fallback, explain }, pair) => {
        expect(fallback).toBe('');
        if (pair % 100 === 0) expect(explain().notes.join()).toContain("reference context 'MCF7'");
        const control = tensor.profile(tensor.pair(tensor.pairContext[pair], tensor.control));
        const truth = tensor.profile(pair).map((x, g) => x - control[g]);
        const mean = truth.reduce((sum, x) => sum + x / truth.length, 0);
        let [error, total] = [0, 0];
        truth.forEach((x, g) => {
          const predicted = profile[g] - control[g];
          truths.push(x);
          predictions.push(predicted);
          error += (x - predicted) ** 2;
          total += (x - mean) ** 2;
        });
        rSquared.push(1 - error / total);
      },
    );
    expect(rSquared).toHaveLength(282);
    const r = pearson(Float64Array.from(truths), Float64Array.from(predictions));
    // the same by the formula in NumPy with the same folds: 0.831546, 0.547902
    expect(r).toBeCloseTo(0.831546, 4);
    expect(Math.abs(r - 0.83)).toBeLessThan(0.005);
    const meanRSquared = rSquared.reduce((sum, value) => sum + value / rSquared.length, 0);
    expect(meanRSquared).toBeCloseTo(0.547902, 4);
    expect(Math.abs(meanRSquared - 0.534)).toBeLessThan(0.02);
  });
});
