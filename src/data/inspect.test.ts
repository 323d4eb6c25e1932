import { describe, expect, it } from 'vitest';
import type { Finding } from './finding.js';
import { inspectData } from './inspect.js';
import { dense, type Matrix, sparse } from './matrix.js';
import { PerturbationData } from './perturbation-data.js';
import { type Column, numeric, strings, Table } from './table.js';

interface Parts {
  genes?: string[];
  cells?: string[];
  X?: Matrix;
  obs?: [string, Column][];
}

/** Clean counts of 3 cells × 4 genes, with what is given in their place. */
function data({
  genes = ['A', 'B', 'C', 'D'],
  cells = ['1', '2', '3'],
  X,
  obs = [],
}: Parts): PerturbationData {
  const counts = dense(3, 4, Float32Array.of(1, 2, 0, 4, 3, 0, 1, 1, 5, 6, 7, 8));
  return new PerturbationData({ X: X ?? counts, obs: new Table(cells, obs), var: new Table(genes) });
}

const found = (parts: Parts, code: string): Finding | undefined =>
  inspectData(data(parts), { context: 'cell', action: 'drug' }).find((finding) => finding.code === code);
const values = (...numbers: number[]) => dense(3, 4, Float64Array.from(numbers));

describe('inspectData', () => {
  it('finds nothing but the scale in clean counts', () => {
    expect(inspectData(data({}))).toEqual([
      {
        code: 'scale',
        severity: 'info',
        message: 'values are whole numbers from 0 up: raw counts',
        count: 1,
        examples: ['0 to 8'],
      },
    ]);
  });

  it('puts the worst first', () => {
    const findings = inspectData(data({ genes: ['1-Mar', 'SEPT2', 'C', 'C'] }));
    expect(findings.map((finding) => finding.severity)).toEqual(['error', 'warning', 'info', 'info']);
  });

  it.each([
    '1-Mar',
    '2-sep',
    '01-Dec',
    'Mar-01',
    '2001/03/01',
    '2006-09-02 00:00:00',
    '3/9/2020',
    '1-Sep-06',
  ])('knows %s for a date', (name) => {
    expect(found({ genes: [name, 'B', 'C', 'D'] }, 'excel-dates')).toMatchObject({
      count: 1,
      examples: [name],
      severity: 'error',
    });
  });

  it.each(['MARCH1', 'SEP1', 'SEPT11', 'DEC1', 'MARC2'])('says that %s would become one', (name) => {
    const parts = { genes: [name, 'B', 'C', 'D'] };
    expect(found(parts, 'excel-dates')).toBeUndefined();
    expect(found(parts, 'excel-prone')?.examples).toEqual([name]);
  });

  it.each(['780', 'HLA-A', 'MARCKS', 'SEPTIN2', 'DECR1', '1-8D', 'NKX2-1', 'AC004.1', 'OCT4A', 'NOV'])(
    'takes %s for a gene',
    (name) => {
      const codes = inspectData(data({ genes: [name, 'B', 'C', 'D'] })).map((finding) => finding.code);
      expect(codes).toEqual(['scale']);
    },
  );

  it('counts duplicate genes and cells, and names at most five', () => {
    const many = ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd', 'e', 'e', 'f', 'f'];
    const duplicate = inspectData(
      new PerturbationData({ X: dense(1, 12), obs: new Table(['x']), var: new Table(many) }),
    ).find((finding) => finding.code === 'duplicate-genes');
    expect(duplicate).toMatchObject({ count: 6, examples: ['a', 'b', 'c', 'd', 'e'] });
    expect(found({ cells: ['1', '1', '1'] }, 'duplicate-cells')).toMatchObject({ count: 1, examples: ['1'] });
    expect(found({ genes: ['', 'nan', 'C', 'D'] }, 'nameless-genes')?.count).toBe(2);
  });

  it('counts NaN, infinite and −666 values', () => {
    const X = values(Number.NaN, 2, 3, 4, Number.NaN, 2, Number.NEGATIVE_INFINITY, 4, 5, -666, 6, 7);
    expect(found({ X }, 'nan')).toMatchObject({ count: 2, examples: ['A'] });
    expect(found({ X }, 'infinite')).toMatchObject({ count: 1, examples: ['C'] });
    expect(found({ X }, 'sentinel')?.count).toBe(1);
    // −666 is not a negative count, and does not set the scale.
    expect(found({ X }, 'negative-counts')).toBeUndefined();
    expect(found({ X }, 'scale')?.examples).toEqual(['2 to 7']);
  });

  it.each<[string, number[], RegExp]>([
    ['counts', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 900], /raw counts/],
    ['log', [0, 1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12], /logarithms of expression/],
    ['intensities', [40.5, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 9000], /intensities/],
    ['z-scores', [-1.5, 0.3, 1, 2, -0.4, 0, 1, 2, 1, 1, 1, -3], /both signs/],
  ])('tells %s', (_, numbers, message) => {
    expect(found({ X: values(...numbers) }, 'scale')?.message).toMatch(message);
  });

  it('says when counts are negative', () => {
    const X = values(0, 1, 2, 3, -4, 5, 6, 7, 8, -9, 10, 900);
    expect(found({ X }, 'negative-counts')).toMatchObject({ count: 2, examples: ['-9'] });
  });

  it('tells dropouts of level 2 from ones among counts', () => {
    const level2 = values(1, 250, 300, 1, 412, 99, 1033, 5, 77, 1, 4020, 65);
    expect(found({ X: level2 }, 'dropouts')?.count).toBe(3);
    expect(found({}, 'dropouts')).toBeUndefined();
    expect(found({ X: values(1, 2.5, 3, 1, 4, 9, 1, 5, 7, 1, 4, 60) }, 'dropouts')).toBeUndefined();
  });

  it('finds empty genes and cells, dense and sparse', () => {
    const full = values(1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 5);
    const csr = sparse(
      'csr',
      3,
      4,
      Int32Array.of(0, 2, 2, 5),
      Int32Array.of(0, 2, 0, 2, 3),
      Float64Array.of(1, 2, 3, 4, 5),
    );
    for (const X of [full, csr]) {
      expect(found({ X }, 'zero-genes')).toMatchObject({ count: 1, examples: ['B'] });
      expect(found({ X }, 'zero-cells')).toMatchObject({ count: 1, examples: ['2'] });
      expect(found({ X }, 'scale')?.examples).toEqual(['0 to 5']);
    }
  });

  it('finds labels that are missing or say nan', () => {
    const obs: [string, Column][] = [['drug', strings(['nan', null, 'x'])]];
    expect(found({ obs }, 'nan-labels')).toMatchObject({ count: 2, examples: ["'nan'"] });
    expect(found({ obs: [['drug', strings(['NANOG', 'NA1', 'x'])]] }, 'nan-labels')).toBeUndefined();
  });

  it('finds labels that are nearly the same', () => {
    const obs: [string, Column][] = [
      ['cell', strings(['A549', 'a549 ', 'A 549'])],
      ['drug', strings(['x_1', 'x-1', 'y'])],
    ];
    const findings = inspectData(data({ obs }), { context: 'cell', action: 'drug' }).filter(
      (finding) => finding.code === 'near-duplicate-labels',
    );
    expect(findings.map((finding) => finding.examples)).toEqual([
      ["'A549' and 'a549 ' and 'A 549'"],
      ["'x_1' and 'x-1'"],
    ]);
    expect(found({ obs: [['drug', strings(['x1', 'x2', 'x12'])]] }, 'near-duplicate-labels')).toBeUndefined();
  });

  it('finds mixed units, and −666 among annotations', () => {
    const units: [string, Column][] = [['pert_dose_unit', strings(['um', 'nm', '-666'])]];
    expect(found({ obs: units }, 'mixed-units')).toMatchObject({ count: 2, examples: ['um', 'nm'] });
    expect(found({ obs: units }, 'sentinel-annotation')).toMatchObject({ count: 1, severity: 'info' });
    const doses: [string, Column][] = [['dose', strings(['10 µM', '10 μM', '100 nM'])]];
    expect(found({ obs: doses }, 'mixed-units')?.examples).toEqual(['µM', 'nM']);
    const plain: [string, Column][] = [
      ['dose_value', numeric(Float64Array.of(1, -666, 3))],
      ['dose_unit', strings(['um', 'um', null])],
    ];
    expect(found({ obs: plain }, 'mixed-units')).toBeUndefined();
    expect(found({ obs: plain }, 'sentinel-annotation')?.examples).toEqual(['dose_value']);
  });

  it('says that an empty matrix is empty', () => {
    const empty = new PerturbationData({ X: dense(0, 2), obs: new Table([]), var: new Table(['a', 'b']) });
    expect(inspectData(empty).map((finding) => finding.code)).toEqual(['empty']);
  });
});
