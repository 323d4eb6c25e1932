import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluate, expectGradient, fixed, point, testRuntime } from '../../compute/check.fixture.node.js';
import { constant, expand, Program, Scope, Store, sigmoid } from '../../compute/index.js';
import { cycles, cyclesOfFullGraph } from './acyclicity.js';
import { type Density, gaussian, sigmoidalFlow } from './densities.js';
import { undisturbed } from './model.js';

const golden = join(process.env.MECHANIST_SHARED ?? '../shared', 'reference/dcdi_loglik_golden.json');

interface Part {
  readonly weights: number[][][][];
  readonly biases: number[][][];
  readonly log_std: number[][] | null;
  readonly loglik: number[][];
}

interface Golden {
  readonly x: number[][];
  readonly 'adjacency_M_jt(j input,t output)': number[][];
  readonly dcdi_g: Part;
  readonly dcdi_dsf: Part;
  readonly dag_constraint: { readonly W: number[][]; readonly h: number; readonly h_full_graph_norm: number };
}

describe.skipIf(!existsSync(golden))("the authors' program", () => {
  const reference = (): Golden => JSON.parse(readFileSync(golden, 'utf8'));

  async function logLikelihood(density: Density, part: Part): Promise<number[][]> {
    const { x, 'adjacency_M_jt(j input,t output)': adjacency } = reference();
    const [cells, d] = [x.length, x[0].length];
    const scope = new Scope({ dtype: 'float64' });
    // theirs is (input, output), for each cell; ours (output, cell, input)
    const seen = adjacency[0].flatMap((_, t) => x.flatMap(() => adjacency.map((row) => row[t])));
    const graph = undisturbed(scope, fixed(x.flat(), [cells, d]), fixed(seen, [d, cells, d]), {
      nGenes: d,
      density,
      hidden: part.weights.slice(0, -1).map((layer) => layer[0].length),
    });
    const store = new Store(await testRuntime());
    for (const [name, { tensor }] of scope.owned) {
      const layer = Number(name.split('.')[1]);
      const values = name.startsWith('weights')
        ? part.weights[layer].flatMap((own) => own[0].flatMap((_, i) => own.map((row) => row[i])))
        : name === 'own'
          ? (part.log_std ?? []).flat()
          : part.biases[layer].flat();
      store.set(tensor, Float64Array.from(values));
    }
    const program = await Program.compile(store, { outputs: { graph } });
    const found = (await program.run()).graph as Float64Array;
    await program.dispose();
    return x.map((_, cell) => Array.from({ length: d }, (__, t) => found[t * cells + cell]));
  }

  const largestGap = (a: number[][], b: number[][]) =>
    Math.max(...a.flat().map((value, i) => Math.abs(value - b.flat()[i])));

  it('log-likelihood of DCDI-G', async () => {
    const { dcdi_g: part } = reference();
    expect(largestGap(await logLikelihood(gaussian, part), part.loglik)).toBeLessThan(1e-12);
  });

  it('log-likelihood of DCDI-DSF, to the constants that keep theirs from integrating to one', async () => {
    const { dcdi_dsf: part } = reference();
    const [layers, units] = [2, part.biases[2][0].length / 6];
    const ours = await logLikelihood(sigmoidalFlow(layers, units), part);
    // theirs adds 1e-6 to every softplus, two a layer, and 1e-5 to twice the variance of the base
    expect(largestGap(ours, part.loglik)).toBeLessThan(1e-5);
  });

  it('constraint of acyclicity', async () => {
    const { W, h, h_full_graph_norm } = reference().dag_constraint;
    const [[found]] = await evaluate(cycles(fixed(W.flat(), [3, 3])));
    expect(found).toBeCloseTo(h, 12);
    expect(cyclesOfFullGraph(3)).toBeCloseTo(h_full_graph_norm, 12);
  });
});

describe('densities', () => {
  const families: [string, Density][] = [
    ['Gaussian', gaussian],
    ['one sigmoidal layer', sigmoidalFlow(1, 3)],
    ['two sigmoidal layers', sigmoidalFlow(2, 2)],
  ];

  it.each(families)('%s: integrates to one', async (_name, density) => {
    const [low, high, count] = [-60, 60, 24_001];
    const grid = Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
    const width = density.fromNetwork + density.own;
    const own = fixed(
      Array.from({ length: width }, (_, i) => Math.sin(1 + 2 * i)),
      [1, width],
    );
    const logs = density.logDensity(constant(grid, [count], 'float64'), expand(own, [count, width]));
    const [values] = await evaluate(logs);
    const step = (high - low) / (count - 1);
    expect(values.reduce((total, value) => total + Math.exp(value) * step, 0)).toBeCloseTo(1, 4);
  });

  it.each(families)('%s: derivatives by value and parameters', async (_name, density) => {
    const width = density.fromNetwork + density.own;
    await expectGradient(
      (x, parameters) => density.logDensity(x, parameters),
      [point([3], -2, 2), point([3, width], -1, 1, 2)],
    );
  });
});

describe('acyclicity', () => {
  it('derivative is exp(W)ᵀ', async () => {
    await expectGradient((logits) => cycles(sigmoid(logits)), [point([4, 4], -3, 1)]);
  });

  it('is 0 without cycles, and 2 (cosh √(ab) − 1) for a cycle of two', async () => {
    const order = fixed([0, 0.9, 0.3, 0, 0, 0.7, 0, 0, 0], [3, 3]);
    const pair = fixed([0, 0.9, 0.4, 0], [2, 2]);
    const [[none], [two]] = await evaluate(cycles(order), cycles(pair));
    expect(Math.abs(none)).toBeLessThan(1e-14);
    expect(two).toBeCloseTo(2 * (Math.cosh(Math.sqrt(0.36)) - 1), 13);
  });

  it.each([1, 2, 20, 60])('of the full graph of %d genes', async (d) => {
    const full = Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 0 : 1));
    const [[found]] = await evaluate(cycles(fixed(full, [d, d])));
    expect(Math.abs(found - cyclesOfFullGraph(d))).toBeLessThan(1e-9 * Math.max(1, cyclesOfFullGraph(d)));
  });
});
