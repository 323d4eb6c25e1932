/** `mechanist fingerprint FILE --smiles COL --out OUT.csv`: Morgan fingerprints of a table of compounds. */
import { Command } from 'commander';
import { wholeNumber } from './arguments.js';
import {
  type CommonOptions,
  interruptSignal,
  Progress,
  printJson,
  remark,
  withCommonOptions,
} from './terminal.js';

interface FingerprintArguments extends CommonOptions {
  readonly smiles: string;
  readonly out: string;
  readonly id?: string;
  readonly radius: string;
  readonly bits: string;
  readonly overwrite?: boolean;
}

export function fingerprintVerb(): Command {
  const command = new Command('fingerprint')
    .description('Morgan fingerprints of compounds: the bits that are set, one row a molecule')
    .argument('<file>', 'table of compounds: csv or tsv, plain or gzipped')
    .requiredOption('--smiles <column>', 'column of the SMILES, by name or by number from 1')
    .requiredOption('--out <csv>', 'table of the columns id, on_bits')
    .option('--id <column>', 'column of the ids, by name or number; default: the first other one')
    .option('--radius <bonds>', 'how far environments reach from their atom', '2')
    .option('--bits <n>', 'length of the fingerprint', '1024')
    .option('--overwrite', 'replace an existing output');
  return withCommonOptions(command).action(async (path: string, options: FingerprintArguments) => {
    const { fingerprintFile } = await import('../jobs/fingerprint-file.node.js');
    const progress = new Progress('fingerprints', options.quiet);
    const result = await fingerprintFile({
      ...options,
      path,
      radius: wholeNumber('--radius', options.radius, 0),
      bits: wholeNumber('--bits', options.bits, 1),
      signal: interruptSignal(),
      onProgress: progress.update,
    });
    progress.end();
    if (options.json) printJson(result);
    else remark(options, ...result.sentences);
  });
}
