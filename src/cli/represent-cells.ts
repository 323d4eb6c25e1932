/** `mechanist represent` with a model of cells: its own options, and its work. */
import type { Command } from 'commander';
import { wholeNumber } from './arguments.js';
import { settingsGiven, withCellSettings } from './represent-options.js';
import type { SharedRequest } from './represent-shared.js';

export interface CellOptions {
  readonly perturbation?: string;
  readonly combinations?: string;
  readonly separator?: string;
  readonly counterfactual?: string;
  readonly particles: string;
  readonly repeats?: string;
  readonly geneSets?: string;
  readonly topGenes: string;
  readonly report: boolean;
}

/** Options that no model of environments has. */
export function withCellOptions(command: Command): Command {
  command
    .optionsGroup('Of cells:')
    .option('--perturbation <column>', 'obs column of the perturbation, or two joined: drug+dose; guessed')
    .option('--combinations <how>', "'A+B' as two perturbations whose shifts add (additive), or one (own)")
    .option('--separator <text>', 'between the parts of a combination (default +)')
    .option('--particles <n>', 'samples a cell of the bound on held-out cells', '1000')
    .option(
      '--repeats <n>',
      'trainings of svae-bayes whose probabilities of edges are averaged (default 3 with fewer than 5 perturbations a latent, else 1)',
    )
    .option('--counterfactual <names>', "predict untreated cells under these perturbations, or 'all'")
    .option('--gene-sets <file>', 'GMT file: which sets the genes of each latent are rich in')
    .option('--top-genes <n>', 'genes of each latent in genes.csv, and in the lists tested', '50')
    .option('--no-report', 'tables only, no report.html and figures');
  return withCellSettings(command);
}

export async function representCells(shared: SharedRequest, options: CellOptions) {
  const request = {
    ...options,
    ...shared,
    settings: settingsGiven({ ...options }),
    particles: wholeNumber('--particles', options.particles, 1),
    repeats: options.repeats === undefined ? undefined : wholeNumber('--repeats', options.repeats, 1),
    topGenes: wholeNumber('--top-genes', options.topGenes, 1),
  };
  const { representFile } = await import('../jobs/represent-file.node.js');
  return representFile(request);
}
