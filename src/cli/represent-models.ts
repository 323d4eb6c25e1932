/** Names of the models of `mechanist represent`, by what they see: written here so that `--help` loads none of them. */
import { OptionError } from '../errors.js';

export const FAMILIES = {
  cells: ['vae', 'beta-vae', 'ivae', 'svae', 'svae+', 'svae-bayes'],
  /** `vae` alone is one of cells; beside these it is theirs. */
  environments: ['cvae', 'env-vae', 'env-translation', 'env-film', 'ap-ae', 'adversarial-ae', 'env-scm'],
} as const;

export type Family = keyof typeof FAMILIES;

/** Throws OptionError, with all names that there are. */
export function familyOf(model: string): Family {
  const families = Object.keys(FAMILIES) as Family[];
  const found = families.find((family) => (FAMILIES[family] as readonly string[]).includes(model));
  if (found) return found;
  throw new OptionError('--model', model, Object.values(FAMILIES).flat());
}
