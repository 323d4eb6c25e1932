/** `de`: differential expression alone. The target of a knock-down is as a rule the gene that changes most. */
import { choiceOption, switchOption } from '../../impute/option.js';
import type { TargetMethod } from '../method.js';
import type { DifferentialOptions, FoldChange } from './differential-expression.js';

export const deOptions = {
  deRankedBy: choiceOption<'wilcoxon' | 'fold-change'>(['wilcoxon', 'fold-change'], {
    default: 'wilcoxon',
    summary: '|z| of the rank-sum test, or |log fold change|',
  }),
  deTieCorrection: switchOption({
    default: false,
    summary: 'correct the rank-sum test for equal values (scanpy: off)',
  }),
  deFoldChange: choiceOption<FoldChange>(['auto', 'log1p', 'difference'], {
    default: 'auto',
    summary: 'log2 fold change of log(1 + x) values, difference of means, or as the values look',
  }),
};

export const de: TargetMethod = {
  name: 'de',
  summary: 'differential expression: rank-sum test, or fold change',
  joint: false,
  mostGenes: Number.POSITIVE_INFINITY,
  leastCells: 2,
  options: deOptions,
  async score(screen, options, run) {
    const { differentialExpression, wilcoxonScore } = await import('./differential-expression.js');
    const { columnsOfScreen } = await import('./gene-columns.js');
    const asked: DifferentialOptions = {
      tieCorrection: options.deTieCorrection as boolean,
      foldChange: options.deFoldChange as FoldChange,
      signal: run.signal,
    };
    const all = await differentialExpression(columnsOfScreen(screen), asked);
    return all.map((found) => ({
      score: options.deRankedBy === 'fold-change' ? found.logFoldChange.map(Math.abs) : wilcoxonScore(found),
      notes: [],
    }));
  },
};
