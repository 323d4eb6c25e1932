/**
 * `style-transfer`: a context as another one after the action, less what it was, plus what the context is.
 *
 * The word analogies of Mikolov et al. 2013 on profiles; in a variational autoencoder the method of scGen
 * (Lotfollahi, Wolf, Theis 2019). On averaged profiles; `cells.ts` is the one on single cells.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { Random } from '../../random/index.js';
import { pcaSpace } from '../../represent/latent-space.js';
import { analogyImputer, autoencoderOf, neededRuntime } from '../autoencoder/index.js';
import type { TrainSpace } from '../autoencoder/latent-screens.js';
import type { ImputerDescriptor, ImputerOptions, ImputerResources } from '../imputer.js';

const METHOD = 'style-transfer';

export const styleTransfer: ImputerDescriptor = {
  name: METHOD,
  summary: 'analogy: another context after the action, moved to this one, in a latent space',
  create: (tensor, options, resources) =>
    analogyImputer(METHOD, tensor, options, spaceOf(tensor, options, resources)),
};

function spaceOf(tensor: OutcomeTensor, options: ImputerOptions, resources?: ImputerResources): TrainSpace {
  const { nGenes } = tensor;
  switch (options.styleSpace) {
    case 'pca':
      return async (rows, nRows) => pcaSpace(rows, nRows, nGenes, options.styleComponents);
    case 'autoencoder':
      return autoencoderOf(METHOD, tensor, options, resources);
    case 'vae': {
      const given = neededRuntime(METHOD, resources);
      const random = Random.fromSeed(options.seed).split('variational autoencoder');
      const { styleEpochs: epochs } = options;
      return async (rows, nRows) => {
        const { vaeSpace } = await import('../../represent/vae.js');
        return vaeSpace(await given.runtime(), rows, nRows, nGenes, { epochs, scaling: 'standard', random });
      };
    }
  }
}
