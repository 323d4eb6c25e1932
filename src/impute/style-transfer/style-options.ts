/** Options of style transfer. */
import { choiceOption, numberOption } from '../option.js';

/** Where the arithmetic is done. */
export type StyleSpace = 'pca' | 'autoencoder' | 'vae';

export const styleOptions = {
  styleSpace: choiceOption<StyleSpace>(['pca', 'autoencoder', 'vae'], {
    default: 'pca',
    summary: 'space that style-transfer does its arithmetic in',
  }),
  styleComponents: numberOption({
    default: 50,
    least: 1,
    most: 10_000,
    whole: true,
    summary: 'principal components of style-transfer, space pca',
  }),
  styleEpochs: numberOption({
    default: 100,
    least: 0,
    most: 1_000_000,
    whole: true,
    summary: 'epochs of the variational autoencoder of style-transfer',
  }),
};
