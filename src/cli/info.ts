/** `mechanist info FILE`: what is in a file, what is understood of it, what looks wrong. */
import { Command } from 'commander';
import { type ScreenArguments, withScreenOptions } from './arguments.js';
import { type CommonOptions, print, printJson, withCommonOptions } from './terminal.js';

const PREPROCESSING_HELP = '\nSteps of --preprocess, comma separated, in the order given:\n';

export function infoVerb(): Command {
  const command = new Command('info')
    .description('shape, roles, coverage, spectrum and suspicious input of a file')
    .argument('<file>', 'any readable format: h5ad, gctx, gct, csv, tsv, 10x, mtx, parquet, zarr');
  return withCommonOptions(withScreenOptions(command))
    .addHelpText(
      'after',
      () =>
        `${PREPROCESSING_HELP}  normalize-total[=SUM] log1p log2 min-max z-score=COLUMN robust-z-score=COLUMN\n  hvg[=N] hvg-counts[=N] missing=VALUE merge-genes=mean|sum unique-genes`,
    )
    .action(async (file: string, options: ScreenArguments & CommonOptions) => {
      const { describe } = await import('../jobs/describe.node.js');
      const description = await describe({ path: file, ...options });
      if (options.json) printJson(description);
      else print(description.text);
    });
}
