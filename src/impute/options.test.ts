import { describe, expect, it } from 'vitest';
import { defaultImputerOptions, METHOD_WORDS, methodSpec } from './index.js';

describe('options of a method, written without its name', () => {
  it("are its own before those of another: two-way-mean's word is lambda", () => {
    expect(METHOD_WORDS).toContain('lambda');
    const { options } = methodSpec('soft-impute+lambda=0.25', {});
    expect(options.softImputeLambda).toBe(0.25);
    expect(options.lambda).toBe(defaultImputerOptions.lambda);
    expect(methodSpec('two-way-mean+lambda=0.25', {}).options.lambda).toBe(0.25);
  });

  it('are common ones where it has none of that name', () => {
    expect(methodSpec('si-a+donors=all+ntk-depth=2', {}).options).toMatchObject({
      donors: 'all',
      ntkDepth: 2,
    });
  });
});
