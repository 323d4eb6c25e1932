/** The plan of the simulated experiments, a run of each kind at its smallest, and what the report says of known results. */
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../compute/index.node.js';
import { linearRun, mixingMatrix, OFFSETS } from './reproduce-environments-linear.js';
import { linearSummary } from './reproduce-environments-linear-report.js';
import {
  type NonlinearResult,
  nonlinearRun,
  simulatedEnvironments,
} from './reproduce-environments-nonlinear.js';
import { targetsSection } from './reproduce-environments-nonlinear-report.js';
import { simulatedPlan, TUNED } from './reproduce-environments-plan.js';
import { entryText } from './reproduce-environments-section.js';
import { runKey } from './run-key.js';

const plan = simulatedPlan({ quick: true, seeds: 2 });

it('runs are told apart, and quick has fewer than all', () => {
  const keys = (of: typeof plan) => [...of.linear, ...of.curves, ...of.targets].map(runKey);
  expect(new Set(keys(plan)).size).toBe(keys(plan).length);
  expect(keys(simulatedPlan({ seeds: 2 })).length).toBeGreaterThan(keys(plan).length);
});

describe('two latents', () => {
  it('a run at its smallest: losses in both directions, both mixing matrices', async () => {
    const run = plan.linear.find(({ model, setting }) => model === 'cvae' && setting === 'dependent-2')!;
    const small = { ...run, profiles: 20, settings: { ...run.settings, epochs: 1 } };
    const result = await linearRun(await nodeRuntime({ threads: 1 }), small);
    for (const values of [...result.losses, ...result.spreads]) {
      expect(values).toHaveLength(OFFSETS.length);
      expect(values.every(Number.isFinite)).toBe(true);
    }
    // genes of one parent have ±1, and others ±1 twice
    expect(result.truth).toHaveLength(20);
    expect(result.truth.every((value) => [-1, 0, 1].includes(value))).toBe(true);
    expect(result.found).toHaveLength(20);
    // (0, −20) is as far from the mean of what trains as (0, 20), up to noise
    expect(result.spreads[1][0] / result.spreads[1].at(-1)!).toBeCloseTo(1, 0);
  });

  it('takes the better of with and without reflection', () => {
    const truth = [1, 0, 0, 1, 1, 1];
    const mirrored = [-1, 0, 0, 1, -1, 1];
    const one = [1];
    const of = (found: number[]) => linearSummary({ losses: [one, one], spreads: [[2], [4]], truth, found });
    expect(of(mirrored)).toMatchObject({ reflected: true, relative: [0.5, 0.25] });
    expect(of(truth).reflected).toBe(false);
    expect(of(truth).angles.fromAxes).toBeCloseTo(0, 12);
    expect(mixingMatrix(truth).nRows).toBe(3);
  });
});

describe('five latents', () => {
  it('causes make the latents of the environment', () => {
    const { profiles, training, validation, offsets, causes, latents } = simulatedEnvironments({
      latents: 3,
      genes: 8,
      graph: 'empty',
      environments: 4,
      train: 0.5,
      profiles: 5,
    });
    expect([training, validation]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(Array.from(profiles.descriptors)).toEqual(Array.from(offsets.values));
    // without edges a latent is its noise and offset
    causes.values.forEach((value, i) => void expect(value).toBeCloseTo(latents.values[i], 4));
  });

  it('a run at its smallest: curves and scores, none of shifts where a model has none', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    for (const model of ['vae', 'env-translation']) {
      const run = plan.targets.find((one) => one.model === model)!;
      const small = {
        ...run,
        simulation: { ...run.simulation, environments: 6, train: 0.5, profiles: 8, genes: 10 },
        settings: { ...run.settings, epochs: 2 },
      };
      const { errors, predictedErrors, scores } = await nonlinearRun(runtime, small);
      expect([errors.length, predictedErrors.length]).toEqual([2, 2]);
      const { accuracy, accuracy_unseen, chance, untrained, ...others } = scores;
      const ofShifts = [accuracy, accuracy_unseen, chance, untrained];
      expect(ofShifts.every((value) => (model === 'vae' ? Number.isNaN(value) : value >= 0))).toBe(true);
      expect(Object.values(others).every(Number.isFinite)).toBe(true);
    }
  });

  it('reports systems that settings were not chosen on', () => {
    expect(plan.targets.every(({ seed }) => seed >= TUNED)).toBe(true);
  });

  it('counts in how many runs a model is above chance and above the plain one', () => {
    const results = plan.targets
      .filter(({ model }) => model === 'vae' || model === 'env-vae')
      .map((run) => {
        const isPlain = run.model === 'vae';
        const score = isPlain ? Number.NaN : run.seed === TUNED ? 0.9 : 0.3;
        const scores = { accuracy: score, chance: isPlain ? Number.NaN : 0.4, untrained: 0.5 };
        const mcc = isPlain ? 0.7 : 0.8 + (run.seed - TUNED) / 10;
        const result = { errors: [1], predictedErrors: [1], scores: { ...scores, mcc_environments: mcc } };
        return [run, result as unknown as NonlinearResult] as const;
      });
    const text = targetsSection(results).lines.join('\n');
    expect(text).toContain(
      '`env-vae` names the shifted latent in 60 % of environments, 40 % by chance (more in 1 of 2 runs), 50 % before training (more in 1)',
    );
    expect(text).toContain('Its MCC over environments is above that of `vae` in 2: 0.85 ± 0.07');
    expect(text).not.toContain('`vae` names');
  });
});

it('entries: a deviation of several runs only', () => {
  expect([entryText([0.5, 0.7]), entryText([0.5]), entryText([Number.NaN])]).toEqual([
    '0.60 ± 0.14',
    '0.50',
    '–',
  ]);
});
