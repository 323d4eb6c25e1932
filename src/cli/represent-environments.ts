/** `mechanist represent` with a model of environments: its own options, and its work. */
import type { Command } from 'commander';
import { OptionError } from '../errors.js';
import { wholeNumber } from './arguments.js';
import { environmentSettingsGiven, withEnvironmentSettings } from './represent-environments-options.js';
import type { SharedRequest } from './represent-shared.js';

export interface EnvironmentOptions {
  readonly action?: string;
  readonly context?: string;
  readonly missing?: string;
  readonly smiles?: string;
  readonly radius?: string;
  readonly bits?: string;
  readonly dose?: string;
  readonly time?: string;
  readonly categories?: string;
  readonly numeric?: string;
  readonly heldOutShare?: string;
  readonly heldOutBy?: string;
  readonly validationShare?: string;
  readonly predict?: string;
  readonly samples?: string;
  readonly defaults?: string;
}

/** Options that no model of cells has. */
export function withEnvironmentOptions(command: Command): Command {
  command
    .optionsGroup('Of environments, what describes them:')
    .option('--action <column>', 'obs column of the action (compound), or two joined; guessed')
    .option('--context <column>', "obs column of the context (cell line), or 'none'; guessed")
    .option('--missing <rule>', 'values that are missing: refuse (default), drop-genes or drop-rows')
    .option('--smiles <where>', 'SMILES of the actions: obs column, or table FILE[:ID:SMILES]')
    .option('--radius <bonds>', 'of the Morgan fingerprint (default 2)')
    .option('--bits <n>', 'of the Morgan fingerprint (default 1024)')
    .option('--dose <column>', 'obs column of the dose, or COLUMN:UNIT')
    .option('--time <column>', 'obs column of the time, or COLUMN:UNIT')
    .option('--categories <columns>', 'comma-separated columns of names, besides the context')
    .option('--numeric <columns>', "comma-separated columns of numbers; 'shift_*' all that begin so")
    .optionsGroup('Of environments, what is held out and predicted:')
    .option('--held-out-share <share>', 'of the treated profiles, where --held-out names none (default 0.3)')
    .option('--held-out-by <unit>', 'what is drawn: action (default), pair (with the context) or context')
    .option('--validation-share <share>', 'of the others, to choose the epoch that is kept by (default 0.1)')
    .option(
      '--predict <table>',
      'predict these environments too: a table with the columns that describe them',
    )
    .option('--samples <n>', 'draws whose mean is a prediction (default 0: the centre of the prior)')
    .option('--defaults <whose>', "settings that are not given: ours (default), or the authors' (published)");
  return withEnvironmentSettings(command);
}

export async function representEnvironments(shared: SharedRequest, options: EnvironmentOptions) {
  const whole = (name: string, text: string | undefined, least: number) =>
    text === undefined ? undefined : wholeNumber(name, text, least);
  const request = {
    ...options,
    ...shared,
    settings: environmentSettingsGiven({ ...options }),
    radius: whole('--radius', options.radius, 0),
    bits: whole('--bits', options.bits, 1),
    samples: whole('--samples', options.samples, 0),
    heldOutShare: shareOf('--held-out-share', options.heldOutShare),
    validationShare: shareOf('--validation-share', options.validationShare),
    defaults: defaultsOf(options.defaults),
  };
  const { representEnvironments: represent } = await import('../jobs/represent-environments.node.js');
  return represent(request);
}

function shareOf(name: string, text?: string): number | undefined {
  if (text === undefined) return undefined;
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share < 1) return share;
  throw new OptionError(name, text, 'a number from 0 to less than 1');
}

function defaultsOf(text?: string): 'ours' | 'published' | undefined {
  if (text === undefined || text === 'ours' || text === 'published') return text;
  throw new OptionError('--defaults', text, ['ours', 'published']);
}
