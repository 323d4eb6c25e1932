/** `autoencoder`: arithmetic in the latent space of an over-parameterised autoencoder (Belyaeva et al. 2021). */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { Random } from '../../random/index.js';
import type { Imputer, ImputerDescriptor, ImputerOptions, ImputerResources } from '../imputer.js';
import { pairGroups } from '../pair-groups.js';
import { FittedAnalogy } from './analogy.js';
import { LatentScreens, type TrainSpace } from './latent-screens.js';

/** Why networks depend on the order of genes. */
export const FIRST_WEIGHTS = 'the first weights of a gene are drawn by its place';

export const autoencoder: ImputerDescriptor = {
  name: 'autoencoder',
  costly: true,
  groups: (tensor, { latentGroups, seed }) => pairGroups(tensor, latentGroups, seed),
  summary: 'arithmetic in the latent space of an over-parameterised autoencoder',
  dependsOn: { geneOrder: FIRST_WEIGHTS },
  create: (tensor, options, resources) =>
    analogyImputer('autoencoder', tensor, options, autoencoderOf('autoencoder', tensor, options, resources)),
};

/** Analogies (`analogy.ts`) in the spaces that `train` makes. Throws DataError without the control it refers to. */
export function analogyImputer(
  method: string,
  tensor: OutcomeTensor,
  options: ImputerOptions,
  train: TrainSpace,
): Imputer {
  const { latentReference } = options;
  if (latentReference === 'control' && tensor.control < 0) {
    throw new DataError(
      `'${method}' was asked to shift from the control, and the screen has none; use --latent-reference shared`,
    );
  }
  const screens = new LatentScreens(tensor, options, train);
  return {
    fit: async (training) => new FittedAnalogy(method, training, await screens.of(training), latentReference),
  };
}

/** Trains the autoencoder of the options `ae…`. Throws DataError without a runtime. */
export function autoencoderOf(
  method: string,
  tensor: OutcomeTensor,
  options: ImputerOptions,
  resources: ImputerResources | undefined,
): TrainSpace {
  const given = neededRuntime(method, resources);
  return async (rows, nRows) => {
    const { autoencoderSpace } = await import('../../represent/autoencoder.js');
    return autoencoderSpace(await given.runtime(), rows, nRows, tensor.nGenes, {
      width: options.aeWidth,
      epochs: options.aeEpochs,
      learningRate: options.aeLearningRate,
      stop: options.aeStop,
      validation: options.aeValidation,
      scaling: options.aeScale,
      random: Random.fromSeed(options.seed).split('autoencoder'),
    });
  };
}

/** Throws DataError where there is nothing to train a network with. */
export function neededRuntime(method: string, resources: ImputerResources | undefined): ImputerResources {
  if (resources) return resources;
  throw new DataError(
    `'${method}' trains a network and was given no runtime; hand { runtime } to create, as { runtime: nodeRuntime }`,
  );
}
