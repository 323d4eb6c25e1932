/** `mechanist target` from outside: the contract of its table, what it says, what it refuses. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../src/random/index.js';
import {
  hasShared,
  mechanist,
  numbersOf,
  readCsv,
  sharedFile,
  start,
  succeed,
  temporaryFolder,
} from './support/command.js';

const at = temporaryFolder();
const GENES = 30;
const names = Array.from({ length: GENES }, (_, gene) => `G${gene}`);
/** Most of this is of any method: the quickest. */
const withMethod = (words: readonly string[]) =>
  words.some((word) => word.startsWith('--method')) ? words : [...words, '--method=de'];
const target = (file: string, out: string, ...more: string[]) =>
  mechanist('target', at(file), '--out', at(out), ...withMethod(more));
const rank = (...words: string[]) => succeed('target', ...withMethod(words));

interface Kind {
  readonly label: string;
  readonly cells: number;
  readonly batch?: string;
}

/** A table of cells: `draw` gives the values of one. */
function writeCells(
  file: string,
  kinds: readonly Kind[],
  draw: (random: Random, label: string) => number[],
  column = 'perturbation',
) {
  const random = Random.fromSeed(7);
  const contexts = kinds.some(({ batch }) => batch !== undefined);
  const lines = kinds.flatMap(({ label, cells, batch }, kind) =>
    Array.from({ length: cells }, (_, i) =>
      [`c${kind}_${i}`, label, ...(contexts ? [batch] : []), ...draw(random.split(kind, i), label)].join(','),
    ),
  );
  const header = ['cell', column, ...(contexts ? ['cell_type'] : []), ...names].join(',');
  writeFileSync(at(file), [header, ...lines, ''].join('\n'));
}

const hitOf = (label: string) => names.indexOf(label);
/** Counts; a knock-down leaves a fifth. */
const counts = (random: Random, label: string) =>
  names.map((_, gene) => random.poisson((2 + (gene % 7)) * (gene === hitOf(label) ? 0.2 : 1)));
/** z-scores; a knock-down takes 5. */
const scores = (random: Random, label: string) =>
  names.map((_, gene) => random.normal() - (gene === hitOf(label) ? 5 : 0));

const CONTRACT = ['perturbation', 'gene', 'score', 'rank'];

beforeAll(() => {
  const knockDowns = [3, 8, 12, 17, 22].map((gene) => ({ label: `G${gene}`, cells: 60 }));
  writeCells(
    'counts.csv',
    [{ label: 'control', cells: 120 }, ...knockDowns, { label: 'drug', cells: 70 }],
    counts,
  );
  writeCells(
    'wells.csv',
    [
      { label: 'DMSO', cells: 30 },
      { label: 'G4', cells: 2 },
      { label: 'G9', cells: 5 },
      { label: 'G20', cells: 1 },
    ],
    scores,
    'pert_iname',
  );
});

describe('the table', () => {
  it('begins with the columns of the contract and has each pair once, ranked from 1 by the score', async () => {
    const { stderr } = await rank(at('counts.csv'), '--out', at('out.csv'));
    const { columns, rows } = readCsv(at('out.csv'));
    expect(columns.slice(0, 4)).toEqual(CONTRACT);
    expect(rows).toHaveLength(6 * GENES);
    for (const perturbation of ['G3', 'G8', 'G12', 'G17', 'G22', 'drug']) {
      const own = rows.filter((row) => row.perturbation === perturbation);
      expect(own.map(({ rank }) => Number(rank))).toEqual(names.map((_, i) => i + 1));
      expect(own.map(({ gene }) => gene).sort()).toEqual([...names].sort());
      const falling = own.map(({ score }) => Number(score));
      expect(falling).toEqual([...falling].sort((a, b) => b - a));
      if (perturbation !== 'drug') expect(own[0].gene).toBe(perturbation);
    }
    expect(stderr).toContain("control: 'control', 120 rows (guessed by name)");
    expect(stderr).toContain('raw counts, and became log(1 + x) of 10,000 a cell');
    expect(stderr).toContain(
      '5 perturbations have names of genes; of de these have median rank 1, recall at 1: 1.00',
    );
    expect(readdirSync(at()).filter((name) => name.includes('.tmp.'))).toEqual([]);
  });

  it('has only the candidates asked for, those that differ most', async () => {
    await rank(at('counts.csv'), '--out', at('few.csv'), '--candidates=4', '--quiet');
    const [few, all] = [readCsv(at('few.csv')).rows, readCsv(at('out.csv')).rows];
    expect(few.map(({ perturbation, gene }) => [perturbation, gene])).toEqual(
      all.filter(({ rank }) => Number(rank) <= 4).map(({ perturbation, gene }) => [perturbation, gene]),
    );
    expect(numbersOf(readCsv(at('few.csv')), 'de_rank').every((rank) => rank <= 4)).toBe(true);
  });

  it('has deviations of ranks where groups are subsampled, the same for one seed', async () => {
    const ask = (out: string, seed: number) =>
      rank(at('counts.csv'), '--out', at(out), '--subsamples=5', `--seed=${seed}`);
    const [{ stderr }] = [await ask('s.csv', 1), await ask('t.csv', 1), await ask('u.csv', 2)];
    expect(readFileSync(at('t.csv'), 'utf8')).toBe(readFileSync(at('s.csv'), 'utf8'));
    expect(readFileSync(at('u.csv'), 'utf8')).not.toBe(readFileSync(at('s.csv'), 'utf8'));
    const { rows } = readCsv(at('s.csv'));
    const first = rows.filter(({ rank, perturbation }) => rank === '1' && perturbation !== 'drug');
    expect(first.map(({ rank_deviation }) => rank_deviation)).toEqual(['0', '0', '0', '0', '0']);
    expect(Math.max(...numbersOf(readCsv(at('s.csv')), 'rank_deviation'))).toBeGreaterThan(0.5);
    expect(stderr).not.toContain('have no rank_deviation');
  });

  it('is told as JSON', async () => {
    const { stdout, stderr } = await rank(at('counts.csv'), '--out', at('j.csv'), '--json', '--quiet');
    const { perturbations, named, leftOut } = JSON.parse(stdout);
    expect(stderr).toBe('');
    expect(perturbations[0]).toMatchObject({ perturbation: 'G12', cells: 60, controls: 120, context: null });
    expect(perturbations[0].genes[0]).toBe('G12');
    expect(named.map(({ rank }: { rank: number }) => rank)).toEqual([1, 1, 1, 1, 1]);
    expect(leftOut).toEqual([]);
  });
});

describe.each(['residual-variance', 'linear', 'mlp'])('%s', (method) => {
  it('ranks the same perturbations and candidates', async () => {
    const out = `${method}.csv`;
    const { stderr } = await rank(at('counts.csv'), '--out', at(out), '--method', method, '--threads=1');
    const { columns, rows } = readCsv(at(out));
    expect(columns.slice(0, 4)).toEqual(CONTRACT);
    expect(rows).toHaveLength(6 * GENES);
    expect(rows.every((row) => Number.isFinite(Number(row.score)) && row.method === method)).toBe(true);
    expect(stderr).toContain('for comparison, of de over all genes: median rank 1');
    if (method === 'residual-variance')
      expect(stderr).toMatch(/of residual-variance these have median rank 1,/);
  });
});

describe('replicates', () => {
  it('of two and five wells are ranked as they are; one well alone is left out with the reason', async () => {
    const { stderr } = await rank(at('wells.csv'), '--out', at('wells-out.csv'));
    const { rows } = readCsv(at('wells-out.csv'));
    expect(new Set(rows.map(({ perturbation }) => perturbation))).toEqual(new Set(['G4', 'G9']));
    for (const name of ['G4', 'G9']) {
      const own = rows.find(({ perturbation, gene }) => perturbation === name && gene === name)!;
      expect(own.rank).toBe('1');
      expect(Number(own.log_fold_change)).toBeLessThan(-3);
    }
    expect(stderr).toContain('of both signs (z-scores, differences), and are taken as they are');
    expect(stderr).toMatch(/left out, as one cell alone has no spread.*: 'G20'/);
    const network = await rank(at('wells.csv'), '--out', at('wells-cdn.csv'), '--method=cdn');
    const { rows: byDe } = readCsv(at('wells-cdn.csv'));
    expect(byDe.map(({ gene, score }) => [gene, score])).toEqual(
      rows.map(({ gene, score }) => [gene, score]),
    );
    expect(new Set(byDe.map(({ method, fallback }) => `${method}: ${fallback}`))).toEqual(
      new Set(['de: cdn needs 8 perturbed cells']),
    );
    expect(network.stderr).toContain('by de, as cdn could rank none of them');
    expect(network.stderr).toContain("in the place of cdn, as cdn needs 8 perturbed cells ('G4', 'G9')");
    expect(network.stderr).not.toContain('for comparison, of de');
    const again = await rank(at('wells.csv'), '--out', at('wells-2.csv'), '--subsamples=3');
    expect(again.stderr).toContain(
      '2 perturbations have no rank_deviation: up to 50 cells are always taken whole',
    );
  });

  it('that are all alone are refused', async () => {
    writeCells(
      'alone.csv',
      [
        { label: 'control', cells: 9 },
        { label: 'G1', cells: 1 },
      ],
      scores,
    );
    const { code, stderr } = await target('alone.csv', 'alone-out.csv');
    expect(code).toBe(2);
    expect(stderr).toMatch(/no perturbation can be ranked; 'G1': one cell alone has no spread/);
    expect(existsSync(at('alone-out.csv'))).toBe(false);
    writeCells(
      'one-control.csv',
      [
        { label: 'control', cells: 1 },
        { label: 'G1', cells: 5 },
      ],
      scores,
    );
    const other = await target('one-control.csv', 'alone-out.csv');
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('one control cell alone')]);
  });
});

describe('hard input', () => {
  it('of constant genes, identical sets and more genes than cells gives finite numbers', async () => {
    const constant = (random: Random, label: string) =>
      scores(random, label).map((value, gene) => (gene < 5 ? 2 : value));
    writeCells(
      'flat.csv',
      [
        { label: 'control', cells: 6 },
        { label: 'G9', cells: 4 },
      ],
      constant,
    );
    const [header, ...lines] = readFileSync(at('flat.csv'), 'utf8').trimEnd().split('\n');
    const copies = lines.slice(0, 6).map((line) => line.replace('control', 'same').replace('c0', 'd0'));
    writeFileSync(at('flat.csv'), [header, ...lines, ...copies, ''].join('\n'));
    for (const method of ['de', 'residual-variance']) {
      await rank(at('flat.csv'), '--out', at(`flat-${method}.csv`), '--method', method);
      const { rows } = readCsv(at(`flat-${method}.csv`));
      expect(rows).toHaveLength(2 * GENES);
      for (const { score, log_fold_change, adjusted_p, perturbation, gene } of rows) {
        for (const number of [score, log_fold_change, adjusted_p]) {
          expect(number).not.toBe('');
          expect(Number.isFinite(Number(number))).toBe(true);
        }
        if (perturbation === 'same' || hitOf(gene) < 5) expect(Number(score)).toBeCloseTo(0, 5);
      }
      expect(rows.find(({ perturbation }) => perturbation === 'G9')?.gene).toBe('G9');
    }
  });

  it('is refused in words', async () => {
    const refusals: [readonly string[], RegExp][] = [
      [['--method=dee'], /did you mean 'de'/],
      [['--method=de', '--mlp-width=3'], /--mlp-width: '3' is not of use with --method de/],
      [['--subsamples=1'], /at least 2/],
      [['--candidates=0'], /a whole number of at least 1, or 'all'/],
      [['--control=contrl'], /did you mean 'control'/],
      [['--perturbation=perturbatoin'], /did you mean 'perturbation'/],
      [['--de-ranked-by=p'], /'wilcoxon', 'fold-change'/],
      [['--subsamples=x'], /whole number/],
      [['--context=perturbation'], /action|perturbation/],
    ];
    for (const [more, message] of refusals) {
      const { code, stderr } = await target('counts.csv', 'refused.csv', ...more);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
      expect(existsSync(at('refused.csv'))).toBe(false);
    }
    const holes = readFileSync(at('wells.csv'), 'utf8').replace(/(c0_3,DMSO,)[^,]+/, '$1nan');
    writeFileSync(at('holes.csv'), holes);
    const { code, stderr } = await target('holes.csv', 'refused.csv');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/gene 'G0' holds NaN/)]);
    writeFileSync(at('large.csv'), holes.replace(',nan,', ',1e200,'));
    const large = await target('large.csv', 'refused.csv');
    expect([large.code, large.stderr]).toEqual([
      2,
      expect.stringMatching(/'G0' holds 1e\+200, which is too large/),
    ]);
    writeFileSync(at('uncontrolled.csv'), readFileSync(at('wells.csv'), 'utf8').replaceAll('DMSO', 'G5'));
    const other = await target('uncontrolled.csv', 'refused.csv');
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(/with --control; its values, the commonest first: 'G5', 'G9', 'G4', 'G20'/),
    ]);
    await rank(at('holes.csv'), '--out', at('holes-out.csv'), '--missing=drop-rows', '--quiet');
  });

  it('of perturbations without names of genes is refused by models that need them', async () => {
    writeCells(
      'drugs.csv',
      [{ label: 'control', cells: 9 }, ...['x', 'y', 'z', 'w'].map((label) => ({ label, cells: 4 }))],
      scores,
    );
    const { code, stderr } = await target('drugs.csv', 'drugs-out.csv', '--method=linear');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/linear learns from perturbations whose target is known/),
    ]);
  });

  it('never replaces an output unasked, nor the input', async () => {
    expect((await target('counts.csv', 'out.csv')).stderr).toMatch(/pass --overwrite/);
    expect((await target('counts.csv', 'counts.csv', '--overwrite')).stderr).toMatch(/is the input itself/);
  });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('ends the work and leaves nothing', async () => {
    const args = ['target', at('counts.csv'), '--out', at('interrupted.csv')];
    const { child, outcome } = start([...args, '--method=mlp', '--mlp-epochs=1000000', '--threads=1']);
    await new Promise<void>((understood) => {
      child.stderr?.on('data', (text: string) => text.includes('control:') && understood());
    });
    child.kill(signal);
    const { code } = await outcome;
    expect(code).toBe(130);
    expect(readdirSync(at()).filter((name) => name.includes('interrupted'))).toEqual([]);
  });
});

describe('contexts', () => {
  beforeAll(() => {
    const batch = (name: string, label: string, cells = 20) => ({ label, cells, batch: name });
    writeCells(
      'contexts.csv',
      [batch('A', 'control'), batch('A', 'G2'), batch('B', 'control'), batch('B', 'G7'), batch('C', 'G7')],
      scores,
    );
  });

  it('are ranked one by one against their own controls', async () => {
    const { stderr } = await rank(at('contexts.csv'), '--out', at('contexts-out.csv'));
    const { rows } = readCsv(at('contexts-out.csv'));
    const first = rows
      .filter(({ rank }) => rank === '1')
      .map(({ perturbation, gene, context }) => [perturbation, gene, context]);
    expect(first).toEqual([
      ['G2', 'G2', 'A'],
      ['G7', 'G7', 'B'],
    ]);
    expect(stderr).toContain('each of 2 contexts');
    expect(stderr).toContain("left out, as there are no control cells to compare with: 'G7 in C'");
  });

  it('can be chosen, or taken together', async () => {
    await rank(at('contexts.csv'), '--out', at('a.csv'), '--context=cell_type=A');
    expect(readCsv(at('a.csv')).rows).toHaveLength(GENES);
    await rank(at('contexts.csv'), '--out', at('b.csv'), '--context=none');
    const { columns, rows } = readCsv(at('b.csv'));
    expect(columns).not.toContain('context');
    expect(rows.filter(({ perturbation }) => perturbation === 'G7')[0].cells).toBe('40');
    const { code, stderr } = await target('contexts.csv', 'refused.csv', '--context=cell_type=Q');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/'Q' is not one of 'A', 'B', 'C'/)]);
  });
});

it('ranks by differential expression where no method is named', async () => {
  await succeed('target', at('counts.csv'), '--out', at('default.csv'));
  const { rows } = readCsv(at('default.csv'));
  expect(new Set(rows.map(({ method }) => method))).toEqual(new Set(['de']));
});

it('finds planted knock-downs by the network that comes with the package', async () => {
  await succeed('target', at('counts.csv'), '--out', at('network.csv'), '--method=cdn');
  const { rows } = readCsv(at('network.csv'));
  const first = rows.filter((row) => row.rank === '1' && row.perturbation !== 'drug');
  expect(first.map(({ perturbation, gene }) => perturbation === gene)).toEqual(new Array(5).fill(true));
});

describe.skipIf(!hasShared)('Papalexi 2021', () => {
  it.each([
    ['de', 9, 7],
    ['cdn', 8, 7],
  ])('has its measured targets near the top by %s', async (method, nearTop, atTop) => {
    const file = (name: string) => sharedFile(`data/papalexi2021/${name}`);
    const { stdout } = await rank(
      file('counts_genes_x_cells.mtx.gz'),
      ...[
        '--cells',
        file('cells.csv.gz'),
        '--genes',
        file('genes.csv'),
        '--out',
        at(`papalexi-${method}.csv`),
        '--json',
        `--method=${method}`,
      ],
    );
    const { named, perturbations } = JSON.parse(stdout);
    expect(perturbations).toHaveLength(25);
    const ranks = Object.fromEntries(
      named.map(({ gene, rank }: { gene: string; rank: number }) => [gene, rank]),
    );
    expect(Object.keys(ranks)).toHaveLength(9);
    const within = (most: number) => (Object.values(ranks) as number[]).filter((one) => one <= most).length;
    expect(within(1)).toBeGreaterThanOrEqual(atTop);
    expect(within(20)).toBeGreaterThanOrEqual(nearTop);
  });
});
