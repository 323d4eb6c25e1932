/**
 * Preprocessing as a command line names it: steps in order, each a word with at most one value.
 *
 * `normalize-total,log1p,hvg=2000`. Nothing is done that was not asked for. One line a step; the help, the docs
 * and the error for an unknown step read this list.
 */
import { OptionError } from '../../errors.js';
import type { PerturbationData } from '../perturbation-data.js';
import { columnStrings } from '../table.js';
import { log1p, log2p1, minMaxProfiles, valueToMissing } from './elementwise.js';
import { mergeDuplicateGenes, uniqueGenes } from './gene-names.js';
import { highlyVariableSeurat } from './highly-variable-seurat.js';
import { highlyVariableSeuratV3 } from './highly-variable-seurat-v3.js';
import { normaliseTotal } from './total-counts.js';
import { zScore } from './z-score.js';

interface Step {
  readonly word: string;
  /** What the value is, in capitals; a default after `=`; absent: the step takes none. */
  readonly value?: string;
  readonly summary: string;
  apply(data: PerturbationData, value: string | undefined): PerturbationData;
}

const onX = (change: (X: PerturbationData['X']) => PerturbationData['X']) => (data: PerturbationData) =>
  data.with({ X: change(data.X) });

export const preprocessingSteps: readonly Step[] = [
  {
    word: 'normalize-total',
    value: 'SUM=10000',
    summary: 'scale every row to this total',
    apply: (data, value) =>
      data.with({ X: normaliseTotal(data.X, { targetSum: number('normalize-total', value, 10_000) }) }),
  },
  { word: 'log1p', summary: 'log(1 + x)', apply: onX(log1p) },
  { word: 'log2', summary: 'log2(1 + x)', apply: onX(log2p1) },
  { word: 'min-max', summary: 'every profile to 0 … 1', apply: onX(minMaxProfiles) },
  {
    word: 'z-score',
    value: 'COLUMN',
    summary: 'mean 0 and SD 1 of every gene within each group (plate) of this obs column',
    apply: (data, value) => data.with({ X: zScore(data.X, groups(data, 'z-score', value)) }),
  },
  {
    word: 'robust-z-score',
    value: 'COLUMN',
    summary: 'the same by median and 1.4826 · MAD, as L1000 level 4',
    apply: (data, value) => {
      const X = zScore(data.X, groups(data, 'robust-z-score', value), { robust: true });
      return data.with({ X });
    },
  },
  {
    word: 'hvg',
    value: 'N=2000',
    summary: "keep the N most variable genes of log data (scanpy's seurat)",
    apply: (data, value) => {
      const { highlyVariable } = highlyVariableSeurat(data.X, { nTop: number('hvg', value, 2000) });
      return data.takeVar(where(highlyVariable));
    },
  },
  {
    word: 'hvg-counts',
    value: 'N=2000',
    summary: "keep the N most variable genes of raw counts (scanpy's seurat_v3)",
    apply: (data, value) => {
      const { highlyVariable } = highlyVariableSeuratV3(data.X, { nTop: number('hvg-counts', value, 2000) });
      return data.takeVar(where(highlyVariable));
    },
  },
  {
    word: 'missing',
    value: 'VALUE',
    summary: 'this value is a missing one: 1 for dropouts of L1000 level 2, -666 in GCT files',
    apply: (data, value) => data.with({ X: valueToMissing(data.X, number('missing', value)).matrix }),
  },
  {
    word: 'merge-genes',
    value: 'mean|sum',
    summary: 'genes of the same name become one',
    apply: (data, value) => {
      if (value === 'mean' || value === 'sum') return mergeDuplicateGenes(data, value);
      throw new OptionError('--preprocess merge-genes', value, ['merge-genes=mean', 'merge-genes=sum']);
    },
  },
  { word: 'unique-genes', summary: "a repeated gene name gets '-1', '-2', …", apply: uniqueGenes },
];

/** Applies comma-separated steps in their order. Throws OptionError for an unknown step or value. */
export function preprocess(data: PerturbationData, steps: string): PerturbationData {
  return steps
    .split(',')
    .filter((text) => text.trim() !== '')
    .reduce((changed, text) => {
      const [word, value] = text.trim().split('=', 2) as [string, string | undefined];
      const step = preprocessingSteps.find((known) => known.word === word);
      if (!step)
        throw new OptionError(
          '--preprocess',
          word,
          preprocessingSteps.map((known) => known.word),
        );
      if (value !== undefined && !step.value) {
        throw new OptionError('--preprocess', text, `'${word}' without a value`);
      }
      return step.apply(changed, value);
    }, data);
}

function number(step: string, text: string | undefined, missing?: number): number {
  const value = text === undefined ? (missing ?? Number.NaN) : Number(text);
  if (text?.trim() === '' || Number.isNaN(value)) {
    throw new OptionError(`--preprocess ${step}`, text ?? '', `${step}=NUMBER`);
  }
  return value;
}

function groups(data: PerturbationData, step: string, column: string | undefined): (string | null)[] {
  if (!column) throw new OptionError(`--preprocess ${step}`, '', `${step}=COLUMN with a column of obs`);
  return columnStrings(data.obs.column(column, 'obs'));
}

function where(flags: ArrayLike<number | boolean>): Int32Array {
  return Int32Array.from({ length: flags.length }, (_, i) => i).filter((i) => Boolean(flags[i]));
}
