import { describe, expect, it } from 'vitest';
import { hasShared, sharedFile } from '../../../test/support/command.js';
import { testResources } from '../../../test/support/resources.js';
import {
  columnStrings,
  dense,
  log1p,
  normaliseTotal,
  PerturbationData,
  strings,
  Table,
  takeCols,
  takeRows,
  toDense,
} from '../../data/index.js';
import { Random } from '../../random/index.js';
import { agreementOfMeans, type CellRows, differentialGenes, geneMeans } from './agreement.js';
import { type CellOptions, predictUnseen } from './cells.js';

const ROLES = { context: 'type', action: 'state', control: 'ctrl' };
const TARGET = { context: 'b', action: 'stim' };
const [N_CELLS, N_GENES] = [12, 20];
const TYPES = ['a', 'b', 'c'];

/** Three types, each with cells before and after; the shift is the same in all. `truth` replaces the target's cells. */
function planted(truth?: number): PerturbationData {
  const random = Random.fromSeed(5);
  const centres = TYPES.map(() => random.fillNormal(new Float64Array(N_GENES)));
  const shift = random.fillNormal(new Float64Array(N_GENES));
  const groups = TYPES.flatMap((type) => ['ctrl', 'stim'].map((state) => ({ type, state })));
  const cells = groups.flatMap((group) => Array.from({ length: N_CELLS }, () => group));
  const values = new Float64Array(cells.length * N_GENES);
  cells.forEach(({ type, state }, row) => {
    for (let g = 0; g < N_GENES; g++) {
      const mean = 4 * centres[TYPES.indexOf(type)][g] + (state === 'stim' ? 3 * shift[g] : 0);
      const value = mean + 0.2 * random.normal();
      values[row * N_GENES + g] = truth !== undefined && type === 'b' && state === 'stim' ? truth : value;
    }
  });
  return new PerturbationData({
    X: dense(cells.length, N_GENES, values),
    obs: new Table(
      cells.map((_, row) => `cell ${row}`),
      [
        ['type', strings(cells.map(({ type }) => type))],
        ['state', strings(cells.map(({ state }) => state))],
      ],
    ),
    var: new Table(
      Array.from({ length: N_GENES }, (_, g) => `gene ${g}`),
      [],
    ),
  });
}

function cellsOf(data: PerturbationData, context: string, action: string, roles = ROLES): CellRows {
  const contexts = columnStrings(data.obs.column(roles.context));
  const actions = columnStrings(data.obs.column(roles.action));
  const rows = [...contexts.keys()].filter((row) => contexts[row] === context && actions[row] === action);
  return toDense(takeRows(data.X, rows));
}

const quick: Record<string, CellOptions> = {
  pca: { space: 'pca', components: 5 },
  autoencoder: {
    space: 'autoencoder',
    autoencoder: { width: 64, epochs: 200, learningRate: 5e-3, scaling: 'standard' },
  },
  vae: {
    space: 'vae',
    vae: { latent: 5, widths: [32], epochs: 100, learningRate: 3e-3, batchSize: 16, dropout: 0 },
  },
};

describe('cells of an unseen pair', () => {
  it.each(Object.keys(quick))('are where a common shift puts them, space %s', async (space) => {
    const data = planted();
    const runtime = await testResources.runtime();
    const { cells, rows, sources } = await predictUnseen(data, ROLES, TARGET, quick[space], runtime);
    expect([cells.nRows, cells.nCols, sources]).toEqual([N_CELLS, N_GENES, ['a', 'c']]);
    expect(Array.from(rows)).toEqual(Array.from({ length: N_CELLS }, (_, i) => 2 * N_CELLS + i));
    const truth = geneMeans(cellsOf(data, 'b', 'stim'));
    const { r2 } = agreementOfMeans(geneMeans(cells), truth);
    const untouched = agreementOfMeans(geneMeans(cellsOf(data, 'b', 'ctrl')), truth);
    expect(r2).toBeGreaterThan(space === 'pca' ? 0.99 : 0.85);
    expect(r2).toBeGreaterThan(untouched.r2 + 0.2);
  });

  it('never look at the cells that are asked for', async () => {
    const predict = async (data: PerturbationData) =>
      Array.from((await predictUnseen(data, ROLES, TARGET, quick.pca)).cells.values);
    expect(await predict(planted(1e6))).toEqual(await predict(planted()));
  });

  it('are refused with what is missing', async () => {
    const data = planted();
    const ask = (target: object, roles = ROLES, options = quick.pca) =>
      predictUnseen(data, roles, { ...TARGET, ...target }, options);
    await expect(ask({ context: 'bb' })).rejects.toMatchObject({ tag: 'OptionError' });
    await expect(ask({ action: 'ctrl' })).rejects.toMatchObject({ tag: 'OptionError' });
    await expect(ask({}, { ...ROLES, control: 'none' })).rejects.toThrow(/'b' has no cells with 'none'/);
    await expect(ask({}, ROLES, quick.vae)).rejects.toThrow(/no runtime/);
    await expect(ask({}, { ...ROLES, context: 'nothing' })).rejects.toMatchObject({ tag: 'ColumnError' });
    const rows = [...Array(2 * N_CELLS).keys()].map((i) => i + 2 * N_CELLS);
    const alone = new PerturbationData({
      X: takeRows(data.X, rows),
      obs: data.obs.take(rows),
      var: data.var,
    });
    await expect(predictUnseen(alone, ROLES, TARGET, quick.pca)).rejects.toThrow(/no context but 'b'/);
  });
});

describe('agreement', () => {
  const cells = (rows: number[][]): CellRows =>
    dense(rows.length, rows[0].length, Float64Array.from(rows.flat()));

  it('R² and squared correlation of means, over chosen genes', () => {
    const [predicted, truth] = [Float64Array.of(1, 99, 2, 5), Float64Array.of(1.5, 0, 2, 3)];
    // 1 - ((p-y)**2).sum()/((y-y.mean())**2).sum(), scipy.stats.linregress(p, y).rvalue**2
    const found = agreementOfMeans(predicted, truth, [0, 2, 3]);
    expect(found.r2).toBeCloseTo(-2.6428571428571432, 12);
    expect(found.squaredCorrelation).toBeCloseTo(0.9917582417582411, 12);
    expect(agreementOfMeans(truth, truth)).toEqual({ r2: 1, squaredCorrelation: expect.closeTo(1, 12) });
    expect(() => agreementOfMeans(predicted, truth.subarray(1))).toThrow(/predicted means/);
  });

  it("orders genes by the size of Welch's t", () => {
    const a = cells([
      [2, 1, 4],
      [7, 2, 5],
      [3, 4, 4],
      [9, 1.5, 4],
    ]);
    const b = cells([
      [2.5, 5, 1],
      [8, 6, 2],
      [2, 4.5, 3],
    ]);
    // numpy.argsort(-abs(scipy.stats.ttest_ind(a, b, equal_var=False).statistic))
    expect(Array.from(differentialGenes(a, b, 3))).toEqual([1, 2, 0]);
    expect(() => differentialGenes(a, b, 4)).toThrow(/from 1 to 3/);
    expect(() => differentialGenes(a, cells([[1, 2, 3]]), 1)).toThrow(/two or more/);
  });
});

describe.skipIf(!hasShared)('Kang 2018: stimulated monocytes from the other types', () => {
  it('come nearer to the truth than untreated cells do', async () => {
    const { readData } = await import('../../formats/index.node.js');
    const raw = await readData(sharedFile('data/kang2018/counts_genes_x_cells.mtx.gz'));
    const genes = raw.var.index.map((_, g) => g).filter((g) => g % 5 === 0);
    const X = takeCols(log1p(normaliseTotal(raw.X)), genes);
    const data = new PerturbationData({ X, obs: raw.obs, var: raw.var.take(genes) });
    const roles = { context: 'cluster_id', action: 'group_id', control: 'ctrl' };
    const type = 'CD14+ Monocytes';
    const [stim, ctrl] = ['stim', 'ctrl'].map((group) => cellsOf(data, type, group, roles));
    const { cells } = await predictUnseen(
      data,
      roles,
      { context: type, action: 'stim' },
      { space: 'pca', components: 20 },
    );
    const top = differentialGenes(stim, ctrl, 50);
    const score = (predicted: CellRows) => agreementOfMeans(geneMeans(predicted), geneMeans(stim), top).r2;
    expect(score(cells)).toBeGreaterThan(score(ctrl) + 0.1);
  });
});
