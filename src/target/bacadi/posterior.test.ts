import { describe, expect, it } from 'vitest';
import { evaluate, expectGradient, fixed, point, testRuntime } from '../../compute/check.fixture.node.js';
import { Program, sigmoid } from '../../compute/index.js';
import { Random } from '../../random/index.js';
import { chainScreen } from '../dcdi/planted.fixture.js';
import { regimesOf } from '../dcdi/regimes.js';
import { environmentsOf } from './environments.js';
import { denseLikelihood, type Likelihood, linearLikelihood } from './likelihoods.js';
import { closedWalks, posterior, thetaOf } from './posterior.js';

const d = 3;
const screen = chainScreen(d, [[1], [0, 2]], { nCells: 5 });
const regimes = regimesOf(screen, { scaledBy: 'control', groupCells: 4 }, Random.fromSeed(0));
const data = environmentsOf({ ...regimes });
const likelihoods: [string, Likelihood][] = [
  ['linear', linearLikelihood(data, 'float64')],
  ['dense', denseLikelihood(data, 2, 'float64')],
];
const shape = {
  particles: 2,
  samples: 3,
  acyclicitySamples: 2,
  targetPenalty: 1,
  edgesPerGene: 2,
  learnsNoise: true,
  dtype: 'float64',
} as const;

const logNormal = (x: number, mean: number, variance: number) =>
  -0.5 * Math.log(2 * Math.PI * variance) - (x - mean) ** 2 / (2 * variance);

/** Inputs of the posterior for `particles`. */
function inputsFor(likelihood: Likelihood, particles: number, samples: number, learnsNoise = true) {
  const random = Random.fromSeed(7);
  const sizes = thetaOf(data, likelihood, learnsNoise).map((part) =>
    part.shape.reduce((size, m) => size * m, 1),
  );
  const normal = (size: number) => random.fillNormal(new Float64Array(size));
  return {
    z: normal(particles * 2 * d * d),
    targets: normal(particles * 2 * d),
    theta: normal(particles * sizes.reduce((total, size) => total + size, 0)),
    graphNoise: random.fill(new Float64Array(particles * samples * d * d), () => 2 * random.normal()),
    targetNoise: random.fill(new Float64Array(particles * samples * 2 * d), () => 2 * random.normal()),
    alpha: Float64Array.of(1.3),
    beta: Float64Array.of(0.7),
  };
}

describe('log joint', () => {
  const cases = likelihoods.flatMap(([name, likelihood]) =>
    [true, false].map((learnsNoise) => ({ name, likelihood, learnsNoise })),
  );
  it.each(cases)(
    '$name, noise learned $learnsNoise: cell by cell',
    async ({ name, likelihood, learnsNoise }) => {
      const inputs = inputsFor(likelihood, 1, 1, learnsNoise);
      const { logJoint } = posterior(data, likelihood, { ...shape, particles: 1, samples: 1, learnsNoise });
      const program = await Program.compile(await testRuntime(), { outputs: { logJoint } });
      const { z, targets, theta, graphNoise, targetNoise, alpha } = inputs;
      const { logJoint: found } = await program.run({ z, targets, theta, graphNoise, targetNoise, alpha });
      await program.dispose();

      const edge = (i: number, j: number) => {
        if (i === j) return 0;
        let score = 0;
        for (let k = 0; k < d; k++) score += z[i * d + k] * z[d * d + j * d + k];
        return 1.3 * score + graphNoise[i * d + j] > 0 ? 1 : 0;
      };
      const hit = (group: number, j: number) =>
        0.65 * targets[group * d + j] + targetNoise[group * d + j] > 0 ? 1 : 0;
      const behind = theta.length - (learnsNoise ? 3 : 2) * d;
      const hitMean = (group: number, j: number) => theta[behind + group * d + j];
      const variance = (j: number) => (learnsNoise ? Math.exp(theta[behind + 2 * d + j]) : 0.1);
      const units = 2;
      const [first, shift, second, offset] = [
        0,
        d * d * units,
        d * d * units + d * units,
        d * d * units + 2 * d * units,
      ];
      const told = (x: ArrayLike<number>, j: number) => {
        if (name === 'linear')
          return [0, 1, 2].reduce((sum, i) => sum + edge(i, j) * theta[i * d + j] * x[i], 0);
        let sum = theta[offset + j];
        for (let h = 0; h < units; h++) {
          let inner = theta[shift + j * units + h];
          for (let i = 0; i < d; i++) inner += edge(i, j) * theta[first + (i * d + j) * units + h] * x[i];
          sum += theta[second + j * units + h] / (1 + Math.exp(-inner));
        }
        return sum;
      };
      let expected = 0;
      regimes.group.forEach((group, cell) => {
        const x = regimes.x.subarray(cell * d, (cell + 1) * d);
        for (let j = 0; j < d; j++) {
          const isHit = group >= 0 && hit(group, j) === 1;
          expected += isHit
            ? logNormal(x[j], hitMean(group, j), learnsNoise ? 1 : 0.5)
            : logNormal(x[j], told(x, j), variance(j));
        }
      });
      for (let group = 0; group < 2; group++)
        for (let j = 0; j < d; j++) expected += hit(group, j) * logNormal(hitMean(group, j), 0, 100);
      const used = (at: number) => {
        if (name === 'linear') return edge(Math.floor(at / d), at % d);
        return at < shift ? edge(Math.floor(at / units / d), Math.floor(at / units) % d) : 1;
      };
      if (learnsNoise) for (let j = 0; j < d; j++) expected += logNormal(theta[behind + 2 * d + j], 0, 1);
      for (let at = 0; at < behind; at++) expected += used(at) * logNormal(theta[at], 0, 1);
      expect(found[0] as number).toBeCloseTo(expected, 8);
    },
  );
});

describe('log prior', () => {
  it('counts edges and targets, and punishes cycles', async () => {
    const [, likelihood] = likelihoods[0];
    const inputs = inputsFor(likelihood, 1, 1);
    const { logPrior } = posterior(data, likelihood, {
      ...shape,
      particles: 1,
      samples: 1,
      edgesPerGene: 0.4,
    });
    const program = await Program.compile(await testRuntime(), { outputs: { logPrior } });
    const { theta: _, ...feed } = inputs;
    // no noise, u_i · v_j = 1 for the edges 0 → 1 and 1 → 0 alone; two of six targets
    const z = new Float64Array(2 * d * d).fill(0);
    const [u, v] = [0, d * d];
    z[u] = z[v + d] = z[u + d + 1] = z[v + 1] = 1;
    const found = await program.run({
      ...feed,
      z,
      targets: Float64Array.of(1, -1, -1, -1, 1, -1),
      graphNoise: new Float64Array(d * d),
      targetNoise: new Float64Array(2 * d),
    });
    await program.dispose();
    // numpy.trace(numpy.linalg.matrix_power(numpy.eye(3) + W / 3, 3)) - 3, W[0, 1] = W[1, 0] = 1
    const walks = 0.666666666666667;
    // an edge has probability 2 · 0.4 / (3 − 1); a target costs λ = 1 and has the odds 1 : 2
    const expected = 2 * Math.log(0.4 / 0.6) - 2 * (1 + Math.log(2)) - 0.7 * walks;
    expect(found.logPrior[0] as number).toBeCloseTo(expected, 12);
  });
});

describe('derivatives', () => {
  const parts = ['z', 'targets', 'theta'] as const;
  const cases = likelihoods.flatMap(([name, likelihood]) =>
    parts.map((part) => ({ name, likelihood, part })),
  );

  it.each(cases)('$name, by $part: central differences', async ({ likelihood, part }) => {
    const inputs = inputsFor(likelihood, shape.particles, shape.samples);
    const { derivatives, objectives } = posterior(data, likelihood, shape);
    const program = await Program.compile(await testRuntime(), {
      outputs: { by: derivatives[part], value: objectives[part] },
    });
    const needed = program.inputs.map(({ name }) => [name, inputs[name as keyof typeof inputs]] as const);
    const run = (values: Float64Array) => program.run({ ...Object.fromEntries(needed), [part]: values });
    const at = inputs[part];
    const { by } = await run(at);
    for (let k = 0; k < at.length; k += 2) {
      const moved = async (step: number) =>
        (await run(at.map((value, i) => (i === k ? value + step : value)))).value[0] as number;
      const expected = ((await moved(1e-5)) - (await moved(-1e-5))) / 2e-5;
      expect(Math.abs((by[k] as number) - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
    }
    await program.dispose();
  });
});

describe('closed walks', () => {
  it('are tr (1 + G / d)ᵈ − d, 0 without cycles', async () => {
    // numpy.trace(numpy.linalg.matrix_power(numpy.eye(3) + W / 3, 3)) - 3, W = [[0, .9, .2], [.3, 0, .5], [.1, .4, 0]]
    const W = fixed([0, 0.9, 0.2, 0.3, 0, 0.5, 0.1, 0.4, 0], [1, 3, 3]);
    const order = fixed([0, 1, 1, 0, 0, 1, 0, 0, 0], [1, 3, 3]);
    const [[found], [none]] = await evaluate(closedWalks(W), closedWalks(order));
    expect(found).toBeCloseTo(0.33433333333333337, 12);
    expect(Math.abs(none)).toBeLessThan(1e-14);
  });

  it('have derivatives', async () => {
    await expectGradient((logits) => closedWalks(sigmoid(logits)), [point([2, 5, 5], -2, 2)]);
  });
});
