import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RoleError } from '../errors.js';
import { labelledObs, type RoleOptions, resolveRoles } from './roles.js';
import { columnStrings, strings, Table } from './table.js';

function table(columns: Record<string, readonly (string | null)[]>): Table {
  const n = Object.values(columns)[0]?.length ?? 0;
  return new Table(
    Array.from({ length: n }, (_, i) => `row${i}`),
    Object.entries(columns).map(([name, values]) => [name, strings(values)]),
  );
}

function refusal(obs: Table, options?: RoleOptions): RoleError {
  try {
    resolveRoles(obs, options);
  } catch (error) {
    if (error instanceof RoleError) return error;
    throw error;
  }
  throw new Error('not refused');
}

const plain = table({
  cell_type: ['a', 'a', 'b', 'b'],
  perturbation: ['control', 'x', 'control', 'x'],
});

describe('resolveRoles', () => {
  it('guesses by name and says what it understood', () => {
    const roles = resolveRoles(plain);
    expect(roles).toMatchObject({ context: 'cell_type', action: 'perturbation', control: 'control' });
    expect(roles.guessed).toEqual(['context', 'action', 'control']);
    expect(roles.sentences).toEqual([
      "context: column 'cell_type', 2 values (guessed by name)",
      "action: column 'perturbation', 2 values (guessed by name)",
      "control: 'control', 2 rows (guessed by name)",
    ]);
  });

  it('takes what is given, whatever it is called', () => {
    const obs = table({
      one: ['a', 'a', 'b', 'b'],
      two: ['p', 'q', 'p', 'q'],
      cell_type: ['c', 'd', 'c', 'e'],
    });
    const roles = resolveRoles(obs, { context: 'one', action: 'two', control: 'q' });
    expect(roles).toMatchObject({ context: 'one', action: 'two', control: 'q', guessed: [] });
    expect(roles.sentences.join()).not.toContain('guessed');
  });

  it.each([
    ['scPerturb', 'celltype', 'perturbation', 'control'],
    ['GEARS', 'cell_type', 'condition', 'ctrl'],
    ['CPA', 'cell_type', 'condition', 'vehicle'],
    ['L1000 metadata', 'cell_id', 'pert_iname', 'DMSO'],
    ['L1000 compendium', 'cell_iname', 'pert_id', 'dmso'],
    ['muscat', 'cluster_id', 'group_id', 'ctrl'],
    ['early CMAP set', 'unit', 'intervention', 'DMSO'],
    ['upper case', 'Cell_Line', 'Drug', 'Untreated'],
    ['CRISPR screen', 'cell_line', 'target', 'Non-Targeting'],
    ['guides', 'cell_line', 'gene', 'NT'],
    ['underscores', 'cell_line', 'target_gene', 'non_targeting'],
  ])('knows the names of %s', (_, context, action, control) => {
    const obs = table({
      [context]: ['a', 'a', 'b', 'b'],
      [action]: [control, 'x', control, 'x'],
      n: ['1', '1', '1', '2'],
    });
    expect(resolveRoles(obs)).toMatchObject({ context, action, control });
  });

  it('prefers a name written exactly to one in another case', () => {
    const obs = table({
      Perturbation: ['x', 'y', 'x', 'x'],
      perturbation: ['control', 'x', 'control', 'x'],
    });
    expect(resolveRoles(obs).action).toBe('perturbation');
  });

  it('does not guess constant columns or columns with a value for every row', () => {
    const obs = table({
      cell_type: ['k', 'k', 'k', 'k'],
      pert_id: ['1', '2', '3', '4'],
      drug: ['DMSO', 'x', 'DMSO', 'x'],
    });
    const roles = resolveRoles(obs);
    expect(roles).toMatchObject({ context: null, action: 'drug', control: 'DMSO' });
    expect(roles.sentences[0]).toBe(
      "context: column 'cell_type' has the one value 'k', so every row belongs to the one context 'all' (--context names a column)",
    );
  });

  it('refuses two different columns that fit, with both as candidates', () => {
    const obs = table({
      cell_type: ['a', 'a', 'b', 'b'],
      cell_line: ['k', 'l', 'k', 'l'],
      perturbation: ['control', 'x', 'control', 'x'],
    });
    expect(refusal(obs)).toMatchObject({ role: 'context', candidates: ['cell_type', 'cell_line'] });
    expect(resolveRoles(obs, { context: 'cell_line' }).context).toBe('cell_line');
    const actions = table({ drug: ['x', 'y', 'x', 'y'], gene: ['a', 'a', 'b', 'b'] });
    expect(refusal(actions)).toMatchObject({ role: 'action', candidates: ['drug', 'gene'] });
    expect(resolveRoles(actions, { context: 'gene' }).action).toBe('drug');
  });

  it('takes columns that say the same, or only describe the first, for one', () => {
    const obs = table({
      cell_id: ['1', '1', '2', '2', '2'],
      cell_iname: ['A375', 'A375', 'MCF7', 'MCF7', 'MCF7'],
      pert_id: ['b1', 'b2', 'b3', 'b1', 'b3'],
      pert_iname: ['DMSO', 'DMSO', 'x', 'DMSO', 'x'],
      target: ['', '', 'EGFR', '', 'EGFR'],
    });
    expect(resolveRoles(obs)).toMatchObject({ context: 'cell_iname', action: 'pert_iname' });
  });

  it('refuses where nothing fits, and names what could', () => {
    const obs = table({
      treatment: ['x', 'y', 'x', 'y'],
      batch: ['1', '1', '1', '1'],
      id: ['1', '2', '3', '4'],
    });
    const error = refusal(obs);
    expect(error).toMatchObject({ role: 'action', candidates: ['treatment'], exitCode: 2 });
    expect(error.message).toContain("columns that could be: 'treatment'; name it with --action");
    expect(refusal(table({ drug: ['x', 'x'] })).message).toContain("'drug' has one value only");
    expect(refusal(new Table([])).candidates).toEqual([]);
  });

  it('refuses a column that is not there, with the nearest', () => {
    expect(() => resolveRoles(plain, { action: 'perturbaton' })).toThrowError(
      /did you mean 'perturbation'\?/,
    );
    expect(() => resolveRoles(plain, { context: 'x' })).toThrowError(
      expect.objectContaining({ tag: 'ColumnError' }),
    );
  });

  it('refuses one column in two roles', () => {
    expect(refusal(plain, { context: 'cell_type', action: 'cell_type' }).role).toBe('action');
    // Given as the context, it is no longer there to be guessed as the action.
    expect(refusal(plain, { context: 'perturbation' }).role).toBe('action');
  });

  it('refuses two controls, and a control that is not there', () => {
    const obs = table({ drug: ['DMSO', 'x', 'untreated', 'x', 'DMSO'] });
    expect(refusal(obs)).toMatchObject({ role: 'control', candidates: ['DMSO', 'untreated'] });
    expect(resolveRoles(obs, { control: 'DMSO' }).control).toBe('DMSO');
    const error = refusal(obs, { control: 'dmso' });
    expect(error.message).toContain("did you mean 'DMSO'?");
    expect(error.candidates).toContain('x');
  });

  it('allows no control, and says so', () => {
    const obs = table({ drug: ['x', 'y', 'x', 'y'] });
    expect(resolveRoles(obs)).toMatchObject({ control: null, guessed: ['context', 'action', 'control'] });
    expect(resolveRoles(obs).sentences[2]).toBe("control: none found in 'drug' (--control names it)");
    expect(resolveRoles(plain, { control: null }).control).toBeNull();
  });

  it('takes rows without a label for controls only when told', () => {
    const obs = table({ target: ['', 'Akt', null, 'PKC'] });
    const guess = resolveRoles(obs);
    expect(guess.control).toBeNull();
    expect(guess.sentences[2]).toContain("2 rows have no label (--control '' if those are the controls)");
    expect(labelledObs(obs, guess)).toBe(obs);
    const roles = resolveRoles(obs, { control: '' });
    expect(roles).toMatchObject({ control: 'control', missingIsControl: true });
    expect(columnStrings(labelledObs(obs, roles).column('target'))).toEqual([
      'control',
      'Akt',
      'control',
      'PKC',
    ]);
    expect(refusal(plain, { control: '' }).role).toBe('control');
  });

  it('can be told that there is one context', () => {
    expect(resolveRoles(plain, { context: null })).toMatchObject({
      context: null,
      guessed: ['action', 'control'],
    });
  });
});

const shared = process.env.MECHANIST_SHARED ?? '../shared';

describe.skipIf(!existsSync(`${shared}/data`))('roles of real files', () => {
  /** The named columns of a delimited file; a reader of its own, so that this test needs no other room. */
  function columnsOf(path: string, delimiter: string, names: string[]): Table {
    const bytes = readFileSync(`${shared}/data/${path}`);
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const lines = text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(delimiter));
    const header = lines[0];
    return table(
      Object.fromEntries(
        names.map((name) => [name, lines.slice(1).map((cells) => cells[header.indexOf(name)] ?? null)]),
      ),
    );
  }

  it.each<[string, string, string[], RoleOptions, object]>([
    [
      'l1000/cmap_24cells_20compounds.tsv',
      '\t',
      ['unit', 'intervention', '780'],
      {},
      { context: 'unit', action: 'intervention', control: 'DMSO' },
    ],
    [
      'papalexi2021/cells.csv.gz',
      ',',
      ['cell', 'bio_rep', 'top_guide', 'target', 'top_umi', 'gene_umi'],
      {},
      { context: null, action: 'target', control: 'non-targeting' },
    ],
    [
      'kang2018/cells.csv',
      ',',
      ['cell', 'cluster_id', 'sample_id', 'group_id'],
      {},
      { context: 'cluster_id', action: 'group_id', control: 'ctrl' },
    ],
    [
      'sachs/sachs_5846x11_utigsp.csv',
      ',',
      ['target_index', 'target'],
      { control: '' },
      { context: null, action: 'target', control: 'control', missingIsControl: true },
    ],
    [
      'scmageck/scmageck_dox_6229x28.csv',
      ',',
      ['cell', 'geneID', 'target_gene', 'nUMI'],
      {},
      { context: null, action: 'target_gene' },
    ],
  ])('%s', (path, delimiter, names, options, expected) => {
    expect(resolveRoles(columnsOf(path, delimiter, names), options)).toMatchObject(expected);
  });
});
