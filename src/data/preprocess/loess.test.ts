import { describe, expect, it } from 'vitest';
import { fitLoess, loess } from './loess.js';

/** R's `cars`: speed and stopping distance. */
const SPEED = Float64Array.from(
  '4 4 7 7 8 9 10 10 10 11 11 12 12 12 12 13 13 13 13 14 14 14 14 15 15 15 16 16 17 17 17 18 18 18 18 19 19 19 20 20 20 20 20 22 23 24 24 24 24 25'.split(
    ' ',
  ),
  Number,
);
const DISTANCE = Float64Array.from(
  '2 10 4 22 16 10 18 26 34 17 28 14 20 24 28 26 34 34 46 26 36 60 80 20 26 54 32 40 32 40 50 42 56 76 84 36 46 68 32 48 52 56 64 66 54 70 92 93 120 85'.split(
    ' ',
  ),
  Number,
);

describe('loess', () => {
  it('is R’s on its own example', () => {
    // R: predict(loess(dist ~ speed, cars), data.frame(speed = seq(5, 25, 1)))
    const expected = [
      7.797353, 10.002308, 12.499786, 15.281082, 18.446568, 21.865315, 25.517015, 29.350386, 33.23066,
      37.167935, 41.205226, 45.055736, 48.355889, 49.824812, 51.986702, 56.461318, 61.959729, 68.569313,
      76.316068, 85.212121, 95.324047,
    ];
    const { evaluate } = fitLoess(SPEED, DISTANCE);
    expected.forEach((value, i) => {
      expect(Math.abs(evaluate(5 + i) - value)).toBeLessThan(1e-6);
    });
    expect(evaluate(3)).toBeNaN();
    expect(evaluate(26)).toBeNaN();
  });

  it('keeps quadratics, whatever the order of the points and the units', () => {
    const x = Float64Array.from({ length: 200 }, (_, i) => ((i * 73) % 200) / 37 - 2);
    for (const scale of [1, 1e-6, 1e6]) {
      const y = x.map((t) => 3 - 2 * t * scale + 0.5 * (t * scale) ** 2);
      const fitted = loess(
        x.map((t) => t * scale),
        y,
        { span: 0.3 },
      );
      const size = Math.max(...y.map(Math.abs));
      fitted.forEach((value, i) => {
        expect(Math.abs(value - y[i]) / size).toBeLessThan(1e-10);
      });
    }
  });

  it('refuses what has no local quadratic', () => {
    const refused = expect.objectContaining({ tag: 'DataError' });
    expect(() => loess(new Float64Array(2), new Float64Array(2))).toThrowError(refused);
    expect(() => loess(new Float64Array(20), new Float64Array(20))).toThrowError(refused);
    expect(() => loess(Float64Array.of(1, 2, 3, Number.NaN), new Float64Array(4))).toThrowError(refused);
    expect(() => loess(SPEED, DISTANCE, { span: 0 })).toThrowError(
      expect.objectContaining({ tag: 'OptionError' }),
    );
  });
});
