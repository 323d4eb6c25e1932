import { expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../test/support/factor-screen.js';
import { testResources } from '../../test/support/resources.js';
import { defaultImputerOptions, imputerNamed, imputers, Training } from '../impute/index.js';
import { prepare } from './imputation-part.js';

const { tensor } = factorScreen({ nContexts: 5, nActions: 6, nGenes: 20, rank: 3, noise: 0.3 });

it.each(imputers.map(({ name }) => name))(
  '%s predicts measured pairs as if none of them had been',
  async (method) => {
    const hidden = [tensor.pair(1, 2), tensor.pair(3, 4)];
    const run = await prepare(
      {
        tensor,
        method,
        options: defaultImputerOptions,
        contexts: Int32Array.of(1, 3),
        actions: Int32Array.of(2, 4),
        starts: [0, 2],
        dtype: 'float64',
        explain: false,
      },
      testResources,
    );
    const part = run(0);
    const fitted = await imputerNamed(method)
      .create(tensor, defaultImputerOptions, testResources)
      .fit(new Training(tensor, hidden));
    const expected = [fitted.predict(1, 2), fitted.predict(3, 4)].flatMap(({ profile }) =>
      Array.from(profile),
    );
    // one at a time and together, products may round differently
    expect(relativeDifference(part.profiles as Float64Array, Float64Array.from(expected))).toBeLessThan(
      1e-12,
    );
    expect(Array.from(part.profiles.subarray(0, 20))).not.toEqual(Array.from(tensor.profile(hidden[0])));
  },
);
