import { expect, it } from 'vitest';
import { categorical, dense, numeric, PerturbationData, type Roles, strings, Table } from '../data/index.js';
import { mixedConditions, pairKeys, withJoinedColumns } from './pair-labels.js';

const data = new PerturbationData({
  X: dense(5, 1),
  var: new Table(['g']),
  obs: new Table(
    ['1', '2', '3', '4', '5'],
    [
      ['cell', categorical(['x', 'x', 'x', 'y', null])],
      ['drug', strings(['DMSO', 'a', 'a', 'a', 'b'])],
      ['dose', numeric(Float64Array.of(0, 1, 10, 1, Number.NaN))],
      ['pert_time', strings(['6', '6', '6', '24', '24'])],
    ],
  ),
});
const roles = { context: 'cell', action: 'drug' } as Roles;

const column = (made: PerturbationData, name: string) => made.obs.column(name);

it('joins columns where a name is a+b, and leaves the control and missing labels alone', () => {
  const joined = withJoinedColumns(data, { action: 'drug+dose' });
  expect(column(joined, 'drug+dose')).toEqual(strings(['DMSO', 'a 1', 'a 10', 'a 1', null]));
  expect(column(withJoinedColumns(data, { action: 'drug+dose', control: 'a' }), 'drug+dose')).toEqual(
    strings(['DMSO 0', 'a', 'a', 'a', null]),
  );
  expect(withJoinedColumns(data, { action: 'drug+nothing', context: 'cell' }).obs.names).toEqual(
    data.obs.names,
  );
});

it('says which conditions differ within a pair, and how to keep them apart', () => {
  expect(mixedConditions(data, roles)).toEqual([
    "1 pairs average over rows that differ in 'dose'; to keep them apart: --action drug+dose",
  ]);
  expect(mixedConditions(data, { ...roles, action: 'dose' })).toEqual([]);
});

it('has one key a pair, also for missing labels and one context', () => {
  expect(new Set(pairKeys(data, roles)).size).toBe(4);
  expect(new Set(pairKeys(data, { ...roles, context: null })).size).toBe(3);
});
