/** `mechanist train-target --out DIR`: trains the differential network of `target --method cdn` from simulations. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import type { TrainTargetRequest } from '../jobs/train-target.node.js';
import { namedAsTyped, wholeNumber } from './arguments.js';
import {
  type CommonOptions,
  interruptSignal,
  Progress,
  print,
  printJson,
  remark,
  withCommonOptions,
} from './terminal.js';
import { packageVersion } from './version.js';

interface TrainTargetArguments extends CommonOptions {
  readonly out: string;
  readonly variant: string;
  readonly statistics: string;
  readonly pairing: string;
  readonly marginals: string;
  readonly width: string;
  readonly blocks: string;
  readonly heads: string;
  readonly epochs: string;
  readonly batches: string;
  readonly passes: string;
  readonly learningRate: string;
  readonly graphWeight: string;
  readonly sizes: string;
  readonly genesPerBatch: string;
  readonly validation: string;
  readonly from?: string;
  readonly seed: string;
  readonly threads: string;
  readonly device: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
}

export function trainTargetVerb(): Command {
  const command = new Command('train-target')
    .description('train the differential network of target --method cdn, from simulations')
    .requiredOption('--out <folder>', 'config.json, weights and checkpoint (safetensors), history.csv')
    .optionsGroup('The network:')
    .option('--variant <name>', 'how pairs of genes speak with each other: graph, axial or mlp', 'graph')
    .option(
      '--statistics <names>',
      'global statistics of pairs: all, inverse, correlation, correlation+covariance or none',
      'all',
    )
    .option(
      '--pairing <how>',
      'what is known of a pair in both sets: concatenate or difference',
      'concatenate',
    )
    .option(
      '--marginals <names>',
      'estimates from a few genes at a time: invariance, fci, both or off',
      'invariance',
    )
    .option('--width <n>', 'of all layers', '48')
    .option('--blocks <n>', 'layers of attention', '3')
    .option('--heads <n>', 'of attention', '4')
    .optionsGroup('Training:')
    .option('--epochs <n>', 'each draws new batches', '60')
    .option('--batches <n>', 'drawn in an epoch', '40')
    .option('--passes <n>', 'over the batches of an epoch', '2')
    .option('--learning-rate <x>', 'of AdamW; falls along a cosine', '0.002')
    .option('--graph-weight <x>', 'weight of learning the graph, too; 0: not at all', '0.2')
    .option('--sizes <list>', 'comma-separated: numbers of genes', '5,8,10,15,20,30,50,100,200,300')
    .option('--genes-per-batch <n>', 'genes of all examples of a batch together', '320')
    .option('--validation <n>', 'batches to measure on, half of them to calibrate', '32')
    .option('--from <folder>', 'begin from the weights of this network')
    .optionsGroup('Running:')
    .option('--seed <number>', 'seed of every random choice', '0')
    .option('--threads <number>', 'of the network', '1')
    .option('--device <name>', 'cpu, webgpu or cuda', 'cpu')
    .option('--overwrite', 'begin anew in a folder that holds a training')
    .option('--resume', 'go on with the same command where it was interrupted');
  return withCommonOptions(command).action(async (options: TrainTargetArguments) => {
    const { trainTarget } = await import('../jobs/train-target.node.js');
    const { useLapack } = await import('../linalg/index.node.js');
    const threads = wholeNumber('--threads', options.threads, 1);
    await useLapack({ threads });
    const progress = new Progress('training', options.quiet);
    const request: TrainTargetRequest = {
      out: options.out,
      // checked where they are used
      settings: {
        variant: options.variant as 'graph',
        statistics: options.statistics as 'all',
        pairing: options.pairing as 'concatenate',
        marginals: options.marginals as 'both',
        width: wholeNumber('--width', options.width, 1),
        blocks: wholeNumber('--blocks', options.blocks, 1),
        heads: wholeNumber('--heads', options.heads, 1),
      },
      training: {
        epochs: wholeNumber('--epochs', options.epochs, 1),
        batches: wholeNumber('--batches', options.batches, 1),
        passes: wholeNumber('--passes', options.passes, 1),
        learningRate: number('--learning-rate', options.learningRate),
        graphWeight: number('--graph-weight', options.graphWeight),
        sizes: options.sizes.split(',').map((text) => wholeNumber('--sizes', text, 2)),
        genesPerBatch: wholeNumber('--genes-per-batch', options.genesPerBatch, 1),
      },
      from: options.from,
      validation: wholeNumber('--validation', options.validation, 2),
      seed: wholeNumber('--seed', options.seed, 0),
      threads,
      device: options.device,
      resume: options.resume,
      overwrite: options.overwrite,
      version: packageVersion(),
      signal: interruptSignal(),
      onProgress: progress.update,
    };
    const result = await namedAsTyped(command, () => trainTarget(request));
    progress.end();
    if (options.json) {
      printJson(result);
      return;
    }
    const { validation, calibration, parameters, epochs, out } = result;
    remark(options, `${out}: ${parameters} parameters after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`);
    print(
      `simulations held out: mean average precision ${validation.map.toFixed(3)}, AUC ${validation.auc.toFixed(3)}`,
    );
    print(
      `probabilities off by ${calibration.errorAfter.toFixed(4)} in the mean (${calibration.errorBefore.toFixed(4)} before calibration)`,
    );
    for (const { from, to, genes, said, hit } of calibration.reliability) {
      if (genes === 0) continue;
      print(`  ${from} to ${to}: ${genes} genes, said ${said.toFixed(2)}, hit ${hit.toFixed(2)}`);
    }
  });
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new OptionError(option, text, 'a number');
  return value;
}
