/** The methods that find targets: one line each. The command line, the docs and the evaluation read this list. */
import { OptionError } from '../errors.js';
import type { TargetMethod } from './method.js';

export const targetMethods: readonly TargetMethod[] = [];

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
