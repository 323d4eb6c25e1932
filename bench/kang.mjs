/**
 * Style transfer on single cells, checked on Kang et al. 2018: one cell type's stimulated cells held out, each type in
 * turn; R² between gene means, all genes and the 100 most differential ones, beside averages that know no network.
 * Usage: node bench/kang.mjs [EPOCHS of the VAE; default 20, scGen's is 100]
 */
import { nodeRuntime } from '../dist/compute/index.node.js';
import {
  columnStrings,
  log1p,
  normaliseTotal,
  PerturbationData,
  takeRows,
  toDense,
} from '../dist/data/index.js';
import { readData } from '../dist/formats/index.node.js';
import { agreementOfMeans, differentialGenes, geneMeans, predictUnseen } from '../dist/impute/index.js';
import { median, record, shared } from './harness.mjs';

const epochs = Number(process.argv[2] ?? 20);
const raw = await readData(shared('data/kang2018/counts_genes_x_cells.mtx.gz'));
const X = log1p(normaliseTotal(raw.X));
const data = new PerturbationData({ X: toDense(X), obs: raw.obs, var: raw.var });
const roles = { context: 'cluster_id', action: 'group_id', control: 'ctrl' };
const types = columnStrings(data.obs.column(roles.context));
const groups = columnStrings(data.obs.column(roles.action));
const cellsOf = (type, group) => {
  const rows = [...types.keys()].filter((row) => types[row] === type && groups[row] === group);
  return toDense(takeRows(data.X, rows));
};
const names = [...new Set(types)].sort();
const means = new Map(
  names.map((name) => [
    name,
    { ctrl: geneMeans(cellsOf(name, 'ctrl')), stim: geneMeans(cellsOf(name, 'stim')) },
  ]),
);
const runtime = await nodeRuntime({ threads: 1 });

const networks = {
  pca: { space: 'pca', components: 50 },
  autoencoder: {
    space: 'autoencoder',
    autoencoder: { epochs: 20, learningRate: 1e-3, scaling: 'standard' },
  },
  vae: { space: 'vae', vae: { epochs } },
};
const scores = {};
const keep = (method, type, value) => {
  scores[method] = { ...scores[method], [type]: value };
};
for (const type of names) {
  const [stim, ctrl] = [cellsOf(type, 'stim'), cellsOf(type, 'ctrl')];
  const top = differentialGenes(stim, ctrl, 100);
  const truth = means.get(type).stim;
  const score = (predicted) => ({
    all: agreementOfMeans(predicted, truth),
    top: agreementOfMeans(predicted, truth, top),
  });
  const others = names.filter((name) => name !== type).map((name) => means.get(name));
  const average = (of) =>
    truth.map((_, g) => others.reduce((sum, one) => sum + of(one, g), 0) / others.length);
  const elsewhere = average(({ stim: after }, g) => after[g]);
  const shift = average(({ stim: after, ctrl: before }, g) => after[g] - before[g]);
  keep('untreated cells', type, score(means.get(type).ctrl));
  keep('mean over other types', type, score(elsewhere));
  keep('untreated + mean shift', type, score(means.get(type).ctrl.map((value, g) => value + shift[g])));
  for (const [method, options] of Object.entries(networks)) {
    const start = performance.now();
    const { cells, notes } = await predictUnseen(
      data,
      roles,
      { context: type, action: 'stim' },
      options,
      runtime,
    );
    const seconds = (performance.now() - start) / 1000;
    keep(method, type, { ...score(geneMeans(cells)), seconds });
    console.log(type, method, notes[0], `${seconds.toFixed(1)} s`);
  }
}
const figures = { 'cell types': names.length, 'epochs of the VAE': epochs };
for (const [method, of] of Object.entries(scores)) {
  const all = Object.values(of);
  figures[`${method}: median R², all genes`] = median(all.map(({ all }) => all.r2));
  figures[`${method}: median R², top 100`] = median(all.map(({ top }) => top.r2));
  figures[`${method}: median squared correlation, all genes`] = median(
    all.map(({ all }) => all.squaredCorrelation),
  );
  figures[`${method}: median squared correlation, top 100`] = median(
    all.map(({ top }) => top.squaredCorrelation),
  );
  if (all[0].seconds) figures[`${method}: median seconds a type`] = median(all.map(({ seconds }) => seconds));
  for (const [type, { all: a, top: t }] of Object.entries(of)) {
    figures[`${method}: ${type}: R² all, top 100`] = `${a.r2.toFixed(3)}, ${t.r2.toFixed(3)}`;
  }
}
record('kang', figures);
process.exit(0);
