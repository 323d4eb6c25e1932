/** Accuracy of shifted latents on shifts that are known, and angles of matrices that were turned by known ones. */
import { describe, expect, it } from 'vitest';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import {
  mixingAngles,
  mixingDistances,
  shiftedLatentAccuracy,
  shiftedLatents,
  unrecoveredMixing,
} from './environments.js';

const random = Random.fromSeed(4);
const table = (rows: readonly (readonly number[])[]) =>
  dense(rows.length, rows[0].length, Float64Array.from(rows.flat()));

describe('shiftedLatents', () => {
  const truth = table([
    [0, 0, 0],
    [2, 0, 0],
    [-3, 0, 0],
    [0, 1, 0],
    [0, 0, -1],
  ]);

  it('is 1 up to order and sign, and leaves the untreated out', () => {
    const found = table([
      [9, 9, 9, 9],
      [0.1, 0, -5, 1],
      [0, 0, 4, 1],
      [-2, 1, 0, 0],
      [0, 0, 0.1, 0.3],
    ]);
    const { accuracy, estimateOf } = shiftedLatents(truth, found, { random });
    expect(accuracy).toBe(1);
    expect(Array.from(estimateOf)).toEqual([2, 0, 3]);
    expect(shiftedLatentAccuracy(truth, found, [2, 0, 1])).toBe(0.75);
  });

  it('counts one latent for two targets once', () => {
    const always = table(Array.from({ length: 5 }, () => [1, 0, 0]));
    const { accuracy, chance, estimateOf } = shiftedLatents(truth, always, { random });
    expect(accuracy).toBe(0.5);
    // exchanging equal guesses changes nothing
    expect(chance).toBeCloseTo(0.5, 12);
    expect(estimateOf[0]).toBe(0);
  });

  it('has as chance what exchanged environments get: of two and two, 1 or 1/2', () => {
    const pairs = table([
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    // of the six orders of a a b b two are right at all, four at half: 2/6 + 4/6 · 1/2 = 2/3
    const { accuracy, chance } = shiftedLatents(pairs, pairs, { random, exchanges: 5000 });
    expect(accuracy).toBe(1);
    expect(chance).toBeCloseTo(2 / 3, 1);
  });

  it('is NaN of untreated environments alone, and refuses what does not fit', () => {
    const none = table([[0, 0]]);
    expect(shiftedLatents(none, none, { random }).accuracy).toBeNaN();
    expect(() => shiftedLatents(truth, none, { random })).toThrow(/5 rows/);
    expect(() => shiftedLatents(none, table([[Number.NaN, 0]]), { random })).toThrow(/row 0, column 0/);
    expect(() => shiftedLatents(none, none, { random, exchanges: 0 })).toThrow(/exchanges/);
  });
});

describe('mixingAngles', () => {
  const mixing = table([
    [1, 0],
    [1, -1],
    [0, 1],
    [-1, -1],
  ]);
  /** M diag(±1, 1) R_θ scaled. */
  const turnedBy = (theta: number, sign = 1, scale = 3) =>
    table(
      Array.from({ length: mixing.nRows }, (_, i) => {
        const [a, b] = [sign * mixing.values[2 * i], mixing.values[2 * i + 1]];
        const [c, s] = [scale * Math.cos(theta), scale * Math.sin(theta)];
        return [a * c + b * s, -a * s + b * c];
      }),
    );

  it.each([0.4 * Math.PI, 1.9 * Math.PI, 0.5 * Math.PI, 0])('finds %f', (theta) => {
    const found = mixingAngles(mixing, turnedBy(theta));
    expect(Math.cos(found.angle - theta)).toBeCloseTo(1, 12);
    expect(found.distance).toBeCloseTo(0, 12);
    expect(found.spread).toBeCloseTo(0, 6);
    const steps = theta / (Math.PI / 2);
    expect(found.fromAxes).toBeCloseTo((Math.abs(steps - Math.round(steps)) * Math.PI) / 2, 6);
  });

  it('finds a reflection by reflecting, and only so', () => {
    const found = turnedBy(0.3, -1);
    expect(mixingAngles(mixing, found, true).distance).toBeCloseTo(0, 12);
    expect(mixingAngles(mixing, found, true).angle).toBeCloseTo(0.3, 12);
    expect(mixingAngles(mixing, found).distance).toBeGreaterThan(0.1);
  });

  it('is least at its angle, of the distances as the draft computes them', () => {
    const found = table([
      [2, 1],
      [0.1, -1],
      [-1, 1],
      [3, -0.5],
    ]);
    const result = mixingAngles(mixing, found);
    const steps = 3600;
    const distances = mixingDistances(result, steps);
    let best = { theta: 0, mean: 2 };
    for (let at = 0; at <= steps; at++) {
      const theta = (2 * Math.PI * at) / steps;
      const turned = turnedBy(theta, 1, 1);
      let mean = 0;
      for (let i = 0; i < 4; i++) {
        const [a, b, c, d] = [
          ...turned.values.slice(2 * i, 2 * i + 2),
          ...found.values.slice(2 * i, 2 * i + 2),
        ];
        const distance = 1 - (a * c + b * d) / (Math.hypot(a, b) * Math.hypot(c, d));
        expect(distances.values[at * 4 + i]).toBeCloseTo(distance, 10);
        mean += distance / 4;
      }
      if (mean < best.mean) best = { theta, mean };
    }
    expect(result.distance).toBeCloseTo(best.mean, 5);
    expect(Math.abs(result.angle - best.theta)).toBeLessThan(0.002);
  });

  it('leaves out genes that no latent reaches, and refuses other shapes', () => {
    const found = turnedBy(1);
    const silent = table([
      ...Array.from({ length: 3 }, (_, i) => Array.from(found.values.slice(2 * i, 2 * i + 2))),
      [0, 0],
    ]);
    const { angles, angle } = mixingAngles(mixing, silent);
    expect(angles[3]).toBeNaN();
    expect(angle).toBeCloseTo(1, 12);
    expect(() => mixingAngles(mixing, table([[1, 2]]))).toThrow(/4 × 2/);
  });
});

describe('unrecoveredMixing', () => {
  const mixing = table([
    [1, 0],
    [0, 2],
    [0, 0],
  ]);

  it('is 0 up to any invertible map, and what is outside of the span otherwise', () => {
    const mapped = table([
      [1, 0.9],
      [2, 2],
      [0, 0],
    ]);
    expect(unrecoveredMixing(mixing, mapped)).toBeCloseTo(0, 12);
    const first = table([
      [3, 1e-9],
      [0, 0],
      [0, 0],
    ]);
    // of 1 + 4 squares the 4 of the second column
    expect(unrecoveredMixing(mixing, first)).toBeCloseTo(0.8, 12);
    // half of the first column: cos² of 45°
    expect(unrecoveredMixing(mixing, table([[1], [0], [1]]))).toBeCloseTo(4.5 / 5, 12);
    expect(unrecoveredMixing(mixing, table([[0], [0], [0]]))).toBe(1);
  });

  it('refuses other lines', () => {
    expect(() => unrecoveredMixing(mixing, table([[1, 0]]))).toThrow(/3 lines/);
  });
});
