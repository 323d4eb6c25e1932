import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { type Block, blockKernel, RmspropAscent, steinDirections } from './svgd.js';

const random = Random.fromSeed(3);
const n = 4;
const blocks: Block[] = [
  { values: random.fillNormal(new Float64Array(n * 3)), bandwidth: 5 },
  { values: random.fillNormal(new Float64Array(n * 2)), bandwidth: 0.7 },
];

describe('Stein directions', () => {
  it('follow the definition, with the derivative of the kernel by central differences', () => {
    const slopes = blocks.map(({ values }) => random.fillNormal(new Float64Array(values.length)));
    const found = steinDirections(blocks, slopes, n);
    const kernelWith = (b: number, at: number, by: number) => {
      const moved = blocks.map((block, k) => {
        const values = block.values.slice();
        if (k === b) values[at] += by;
        return blockKernel({ ...block, values }, n);
      });
      return (i: number, j: number) => moved.reduce((sum, kernel) => sum + kernel[j * n + i], 0);
    };
    blocks.forEach(({ values }, b) => {
      const size = values.length / n;
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < size; k++) {
          let expected = 0;
          for (let j = 0; j < n; j++) {
            expected += kernelWith(b, 0, 0)(i, j) * slopes[b][j * size + k];
            // the distance of a particle from itself stays 0 when it is moved
            if (i === j) continue;
            const [up, down] = [kernelWith(b, j * size + k, 1e-5), kernelWith(b, j * size + k, -1e-5)];
            expected += (up(i, j) - down(i, j)) / 2e-5;
          }
          expect(found[b][i * size + k]).toBeCloseTo(expected / n, 8);
        }
      }
    });
  });

  it('bring particles to a normal distribution', () => {
    const [particles, mean, deviation] = [40, 2, 0.5];
    const values = Random.fromSeed(1).fillNormal(new Float64Array(particles));
    const ascent = new RmspropAscent(particles, 0.02);
    for (let t = 0; t < 1500; t++) {
      const slopes = values.map((x) => (mean - x) / deviation ** 2);
      const [direction] = steinDirections([{ values, bandwidth: 0.2 }], [slopes], particles);
      ascent.step(values, direction);
    }
    const average = values.reduce((sum, x) => sum + x, 0) / particles;
    const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - average) ** 2, 0) / particles);
    expect(average).toBeCloseTo(mean, 1);
    expect(spread).toBeGreaterThan(0.4);
    expect(spread).toBeLessThan(0.6);
  });

  it('are the derivative where there is one particle', () => {
    const [direction] = steinDirections(
      [{ values: Float64Array.of(1, 2), bandwidth: 1 }],
      [Float64Array.of(3, -4)],
      1,
    );
    expect([...direction]).toEqual([3, -4]);
  });
});

it('RMSprop steps as that of JAX', () => {
  const values = Float64Array.of(1, -2);
  const ascent = new RmspropAscent(2, 0.1);
  ascent.step(values, Float64Array.of(0.5, 0));
  // 1 + 0.1 * 0.5 / sqrt(0.1 * 0.25 + 1e-8)
  expect(values[0]).toBeCloseTo(1.3162277027, 9);
  expect(values[1]).toBe(-2);
});
