/** A small screen and made-up scores with known medians, for the tests of this room. */
import { OutcomeTensor } from '../data/outcome-tensor.js';
import type { ScoreRow, SummaryRow } from '../evaluate/scores.js';
import { Random } from '../random/index.js';
import type { ReportInput } from './input.js';

/** Every pair measured; profiles of rank 2. */
export function screen(contexts: readonly string[], actions: readonly string[], nGenes = 12): OutcomeTensor {
  const nPairs = contexts.length * actions.length;
  const profiles = new Float64Array(nPairs * nGenes);
  const pairContext = Int32Array.from({ length: nPairs }, (_, pair) => Math.floor(pair / actions.length));
  const pairAction = Int32Array.from({ length: nPairs }, (_, pair) => pair % actions.length);
  for (let pair = 0; pair < nPairs; pair++) {
    for (let gene = 0; gene < nGenes; gene++) {
      profiles[pair * nGenes + gene] =
        (1 + pairContext[pair]) * Math.cos(gene) + (1 + pairAction[pair]) * Math.sin(2 * gene);
    }
  }
  return new OutcomeTensor({
    contexts,
    actions,
    genes: Array.from({ length: nGenes }, (_, gene) => `g${gene}`),
    control: actions.indexOf('DMSO'),
    profiles,
    pairContext,
    pairAction,
    replicates: new Int32Array(nPairs).fill(1),
  });
}

/** One row; what is not given is unremarkable. */
export function scoreRow(row: Partial<ScoreRow>): ScoreRow {
  return {
    context: 'A549',
    action: 'a',
    method: 'si-a',
    nrmse: 0.3,
    rmse: 3,
    cosine: 0.8,
    cosine_cellmean: 0.7,
    r2: 0.9,
    seconds: 0.01,
    donors: 5,
    training_contexts: 3,
    tau: 0.05,
    rejected: false,
    fallback: '',
    coverage: Number.NaN,
    interval_width: Number.NaN,
    ...row,
  };
}

/** `row` for every treated pair of the tensor, `(context number, action number)`. */
export function scoreAll(
  tensor: OutcomeTensor,
  method: string,
  row: (context: number, action: number) => Partial<ScoreRow>,
): ScoreRow[] {
  return Array.from(tensor.treatedPairs(), (pair) => {
    const [context, action] = [tensor.pairContext[pair], tensor.pairAction[pair]];
    const names = { context: tensor.contexts[context], action: tensor.actions[action], method };
    return scoreRow({ ...names, ...row(context, action) });
  });
}

/** Medians by sorting, an implementation of its own. */
export function summarise(scores: readonly ScoreRow[]): SummaryRow[] {
  const methods = [...new Set(scores.map(({ method }) => method))];
  return methods.map((method) => {
    const own = scores.filter((row) => row.method === method);
    const middle = (key: 'nrmse' | 'rmse' | 'cosine' | 'cosine_cellmean' | 'r2') => {
      const values = own.map((row) => row[key]).filter(Number.isFinite);
      values.sort((a, b) => a - b);
      return values.length === 0
        ? Number.NaN
        : (values[(values.length - 1) >> 1] + values[values.length >> 1]) / 2;
    };
    return {
      method,
      n: own.length,
      median_nrmse: middle('nrmse'),
      median_rmse: middle('rmse'),
      median_cosine: middle('cosine'),
      median_cosine_cellmean: middle('cosine_cellmean'),
      median_r2: middle('r2'),
      total_seconds: own.reduce((sum, row) => sum + row.seconds, 0),
    };
  });
}

export const baselines = ['mean-over-actions', 'two-way-mean'];

/** 4 contexts × 6 actions (one the control): si-a clearly better than two baselines, on 19 of 20 pairs. */
export function reportInput(changes: Partial<ReportInput> = {}): ReportInput {
  const tensor = changes.tensor ?? screen(['A549', 'HA1E', 'MCF7', 'PC3'], ['DMSO', 'a', 'b', 'c', 'd', 'e']);
  const scores = changes.scores ?? [
    ...scoreAll(tensor, 'si-a', (c, a) => ({
      nrmse: c === 3 && a === 5 ? 1.5 : 0.2 + 0.01 * a,
      tau: 0.02 * a,
    })),
    ...scoreAll(tensor, 'mean-over-actions', (c) => ({
      nrmse: 0.5 + 0.01 * c,
      cosine: 0.7,
      cosine_cellmean: 0.65,
      tau: Number.NaN,
      rejected: null,
      donors: 0,
      training_contexts: 0,
    })),
    ...scoreAll(tensor, 'two-way-mean', (c) => ({
      nrmse: 0.6 + 0.01 * c,
      cosine: 0.6,
      cosine_cellmean: 0.55,
      tau: Number.NaN,
      rejected: null,
      donors: 0,
      training_contexts: 0,
    })),
  ];
  return {
    title: 'A small screen',
    source: 'small.h5ad',
    understood: ['context: column cell_line'],
    options: 'donors greedy',
    seed: 7,
    version: '0.1.0',
    tensor,
    scores,
    summary: summarise(scores),
    baselines,
    tauThreshold: 0.1,
    notes: [],
    random: Random.fromSeed(7),
    ...changes,
  };
}
