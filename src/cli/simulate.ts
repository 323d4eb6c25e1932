/** `mechanist simulate screen|cells|environments|graph|images --out OUT`: data with known truth, in files that the other verbs read. */
import { Command } from 'commander';
import type { PerturbationData } from '../data/index.js';
import { OptionError } from '../errors.js';
import { wordOf } from '../impute/option.js';
import { namedAsTyped } from './arguments.js';
import { declaredOptions, readOptions, SIMULATED, type What } from './simulate-options.js';
import { type CommonOptions, leaveOnInterrupt, printJson, remark, withCommonOptions } from './terminal.js';

interface SimulateOptions extends CommonOptions {
  readonly out: string;
  readonly overwrite?: boolean;
}

export function simulateVerb(): Command {
  const command = new Command('simulate')
    .description(
      'data with known truth: a screen, cells, environments or a graph (truth in uns), or images and masks for inpaint',
    )
    .argument('<what>', 'screen, cells, environments, graph or images')
    .requiredOption(
      '--out <file>',
      'screen, cells, environments, graph: h5ad and zarr keep the truth; csv, tsv, gctx, parquet the values alone; images: a folder',
    )
    .option('--overwrite', 'replace an existing output');
  for (const { flags, summary, kinds } of declaredOptions()) {
    command.optionsGroup(`Of ${kinds.join(', ')}:`).option(flags, summary);
  }
  return withCommonOptions(command).action(async (what: string, given: SimulateOptions) => {
    leaveOnInterrupt();
    const { out, overwrite, json, quiet, ...rest } = given;
    const words = Object.fromEntries(Object.entries(rest).map(([name, text]) => [wordOf(name), text]));
    await namedAsTyped(command, () => writerOf(what)(words as Record<string, string>, given));
  });
}

type Writer = (words: Readonly<Record<string, string>>, given: SimulateOptions) => Promise<void>;

const WRITERS: Readonly<Record<What, Writer>> = {
  async screen(words, given) {
    const { simulateScreen } = await import('../simulate/index.js');
    await writeFile(simulateScreen(readOptions('screen', words)), 'profiles', given);
  },
  async cells(words, given) {
    const { simulateCells } = await import('../simulate/index.js');
    await writeFile(simulateCells(readOptions('cells', words)), 'cells', given);
  },
  async environments(words, given) {
    const { PROFILES_OF_THE_COMMAND: profiles, simulateEnvironments } = await import('../simulate/index.js');
    const data = simulateEnvironments({ profiles, ...readOptions('environments', words) });
    await writeFile(data, 'profiles', given);
  },
  async graph(words, given) {
    const { graphTruth, simulateGraph } = await import('../simulate/index.js');
    const data = simulateGraph(readOptions('graph', words));
    const { varsortability, rawVarsortability, graph } = graphTruth(data);
    const edges = graph.reduce((sum, { length }) => sum + length, 0);
    await writeFile(data, 'cells', given, { edges, varsortability, rawVarsortability });
    const before = varsortability === rawVarsortability ? '' : `, ${rawVarsortability.toFixed(2)} before`;
    remark(given, `${edges} edges; varsortability ${varsortability.toFixed(2)}${before}`);
  },
  async images(words, given) {
    const { simulateImages } = await import('../simulate/index.js');
    const { writeImagesTo } = await import('../jobs/simulated-images.node.js');
    const images = simulateImages(readOptions('images', words));
    const files = await writeImagesTo(given.out, images, given.overwrite);
    if (given.json) printJson({ out: given.out, files });
    else remark(given, `${given.out}: ${images.length} pictures, each with its mask (white is known)`);
  },
};

function writerOf(what: string): Writer {
  if (!SIMULATED.includes(what as What)) throw new OptionError('simulate', what, SIMULATED);
  return WRITERS[what as What];
}

async function writeFile(
  data: PerturbationData,
  rows: string,
  given: SimulateOptions,
  figures: Readonly<Record<string, number>> = {},
): Promise<void> {
  const { writeData } = await import('../formats/index.node.js');
  const lost = await writeData(given.out, data, { overwrite: given.overwrite });
  if (given.json) printJson({ out: given.out, nObs: data.nObs, nVars: data.nVars, ...figures, lost });
  else remark(given, ...lost, `${given.out}: ${data.nObs} ${rows} × ${data.nVars} genes`);
}
