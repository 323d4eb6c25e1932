/**
 * `cdn`: the causal differential network (Wu et al. 2025). What is known of the control's dependences and of the
 * perturbed cells' is laid side by side, and a network that learnt from simulations says which genes' own mechanisms
 * differ. docs/methods/cdn.md has what it is shown, how it was trained, and what it was measured to do.
 */

import { OptionError } from '../../errors.js';
import { numberOption, wordOption } from '../../impute/option.js';
import type { TargetMethod } from '../method.js';
import { LEAST_CELLS } from './settings.js';

/** A network of the whole matrix of pairs takes memory as genes². */
const MOST_OF_AXIAL = 1000;

export const cdnOptions = {
  cdnWeights: wordOption<string>({
    default: '',
    defaultWord: '',
    placeholder: '<folder>',
    summary: 'a network of mechanist train-target (default: the one that comes with the package)',
    parse: (_name, word) => word,
  }),
  cdnSplits: numberOption<number | 'auto'>({
    default: 'auto',
    words: { auto: 'auto' },
    least: 0,
    most: 1000,
    whole: true,
    summary:
      'of the control, that probabilities are checked on where targets are likely; 0: none; auto: 5 to 40',
  }),
};

export const cdn: TargetMethod = {
  name: 'cdn',
  summary: 'causal differential network, trained on simulations',
  joint: false,
  mostGenes: 4000,
  leastCells: LEAST_CELLS,
  options: cdnOptions,
  async score(screen, options, run) {
    if (!run.trained) throw new OptionError('--method', 'cdn', 'possible where its weights cannot be read');
    const { config, weights } = await run.trained('cdn', (options.cdnWeights as string) || undefined);
    const { cdnModel, predictorOf } = await import('./model.js');
    const model = cdnModel(config);
    if (model.settings.variant === 'axial' && screen.genes.length > MOST_OF_AXIAL) {
      throw new OptionError(
        '--candidates',
        screen.genes.length,
        `at most ${MOST_OF_AXIAL} for a network of axial attention`,
      );
    }
    const predictor = predictorOf(await run.runtime(), model, weights);
    try {
      const { scoreGroups } = await import('./scores.js');
      const { splitsFor } = await import('./own-splits.js');
      const asked = options.cdnSplits as number | 'auto';
      const splits = asked === 'auto' ? splitsFor(screen.genes.length) : asked;
      return await scoreGroups(screen, predictor, { calibration: model.calibration, splits }, run);
    } finally {
      await predictor.dispose();
    }
  },
};
