import { describe, expect, it } from 'vitest';
import { columnNumbers, columnStrings, type DenseMatrix, type PerturbationData } from '../../data/index.js';
import { OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import { namesOf, numbersOf, rowsOf, truthOf } from '../cells/truth.fixture.js';
import { type EnvironmentsOptions, environmentSystem, simulateEnvironments } from './index.js';

const small: EnvironmentsOptions = { environments: 6, profiles: 8, latents: 4, genes: 10 };
const values = (data: PerturbationData, name: string) => (data.obsm.get(name) as DenseMatrix).values;
const labels = (data: PerturbationData, column: string) => columnStrings(data.obs.column(column));
const shiftsOf = (data: PerturbationData, latents: number) => rowsOf(numbersOf(data, 'shifts'), latents);

describe('simulateEnvironments', () => {
  const data = simulateEnvironments(small);

  it('has one environment after the other, the control first', () => {
    expect([data.nObs, data.nVars, data.X.kind]).toEqual([56, 10, 'dense']);
    expect(data.X.values).toBeInstanceOf(Float32Array);
    const names = ['control', ...[1, 2, 3, 4, 5, 6].map((e) => `environment-${e}`)];
    expect(namesOf(data, 'environments')).toEqual(names);
    expect(labels(data, 'perturbation')).toEqual(names.flatMap((name) => Array(8).fill(name)));
  });

  it('describes every profile by the offsets of its environment', () => {
    const rows = shiftsOf(data, 4);
    expect(rows[0]).toEqual([0, 0, 0, 0]);
    for (let k = 0; k < 4; k++) {
      const expected = rows.flatMap((row) => Array(8).fill(row[k]));
      expect(Array.from(columnNumbers(data.obs.column(`shift_${k}`)))).toEqual(expected);
    }
    const targets = numbersOf(data, 'targets');
    expect(targets).toEqual(rows.flat().map((shift) => (shift === 0 ? 0 : 1)));
  });

  it('trains on the control and the first 70 %', () => {
    const split = labels(data, 'split');
    expect(split.map((part) => part === 'valid')).toEqual(split.map((_, row) => row >= 5 * 8));
    expect(namesOf(data, 'valid')).toEqual(['environment-5', 'environment-6']);
    // .29 · 100 is 28.999… in floating point
    const many = simulateEnvironments({ ...small, environments: 100, train: 0.29 });
    expect(namesOf(many, 'valid')[0]).toBe('environment-030');
  });

  it('is the system of the same options', () => {
    const system = environmentSystem({ latents: 4, genes: 10 });
    expect(numbersOf(data, 'weights')).toEqual(Array.from(system.graph));
    expect(numbersOf(data, 'mixing')).toEqual(
      Array.from(system.geneFunctions.get('mixing')!.values as Float64Array),
    );
    expect(numbersOf(data, 'latent-noise')).toEqual([1, 1, 1, 1]);
    const random = Random.fromSeed(0).split('environments', 'profiles', 2);
    const again = system.profiles(shiftsOf(data, 4)[3], 8, random);
    expect(data.X.values.slice(3 * 80, 4 * 80)).toEqual(again.X);
    expect(values(data, 'latents').slice(3 * 32, 4 * 32)).toEqual(again.latents);
    expect(values(data, 'noise').slice(3 * 32, 4 * 32)).toEqual(again.noise);
  });

  it('gives the same bits for the same seed, others for another', () => {
    expect(simulateEnvironments(small)).toEqual(data);
    const other = simulateEnvironments({ ...small, seed: 1 });
    expect(other.X.values).not.toEqual(data.X.values);
    expect(numbersOf(other, 'shifts')).not.toEqual(numbersOf(data, 'shifts'));
    expect(numbersOf(other, 'mixing')).not.toEqual(numbersOf(data, 'mixing'));
  });

  it.each<[string, EnvironmentsOptions, (row: number) => number]>([
    ['more environments', { environments: 200 }, (row) => row],
    ['more profiles', { profiles: 20 }, (row) => Math.floor(row / 8) * 20 + (row % 8)],
    ['no control', { control: null }, (row) => (row < 8 ? -1 : row - 8)],
    ['another split', { train: 0 }, (row) => row],
  ])('keeps the profiles that were there with %s', (_, options, placeOf) => {
    const other = simulateEnvironments({ ...small, ...options });
    for (let row = 0; row < data.nObs; row++) {
      const place = placeOf(row);
      if (place < 0) continue;
      const expected = data.X.values.slice(row * 10, (row + 1) * 10);
      expect(other.X.values.slice(place * 10, (place + 1) * 10)).toEqual(expected);
    }
    expect(numbersOf(other, 'mixing')).toEqual(numbersOf(data, 'mixing'));
  });
});

it('keeps the genes that were there with more of them, noise included', () => {
  const [few, more] = [10, 25].map((genes) =>
    simulateEnvironments({ ...small, functions: 'noisy-linear', genes }),
  );
  for (let row = 0; row < few.nObs; row++) {
    expect(more.X.values.slice(row * 25, row * 25 + 10)).toEqual(
      few.X.values.slice(row * 10, (row + 1) * 10),
    );
  }
});

describe('drawn environments', () => {
  const wide: EnvironmentsOptions = { environments: 3000, profiles: 1, latents: 4, genes: 1 };

  it('have one target, each latent as often, and offsets of standard deviation 5', () => {
    const rows = shiftsOf(simulateEnvironments(wide), 4).slice(1);
    expect(rows.every((row) => row.filter((shift) => shift !== 0).length === 1)).toBe(true);
    for (let k = 0; k < 4; k++) {
      const share = rows.filter((row) => row[k] !== 0).length / 3000;
      expect(Math.abs(share - 1 / 4)).toBeLessThan(4.5 * Math.sqrt(3 / 16 / 3000));
    }
    const offsets = rows.flat().filter((shift) => shift !== 0);
    const mean = offsets.reduce((sum, x) => sum + x, 0) / 3000;
    const variance = offsets.reduce((sum, x) => sum + x ** 2, 0) / 3000;
    expect(Math.abs(mean)).toBeLessThan((5 * 5) / Math.sqrt(3000));
    expect(Math.abs(variance / 25 - 1)).toBeLessThan(5 * Math.sqrt(2 / 3000));
  });

  it('have as many targets as asked, and a scale that scales', () => {
    const rows = shiftsOf(simulateEnvironments({ ...wide, targets: [1, 3] }), 4).slice(1);
    for (const n of [1, 2, 3]) {
      const share = rows.filter((row) => row.filter((shift) => shift !== 0).length === n).length / 3000;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(4.5 * Math.sqrt(2 / 9 / 3000));
    }
    const doubled = shiftsOf(simulateEnvironments({ ...wide, targets: [1, 3], offsetScale: 10 }), 4).slice(1);
    expect(doubled).toEqual(rows.map((row) => row.map((shift) => 2 * shift)));
  });
});

describe('given environments', () => {
  it('are those of the linear case of the draft', () => {
    const data = simulateEnvironments({
      ...{ latents: 2, genes: 10, graph: 'growing', childNoise: 0, geneParents: 0.5 },
      ...{
        offsets: [
          [0, 0],
          [0, 0.5],
        ],
        control: null,
        train: 1,
        profiles: 5,
      },
    });
    expect(shiftsOf(data, 2)).toEqual([
      [0, 0],
      [0, 0.5],
    ]);
    expect(new Set(labels(data, 'split'))).toEqual(new Set(['train']));
    expect(numbersOf(data, 'latent-noise')).toEqual([1, 0]);
    const weight = numbersOf(data, 'weights')[1];
    const latents = values(data, 'latents');
    for (let row = 0; row < 10; row++) {
      expect(latents[2 * row + 1]).toBe(Math.fround(weight * latents[2 * row] + (row < 5 ? 0 : 0.5)));
    }
  });

  it('may be hard', () => {
    const data = simulateEnvironments({
      latents: 2,
      genes: 3,
      offsets: [[0, 7]],
      intervention: 'hard',
      profiles: 4,
    });
    expect(Array.from(values(data, 'latents')).filter((_, at) => at >= 8 && at % 2 === 1)).toEqual([
      7, 7, 7, 7,
    ]);
    expect((truthOf(data).get('options') as ReadonlyMap<string, unknown>).get('intervention')).toBe('hard');
  });
});

describe('sizes', () => {
  it('one of everything, and the control alone', () => {
    const one = simulateEnvironments({ environments: 1, profiles: 1, latents: 1, genes: 1, control: null });
    expect([one.nObs, one.nVars, labels(one, 'perturbation')]).toEqual([1, 1, ['environment-1']]);
    const control = simulateEnvironments({ ...small, environments: 0 });
    expect([control.nObs, new Set(labels(control, 'perturbation'))]).toEqual([8, new Set(['control'])]);
    expect(numbersOf(control, 'shifts')).toEqual([0, 0, 0, 0]);
  });

  it.each<[string, EnvironmentsOptions, RegExp]>([
    ['no environment at all', { environments: 0, control: null }, /environments: '0'/],
    ['no given environment at all', { offsets: [], control: null }, /offsets \(rows\): '0'/],
    ['no profiles', { profiles: 0 }, /profiles: '0'/],
    ['more than memory', { profiles: 1e6 }, /profiles in all: '7000000' is not at most 715827/],
    ['no targets', { targets: [0, 1] }, /targets \(fewest\): '0'/],
    ['more targets than latents', { targets: [1, 5] }, /targets \(most\): '5'.*4/],
    ['targets the wrong way round', { targets: [3, 2] }, /targets \(most\): '2'/],
    ['a negative scale', { offsetScale: -1 }, /offsetScale: '-1'/],
    ['a share above 1', { train: 2 }, /train: '2'/],
    ['a control named as another', { control: 'environment-3' }, /control: 'environment-3'/],
    ['a control without a name', { control: '' }, /control: ''/],
    [
      'offsets of other latents',
      { environments: undefined, offsets: [[1, 2]] },
      /offsets: '2 numbers'.*4 numbers/,
    ],
    [
      'an offset that is no number',
      { environments: undefined, offsets: [[0, 0, 0, Number.NaN]] },
      /offsets: 'NaN'/,
    ],
    ['offsets and a number of environments', { offsets: [[0, 0, 0, 1]] }, /environments: '6' is not used/],
    ['a seed that is none', { seed: -1 }, /seed/],
  ])('refuses %s', (_, options, message) => {
    expect(() => simulateEnvironments({ ...small, genes: 3000, ...options })).toThrow(OptionError);
    expect(() => simulateEnvironments({ ...small, genes: 3000, ...options })).toThrow(message);
  });
});
