/**
 * Which environments choose the epoch that is kept: some of those that are not held out, drawn, so that what is held out is
 * scored by a model that never saw it in any way.
 */
import type { SplitBy } from '../data/index.js';
import { OptionError } from '../errors.js';
import type { Random } from '../random/index.js';
import type { DescribedEnvironment } from './represent-environments-names.js';

export interface ValidationRequest {
  /** Share of the treated profiles that are not held out; 0: all train, and the last epoch is kept. Default 0.1. */
  readonly validationShare?: number;
}

const SHARE = 0.1;
/** With fewer actions (or pairs, contexts) the few drawn would say little, and be missed. */
const FEWEST = 10;

/** Throws OptionError. */
export function checkValidation({ validationShare: share }: ValidationRequest): void {
  if (share !== undefined && !(share >= 0 && share < 1))
    throw new OptionError('--validation-share', share, 'a number from 0 to less than 1');
}

export interface DrawnValidation {
  readonly environments: DescribedEnvironment[];
  readonly sentence: string;
}

/** Some of those that train become `validation`, all environments of a unit together. */
export function drawValidation(
  environments: readonly DescribedEnvironment[],
  by: SplitBy,
  { validationShare: share = SHARE }: ValidationRequest,
  random: Random,
): DrawnValidation {
  const unitOf = ({ action, context }: DescribedEnvironment) =>
    JSON.stringify(by === 'action' ? [action] : by === 'context' ? [context] : [action, context]);
  const sizes = new Map<string, number>();
  for (const one of environments) {
    if (one.part !== 'train' || !one.treated) continue;
    sizes.set(unitOf(one), (sizes.get(unitOf(one)) ?? 0) + one.profiles);
  }
  const last = 'all of them train, and the last epoch is kept';
  if (share === 0)
    return { environments: [...environments], sentence: `no environment chooses the epoch: ${last}` };
  if (sizes.size < FEWEST) {
    const sentence = `${sizes.size} ${by}s are too few to let some choose the epoch: ${last}`;
    return { environments: [...environments], sentence };
  }
  const names = [...sizes.keys()].sort();
  const goal = share * names.reduce((sum, name) => sum + sizes.get(name)!, 0);
  const drawn = new Set<string>();
  let count = 0;
  for (const k of random.permutation(names.length)) {
    const next = count + sizes.get(names[k])!;
    if (drawn.size > 0 && next - goal > goal - count) break;
    drawn.add(names[k]);
    count = next;
  }
  return {
    environments: environments.map((one) =>
      one.part === 'train' && one.treated && drawn.has(unitOf(one)) ? { ...one, part: 'validation' } : one,
    ),
    sentence: `${drawn.size} of ${names.length} ${by}s that are not held out choose the epoch and do not train`,
  };
}
