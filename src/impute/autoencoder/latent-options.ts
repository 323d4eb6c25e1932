/** Options of the methods that work in a latent space: how the autoencoder is trained, and what is done there. */
import type { ScalingKind } from '../../represent/scaling.js';
import { choiceOption, numberOption } from '../option.js';

/** What an action's shift is measured from: the control, or whatever both contexts were given. */
export type LatentReference = 'control' | 'shared';

export const latentOptions = {
  latentReference: choiceOption<LatentReference>(['shared', 'control'], {
    default: 'shared',
    summary: "what a shift is taken from: all shared actions, or the control as the papers'",
  }),
  latentGroups: numberOption({
    default: 10,
    least: 2,
    most: 10_000,
    whole: true,
    summary: 'groups of pairs that share a network in leave-one-out',
  }),
  aeWidth: numberOption({
    default: 1024,
    least: 1,
    most: 65_536,
    whole: true,
    summary: 'hidden units of the autoencoder',
  }),
  aeEpochs: numberOption({
    default: 200,
    least: 0,
    most: 1_000_000,
    whole: true,
    summary: 'at most so many epochs of the autoencoder',
  }),
  aeLearningRate: numberOption({
    default: 1e-3,
    least: 0,
    most: 1,
    placeholder: '<rate>',
    summary: 'learning rate of the autoencoder (Adam)',
  }),
  aeStop: numberOption({
    default: 0.05,
    least: 0,
    most: 1,
    placeholder: '<share>',
    summary: 'training ends when this share of the variance is left',
  }),
  aeValidation: numberOption({
    default: 0,
    least: 0,
    most: 0.9,
    placeholder: '<share>',
    summary: 'profiles held back, whose best epoch is kept; 0: interpolation',
  }),
  aeScale: choiceOption<ScalingKind>(['standard', 'range'], {
    default: 'standard',
    summary: 'genes centred, or all values between 0 and 1 as in the paper',
  }),
};
