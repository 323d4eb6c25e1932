import { describe, expect, it } from 'vitest';
import { expectGradient, fixed, point } from '../../compute/check.fixture.node.js';
import { constant, gradients, gumbelSigmoid, type Scope, sum, type Tensor } from '../../compute/index.js';
import { Random } from '../../random/index.js';
import { evaluated } from './mechanism.fixture.node.js';
import { maskedShiftOf, maskLogits, shiftOf, shiftTable } from './shifts.js';

const sizes = { perturbations: 3, latent: 2 };
const table = [1, -2, 0.5, 3, -4, 0.25];
/** Perturbations of cells; 3 is none. */
const labels = (rows: readonly (readonly number[])[]): Tensor =>
  constant(BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0].length], 'int64');

describe('shifts', () => {
  it('are rows of the table, 0 for the control, and add where a cell has several', async () => {
    const cells = labels([
      [0, 3],
      [3, 3],
      [3, 2],
      [0, 1],
      [1, 1],
    ]);
    const { shift } = await evaluated((scope) => ({ shift: shiftOf(cells, shiftTable(scope, sizes)) }), {
      shift: table,
    });
    expect(shift).toEqual([1, -2, 0, 0, -4, 0.25, 1.5, 1, 1, 6]);
  });

  it('have derivatives by the table that count each cell once a perturbation', () =>
    expectGradient((shifts) => shiftOf(labels([[0], [3], [2], [2]]), shifts), [point([3, 2])]));

  it('begin as standard normal, masks as almost surely open', async () => {
    const many = { perturbations: 400, latent: 10 };
    const { shift, logits } = await evaluated((scope) => ({
      shift: shiftTable(scope, many),
      logits: maskLogits(scope, many),
    }));
    expect(new Set(logits)).toEqual(new Set([5]));
    const mean = shift.reduce((total, x) => total + x, 0) / 4000;
    const square = shift.reduce((total, x) => total + x * x, 0) / 4000;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(4000));
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000));
  });
});

describe('masks', () => {
  const logits = [-20, -1, 0, 20, 1.5, -0.5];
  const cells = 8000;
  const rows = Array.from({ length: cells }, (_, i) => [i % 4, 3]);

  /** Masked shifts under logistic noise drawn here. */
  async function drawn(build: (scope: Scope, shift: Tensor) => Record<string, Tensor>) {
    const random = Random.fromSeed(4);
    const noise = random.fill(new Float64Array(cells * 4), () => {
      const u = random.uniformOpen();
      return Math.log(u / (1 - u));
    });
    return evaluated(
      (scope) =>
        build(scope, maskedShiftOf(scope, labels(rows), shiftTable(scope, sizes), maskLogits(scope, sizes))),
      { shift: table, mask_logits: logits },
      { 'noise.logistic.0': noise },
    );
  }

  it('are 0 or 1, one draw a cell and latent, 1 with probability σ(logit); the control stays at 0', async () => {
    const { shift } = await drawn((_, all) => ({ shift: all }));
    const together = [0, 0, 0];
    for (let k = 0; k < 3; k++) {
      const open = [0, 1].map((latent) => {
        const values = Array.from({ length: cells / 4 }, (_, i) => shift[(4 * i + k) * 2 + latent]);
        const whole = table[k * 2 + latent];
        expect(values.every((value) => value === 0 || value === whole)).toBe(true);
        return values.map((value) => value !== 0);
      });
      open.forEach((draws, latent) => {
        const p = 1 / (1 + Math.exp(-logits[k * 2 + latent]));
        const share = draws.filter(Boolean).length / draws.length;
        expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws.length) + 1e-6);
      });
      together[k] = open[0].filter((is, i) => is && open[1][i]).length / (cells / 4);
    }
    // the latents of one cell are drawn independently
    const p = [1.5, -0.5].map((x) => 1 / (1 + Math.exp(-x)));
    expect(Math.abs(together[2] - p[0] * p[1])).toBeLessThan(4 * Math.sqrt(0.2 / (cells / 4)));
    for (let i = 3; i < cells; i += 4) expect([shift[i * 2], shift[i * 2 + 1]]).toEqual([0, 0]);
  });

  it('pass the derivatives of what they are a hard version of', async () => {
    const one = labels([[0], [2], [3]]);
    const noise = Float64Array.of(0.3, -1, 0.2, 0.9, 5, -5);
    const found = await evaluated(
      (scope) => {
        const [shifts, masks] = [shiftTable(scope, sizes), maskLogits(scope, sizes)];
        const hard = sum(maskedShiftOf(scope, one, shifts, masks));
        const [byLogits, byShift] = gradients(hard, [masks, shifts]);
        return { byLogits, byShift };
      },
      { shift: table, mask_logits: logits },
      { 'noise.logistic.0': noise },
    );
    // d σ(logit + noise) / d logit · shift, by differences of the soft mask
    const soft = async (all: readonly number[]) => {
      const chosen = [all[0], all[1], all[4], all[5]];
      const { mask } = await evaluated(() => ({
        mask: gumbelSigmoid(fixed(chosen), fixed([0.3, -1, 0.2, 0.9])),
      }));
      return [0, 1, 4, 5].reduce((total, at, i) => total + mask[i] * table[at], 0);
    };
    const step = 1e-5;
    for (let at = 0; at < logits.length; at++) {
      const moved = (by: number) => soft(logits.map((x, i) => (i === at ? x + by : x)));
      const slope = ((await moved(step)) - (await moved(-step))) / (2 * step);
      expect(found.byLogits[at]).toBeCloseTo(slope, 8);
    }
    // σ(−20 + .3) = 0, σ(−1 − 1) = 0, σ(1.5 + .2) = 1, σ(−.5 + .9) = 1 when hard
    expect(found.byShift).toEqual([0, 0, 0, 0, 1, 1]);
  });
});
