/** κ_d against the authors' values, against its definition as an integral, and where it is known. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activationDual, derivativeDual, tangentKernel } from './kernel.js';

const file = join(process.env.MECHANIST_SHARED ?? '../shared', 'reference', 'cntk_expected.json');

describe.skipIf(!existsSync(file))("the authors' values", () => {
  const { kappa_values: values } = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { kappa_values: Record<string, Record<string, number>> })
    : { kappa_values: {} };
  it.each(Object.entries(values))('at %s', (cosine, expected) => {
    const t = Number(cosine);
    expect(derivativeDual(t)).toBeCloseTo(expected.relu_k0, 12);
    expect(activationDual(t)).toBeCloseTo(expected.relu_k1, 12);
    expect(derivativeDual(t, 0.01)).toBeCloseTo(expected.leaky_k0, 12);
    expect(activationDual(t, 0.01)).toBeCloseTo(expected.leaky_k1, 12);
    expect(tangentKernel(1)(t)).toBeCloseTo(expected.ntk1, 12);
  });
});

/** E[f(u) f(v)] / E[f(u)²], u and v standard normal of correlation cos α; f is homogeneous of degree `degree`. */
function dualByIntegral(f: (x: number) => number, cosine: number): number {
  const angle = Math.acos(cosine);
  const n = 200_000;
  let product = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    const theta = (2 * Math.PI * (i + 0.5)) / n;
    product += f(Math.cos(theta)) * f(Math.cos(theta - angle));
    square += f(Math.cos(theta)) ** 2;
  }
  return product / square;
}

describe.each([0, 0.01, 0.3, 1])('slope %s', (slope) => {
  const phi = (x: number) => (x > 0 ? x : slope * x);
  const derivative = (x: number) => (x > 0 ? 1 : slope);

  it.each([-1, -0.7, 0, 0.2, 0.95, 1])('duals are means over normal inputs, at %s', (t) => {
    expect(activationDual(t, slope)).toBeCloseTo(dualByIntegral(phi, t), 6);
    expect(derivativeDual(t, slope)).toBeCloseTo(dualByIntegral(derivative, t), 4);
  });

  it.each([1, 2, 3, 7])('κ_%s(1) is the number of layers with weights', (depth) => {
    expect(tangentKernel(depth, slope)(1)).toBeCloseTo(depth + 1, 12);
    expect(tangentKernel(depth, slope)(1 + 1e-15)).toBeCloseTo(depth + 1, 12);
  });
});

it('is (d + 1) ξ for a linear network', () => {
  for (const t of [-1, -0.3, 0, 0.6]) expect(tangentKernel(3, 1)(t)).toBeCloseTo(4 * t, 12);
});

it('follows the recursion of Theorem 1', () => {
  const t = 0.37;
  const first = activationDual(t);
  const kernel1 = first + t * derivativeDual(t);
  const kernel2 = activationDual(first) + kernel1 * derivativeDual(first);
  expect(tangentKernel(1)(t)).toBeCloseTo(kernel1, 14);
  expect(tangentKernel(2)(t)).toBeCloseTo(kernel2, 14);
});
