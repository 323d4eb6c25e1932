/** `mechanist inpaint IMAGE --mask MASK --out OUT.png`: the missing pixels of a picture. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import type { Inpainter } from '../jobs/inpaint-file.node.js';
import { wholeNumber } from './arguments.js';
import {
  type CommonOptions,
  interruptSignal,
  Progress,
  print,
  printJson,
  remark,
  withCommonOptions,
} from './terminal.js';

interface InpaintArguments extends CommonOptions {
  readonly out: string;
  readonly mask?: string;
  readonly missing: string;
  readonly randomMask?: string;
  readonly truth?: string;
  readonly size?: string;
  readonly method: string;
  readonly downsamplings: string;
  readonly upsampling?: string;
  readonly features: string;
  readonly kernelSize?: string;
  readonly solver: string;
  readonly ridge: string;
  readonly epochs: string;
  readonly iterations: string;
  readonly channels: string;
  readonly learningRate: string;
  readonly seed: string;
  readonly threads?: string;
  readonly overwrite?: boolean;
}

export function inpaintVerb(): Command {
  const command = new Command('inpaint')
    .description('find the missing pixels of a picture')
    .argument('<image>', 'PNG or JPEG')
    .requiredOption('--out <file>', 'PNG of the completed picture')
    .option('--mask <image>', 'of the same size: white pixels are known, black ones missing')
    .option('--missing <colour>', 'of the missing pixels in the mask: black or white', 'black')
    .option('--random-mask <share>', 'without a mask: each pixel is missing with this probability')
    .option('--truth <image>', 'the whole picture, to print the PSNR')
    .option('--size <n>', 'cut to multiples of 64 and resize to n × n pixels first')
    .option('--method <name>', 'cntk, biharmonic or deep-image-prior', 'cntk')
    .option('--downsamplings <n>', 'halvings of the network: 3 for scattered pixels, 5 or 6 for holes', '3')
    .option('--upsampling <how>', 'nearest or bilinear (default: cntk nearest, deep-image-prior bilinear)')
    .option('--features <name>', 'what the network sees of a pixel: none, identity or meshgrid', 'none')
    .option('--kernel-size <n>', "side of the square that the kernel is expanded from, or 'full'")
    .option('--solver <name>', 'auto, exact or eigenpro', 'auto')
    .option('--ridge <share>', 'of the mean diagonal of the kernel, added to it', '0')
    .option('--epochs <n>', 'of eigenpro', '100')
    .option('--iterations <n>', 'of the deep image prior', '1000')
    .option('--channels <n>', 'of the deep image prior', '32')
    .option('--learning-rate <x>', 'of the deep image prior', '0.01')
    .option('--seed <number>', 'seed of every random choice', '0')
    .option('--threads <number>', 'of the solver and the deep image prior (default: as many as cores)')
    .option('--overwrite', 'replace an existing output');
  return withCommonOptions(command).action(async (image: string, options: InpaintArguments) => {
    const { inpaintFile, INPAINTERS } = await import('../jobs/inpaint-file.node.js');
    const { FEATURES, SOLVERS, UPSAMPLINGS } = await import('../inpaint/index.js');
    const { useLapack } = await import('../linalg/index.node.js');
    const progress = new Progress('inpainting', options.quiet);
    const { upsampling, size, kernelSize, randomMask } = options;
    const threads = options.threads === undefined ? undefined : wholeNumber('--threads', options.threads, 1);
    // factoring the kernel is most of the work, and a LAPACK the fastest at it
    await useLapack({ threads });
    const result = await inpaintFile({
      path: image,
      out: options.out,
      mask: options.mask,
      missing: oneOf('--missing', options.missing, ['black', 'white'] as const),
      randomMask: randomMask === undefined ? undefined : number('--random-mask', randomMask),
      truth: options.truth,
      size: size === undefined ? undefined : wholeNumber('--size', size, 1),
      method: oneOf<Inpainter>('--method', options.method, INPAINTERS),
      downsamplings: wholeNumber('--downsamplings', options.downsamplings, 0),
      upsampling: upsampling === undefined ? undefined : oneOf('--upsampling', upsampling, UPSAMPLINGS),
      features: oneOf('--features', options.features, FEATURES),
      kernelSize:
        kernelSize === undefined || kernelSize === 'full'
          ? kernelSize
          : wholeNumber('--kernel-size', kernelSize, 1),
      solver: oneOf('--solver', options.solver, SOLVERS),
      ridge: number('--ridge', options.ridge),
      epochs: wholeNumber('--epochs', options.epochs, 1),
      iterations: wholeNumber('--iterations', options.iterations, 1),
      channels: wholeNumber('--channels', options.channels, 1),
      learningRate: number('--learning-rate', options.learningRate),
      seed: wholeNumber('--seed', options.seed, 0),
      threads,
      overwrite: options.overwrite,
      signal: interruptSignal(),
      onProgress: progress.update,
    });
    progress.end();
    if (options.json) {
      printJson(result);
      return;
    }
    remark(options, ...result.notes);
    remark(options, `${result.out}: ${result.missing} of ${result.width} × ${result.height} pixels found`);
    if (result.psnr_missing !== undefined && result.psnr_all !== undefined) {
      print(`PSNR over the missing pixels: ${decibels(result.psnr_missing)}`);
      print(`PSNR over all pixels: ${decibels(result.psnr_all)}`);
    }
  });
}

const decibels = (value: number): string =>
  Number.isFinite(value) ? `${value.toFixed(2)} dB` : 'infinite (nothing differs)';

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  if (!allowed.includes(text as T)) throw new OptionError(option, text, allowed);
  return text as T;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new OptionError(option, text, 'a number');
  return value;
}
