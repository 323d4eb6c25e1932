/** `mechanist convert IN OUT`: any readable format to any writable one, by the extension of OUT. */
import { Command } from 'commander';
import {
  type CommonOptions,
  leaveOnInterrupt,
  Progress,
  printJson,
  remark,
  withCommonOptions,
} from './terminal.js';

interface ConvertOptions extends CommonOptions {
  readonly cells?: string;
  readonly genes?: string;
  readonly overwrite?: boolean;
}

export function convertVerb(): Command {
  const command = new Command('convert')
    .description('any readable format to any writable one, by extension')
    .argument('<in>', 'file or folder to read')
    .argument('<out>', 'file to write: .h5ad .gctx .gct .csv .tsv (.gz) .parquet .h5 .zarr')
    .option('--cells <table>', 'for a loose Matrix Market file: table with one row a cell')
    .option('--genes <table>', 'for a loose Matrix Market file: table with one row a gene')
    .option('--overwrite', 'replace an existing output');
  return withCommonOptions(command).action(async (input: string, out: string, options: ConvertOptions) => {
    leaveOnInterrupt();
    const { checkNotInput, checkWritable, readData, writeData } = await import('../formats/index.node.js');
    await checkWritable(out, options.overwrite);
    await checkNotInput(out, [input, options.cells, options.genes]);
    const reading = new Progress('reading', options.quiet);
    const data = await readData(input, { ...options, onProgress: reading.update });
    reading.end();
    const writing = new Progress('writing', options.quiet);
    const lost = await writeData(out, data, { overwrite: options.overwrite, onProgress: writing.update });
    writing.end();
    if (options.json) printJson({ in: input, out, nObs: data.nObs, nVars: data.nVars, lost });
    else remark(options, ...lost, `${out}: ${data.nObs} × ${data.nVars}`);
  });
}
