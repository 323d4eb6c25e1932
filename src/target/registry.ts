/** The methods that find targets: one line each. The command line, the docs and the evaluation read this list. */
import { OptionError } from '../errors.js';
import { bacadiEmpirical, bacadiMixture } from './bacadi/method.js';
import { cdn } from './cdn/cdn.js';
import { dcdiFlow, dcdiGaussian } from './dcdi/method.js';
import { dci } from './dci/method.js';
import type { TargetMethod } from './method.js';
import { de } from './simple/de.js';
import { linear } from './simple/linear.js';
import { mlp } from './simple/mlp.js';
import { residualVariance } from './simple/residual-variance.js';
import { utigsp } from './utigsp/method.js';

export const targetMethods: readonly TargetMethod[] = [
  cdn,
  de,
  residualVariance,
  dci,
  utigsp,
  dcdiGaussian,
  dcdiFlow,
  bacadiEmpirical,
  bacadiMixture,
  linear,
  mlp,
];

/** What `mechanist target` takes where none is named: on real screens the network is not better yet. */
export const DEFAULT_TARGET_METHOD = 'de';

/** The method of that name. Throws OptionError with the names there are and the nearest. */
export function targetMethodNamed(name: string, option = '--method'): TargetMethod {
  const found = targetMethods.find((method) => method.name === name);
  if (!found)
    throw new OptionError(
      option,
      name,
      targetMethods.map((method) => method.name),
    );
  return found;
}
