import { describe, expect, it } from 'vitest';
import { evaluate, fixed } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { add, batchNorm, constant, sum, valuesOf } from './index.js';

describe('batchNorm', () => {
  it('lets no derivative through the statistics it gives', async () => {
    const x = constant(valuesOf('float64', [1, 2, 4, 8]), [4, 1], 'float64');
    const { mean, variance } = batchNorm(x, fixed([1]), fixed([0]));
    const [slope] = gradients(sum(add(mean, variance)), [x]);
    // mean 15/4; variance 85/4 − (15/4)²
    expect(await evaluate(mean, variance, slope)).toEqual([[3.75], [7.1875], [0, 0, 0, 0]]);
  });
});
