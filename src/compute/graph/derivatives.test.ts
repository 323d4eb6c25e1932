import { describe, it } from 'vitest';
import { expectGradient } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { CASES } from './cases.fixture.js';
import * as g from './index.js';

describe('derivatives of operations agree with central differences in float64', () => {
  it.each(CASES)('%s', (_name, build, points) => expectGradient(build, points, 1e-7));

  it.each(CASES)('second derivative of %s', async (_name, build, points) => {
    const build2 = (...inputs: g.Tensor[]) => {
      const y = build(...inputs);
      const cubes = gradients(g.sum(g.mul(g.square(y), y)), inputs);
      return g.concatenate(cubes.map((d) => g.reshape(d, [d.size])));
    };
    await expectGradient(build2, points, 2e-6);
  });
});
