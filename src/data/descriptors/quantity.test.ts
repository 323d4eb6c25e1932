/** Spellings of doses and times; what is refused, and what counts as missing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnError, DataError, isMechanistError, OptionError } from '../../errors.js';
import { numeric, strings, Table } from '../table.js';
import { type QuantityColumn, type QuantityKind, readQuantities, unitOfName } from './quantity.js';

const table = (columns: Record<string, (string | null)[]>) => {
  const [first] = Object.values(columns);
  return new Table(
    first.map((_, i) => `r${i}`),
    Object.entries(columns).map(([name, values]) => [name, strings(values)] as const),
  );
};
const read = (kind: QuantityKind, values: (string | null)[], spec: Partial<QuantityColumn> = {}) =>
  readQuantities(table({ [spec.column ?? 'x']: values }), kind, { column: 'x', ...spec });

describe('doses', () => {
  it.each([
    ['10 uM', 10],
    ['10.0 um', 10],
    ['0.04 \u00b5M', 0.04],
    ['0.04 \u03bcM', 0.04],
    ['40nM', 0.04],
    ['500 nm', 0.5],
    ['2 pM', 2e-6],
    ['1 mM', 1000],
    ['1 M', 1e6],
    ['1e-1 mM', 100],
    ['.5 umol/L', 0.5],
    ['3 micromolar', 3],
    [' 0 nM ', 0],
  ])('%s', (text, micromolar) => {
    expect(read('dose', [text]).values[0]).toBe(micromolar);
  });

  it.each(['-666', '-666.0', 'NA', '', 'nan', null])('%s is missing', (text) => {
    const { values, unreadable } = read('dose', ['1 uM', text]);
    expect([...values]).toEqual([1, Number.NaN]);
    expect(unreadable).toEqual([]);
  });

  it.each(['6 uM & 4 uM', 'high', '-1 uM', '1-2 uM', '1e999 uM'])('%s is named, and missing', (text) => {
    const { values, unreadable } = read('dose', ['1 uM', text]);
    expect([...values]).toEqual([1, Number.NaN]);
    expect(unreadable).toEqual([text]);
  });

  it('the unit: in the text, in a column beside it, as asked for, in the name', () => {
    const obs = table({ pert_dose: ['10', '500', '2 uM', '7'], pert_dose_unit: ['um', 'nM', 'nM', '-666'] });
    const beside = readQuantities(obs, 'dose', { column: 'pert_dose' });
    expect([...beside.values]).toEqual([10, 0.5, 2, Number.NaN]);
    expect(beside.unreadable).toEqual(['7']);
    expect([...readQuantities(obs, 'dose', { column: 'pert_dose', unit: 'mM' }).values]).toEqual([
      10, 0.5, 2, 7000,
    ]);
    expect([...read('dose', ['40', '1 uM'], { column: 'dose_nM' }).values]).toEqual([0.04, 1]);
    const numbers = new Table(['a', 'b'], [['conc (\u00b5M)', numeric(Float64Array.of(3, -666))]]);
    expect([...readQuantities(numbers, 'dose', { column: 'conc (\u00b5M)' }).values]).toEqual([
      3,
      Number.NaN,
    ]);
  });

  it('an unknown unit is refused with what the column has, and the nearest', () => {
    const refused = () => read('dose', ['1 uM', '3 uMM', '2 ng/ml']);
    expect(refused).toThrow(OptionError);
    expect(refused).toThrow(/'uMM' is not a unit of dose \(pM, nM, µM, mM, M\).*'uM', 'uMM', 'ng\/ml'/);
    expect(() => read('dose', ['1 nMM'])).toThrow(/did you mean 'nM'/);
    expect(() => read('dose', ['1'], { unit: 'h' })).toThrow(/'h' is not a unit of dose/);
  });

  it('numbers without any unit, and columns without numbers, are refused', () => {
    expect(() => read('dose', ['10', '3'])).toThrow(/'10', '3' without a unit/);
    expect(() => read('dose', ['high', 'low', '-666'])).toThrow(DataError);
    expect(() => read('dose', ['1 uM'], { unitColumn: 'xx' })).toThrow(ColumnError);
    expect(() => readQuantities(table({ dose: ['1 uM'] }), 'dose', { column: 'doze' })).toThrow(
      /did you mean 'dose'/,
    );
  });

  it('a column of nothing but missing values is no error', () => {
    expect([...read('dose', ['-666', null]).values]).toEqual([Number.NaN, Number.NaN]);
    expect(readQuantities(new Table([], [['x', strings([])]]), 'dose', { column: 'x' }).values.length).toBe(
      0,
    );
  });

  it('any amount reads the same in nanomolar and micromolar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (n) => {
        const { values } = read('dose', [`${n} nM`, `${n / 1000} µM`]);
        expect(values[0]).toBe(values[1]);
      }),
    );
  });

  it('any text is read, missing or refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<QuantityKind>('dose', 'time'), (text, kind) => {
        try {
          const { values } = read(kind, [text]);
          expect(values[0] >= 0 || Number.isNaN(values[0])).toBe(true);
        } catch (error) {
          expect(isMechanistError(error)).toBe(true);
        }
      }),
    );
  });
});

describe('times', () => {
  it.each([
    ['24 h', 24],
    ['24hrs', 24],
    ['1 d', 24],
    ['3 days', 72],
    ['90 min', 1.5],
    ['36 s', 0.01],
    ['2 weeks', 336],
  ])('%s', (text, hours) => {
    expect(read('time', [text]).values[0]).toBe(hours);
  });
  it('metres and months are not guessed at', () => {
    expect(() => read('time', ['5 m'])).toThrow(OptionError);
  });
});

it.each([
  ['dose', 'dose_uM', 'uM'],
  ['dose', 'dose.nM', 'nM'],
  ['dose', 'conc (µM)', 'µM'],
  ['dose', 'doseMicromolar', 'Micromolar'],
  ['dose', 'pert_dose', undefined],
  ['dose', 'um', undefined],
  ['time', 'timeHours', 'Hours'],
  ['time', 'time_h', 'h'],
  ['time', 'pert_time', undefined],
] as const)('unit in the name: %s %s', (kind, column, unit) => {
  expect(unitOfName(kind, column)).toBe(unit);
});
