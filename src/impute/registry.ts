/** The imputers there are: one line each. The command line, the docs and the invariant checker read this list. */
import { OptionError } from '../errors.js';
import { auto } from './auto/index.js';
import { autoencoder } from './autoencoder/index.js';
import { dnpp } from './dnpp.js';
import { fixedEffect } from './fixed-effect.js';
import type { ImputerDescriptor } from './imputer.js';
import { latentSi } from './latent-si/index.js';
import { linear } from './linear/linear.js';
import { parafac } from './low-rank/parafac.js';
import { softImpute } from './low-rank/soft-impute.js';
import { matrixNormal } from './matrix-normal/index.js';
import { meanOverActions } from './mean-over-actions.js';
import { meanOverContexts } from './mean-over-contexts.js';
import { mice } from './mice/mice.js';
import { missforest } from './missforest/missforest.js';
import { ntk } from './ntk/index.js';
import { siA, siC } from './si/index.js';
import { siTandem } from './si/tandem.js';
import { snn } from './snn/snn.js';
import { styleTransfer } from './style-transfer/index.js';
import { twoWayMean } from './two-way-mean.js';

export const imputers: readonly ImputerDescriptor[] = [
  auto(imputerNamed),
  matrixNormal,
  siA,
  siC,
  siTandem,
  ntk,
  latentSi,
  autoencoder,
  styleTransfer,
  twoWayMean,
  meanOverActions,
  meanOverContexts,
  fixedEffect,
  linear,
  softImpute,
  parafac,
  dnpp,
  snn,
  mice,
  missforest,
];

/** The imputer of that name. Throws OptionError with the names there are and the nearest. */
export function imputerNamed(name: string, option = '--method'): ImputerDescriptor {
  const found = imputers.find((imputer) => imputer.name === name);
  if (!found)
    throw new OptionError(
      option,
      name,
      imputers.map((imputer) => imputer.name),
    );
  return found;
}
