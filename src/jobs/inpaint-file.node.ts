/** `inpaint`: a picture and a mask in, the completed picture out, and how near it is to the truth where that is known. */
import { availableParallelism } from 'node:os';
import { OptionError, ShapeError } from '../errors.js';
import type { Picture } from '../formats/index.js';
import { checkNotInput, checkOutput, readPicture, writePicture } from '../formats/index.node.js';
import {
  type CntkOptions,
  centreCrop,
  hourglass,
  inpaintBiharmonic,
  inpaintWithCntk,
  inpaintWithDeepImagePrior,
  type Known,
  knownFromPicture,
  partPixels,
  psnr,
  randomlyKnown,
  resize,
  resizeKnown,
  type Upsampling,
} from '../inpaint/index.js';
import { Random } from '../random/index.js';

export const INPAINTERS = ['cntk', 'biharmonic', 'deep-image-prior'] as const;
export type Inpainter = (typeof INPAINTERS)[number];

/** Sides are cut to multiples of this before a picture is made smaller, as the authors do. */
const CROP_MULTIPLE = 64;

export interface InpaintSettings extends Omit<CntkOptions, 'random' | 'network' | 'onProgress'> {
  readonly method: Inpainter;
  readonly seed: number;
  readonly threads?: number;
  /** Halvings of the network. Default 3. */
  readonly downsamplings?: number;
  /** Default: `nearest` for the kernel, `bilinear` for the deep image prior. */
  readonly upsampling?: Upsampling;
  /** Steps, channels and learning rate of the deep image prior. */
  readonly iterations?: number;
  readonly channels?: number;
  readonly learningRate?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface InpaintRequest extends InpaintSettings {
  readonly path: string;
  readonly out: string;
  /** A picture of the size of the first, of black and white; without one `randomMask` has to be given. */
  readonly mask?: string;
  /** The colour of the missing pixels in the mask. Default black. */
  readonly missing?: 'black' | 'white';
  /** Each pixel is missing with this probability. */
  readonly randomMask?: number;
  /** The whole picture; with a random mask the picture itself by default. */
  readonly truth?: string;
  /** Cut to multiples of 64 and made of this many rows and columns first. */
  readonly size?: number;
  readonly overwrite?: boolean;
}

export interface InpaintResult {
  readonly out: string;
  readonly method: Inpainter;
  readonly height: number;
  readonly width: number;
  readonly missing: number;
  /** In dB, over the missing pixels and over all; where the truth is known. */
  readonly psnr_missing?: number;
  readonly psnr_all?: number;
  readonly seconds: number;
  readonly notes: readonly string[];
}

/**
 * Throws `OptionError` on options that do not go together, `FileError` and `FormatError` on files, `ShapeError` on
 * masks and truths of another size, and as the methods do.
 */
export async function inpaintFile(request: InpaintRequest): Promise<InpaintResult> {
  const { path, out, mask, truth, size, overwrite } = request;
  if (!/\.png$/i.test(out)) throw new OptionError('--out', out, 'a file that ends in .png');
  if ((mask === undefined) === (request.randomMask === undefined)) {
    throw new OptionError(
      '--mask',
      mask ?? 'nothing',
      'what is asked for: give either --mask or --random-mask, not both',
    );
  }
  await checkOutput(out, { overwrite });
  await checkNotInput(out, [path, mask, truth]);
  const given = await readPicture(path);
  const picture = sized(given, size);
  const known = mask
    ? await readKnown(mask, path, given, picture, request)
    : randomlyKnown(
        picture.height,
        picture.width,
        request.randomMask as number,
        Random.fromSeed(request.seed).split('mask'),
      );
  const whole = truth ? await readTruth(truth, path, given, size) : mask ? undefined : picture;
  const { picture: found, notes, seconds } = await inpaint(picture, known, request);
  const { missing } = partPixels(picture, known);
  await writePicture(out, found, { overwrite });
  return {
    out,
    method: request.method,
    height: found.height,
    width: found.width,
    missing: missing.length,
    ...(whole && { psnr_missing: psnr(found, whole, missing), psnr_all: psnr(found, whole) }),
    seconds,
    notes,
  };
}

/** One picture by the method that `settings` name, and the seconds it took. */
export async function inpaint(
  picture: Picture,
  known: Known,
  settings: InpaintSettings,
): Promise<{ picture: Picture; notes: readonly string[]; seconds: number }> {
  const { method, downsamplings = 3, threads = availableParallelism() } = settings;
  const random = Random.fromSeed(settings.seed).split('inpaint', method);
  const started = performance.now();
  const done = (found: Picture, notes: readonly string[] = []) => ({
    picture: found,
    notes,
    seconds: (performance.now() - started) / 1000,
  });
  switch (method) {
    case 'biharmonic':
      return done(inpaintBiharmonic(picture, known));
    case 'cntk': {
      const network = hourglass(downsamplings, { upsampling: settings.upsampling ?? 'nearest' });
      const found = inpaintWithCntk(picture, known, { ...settings, network, random });
      return done(found.picture, found.notes);
    }
    case 'deep-image-prior': {
      const { nodeRuntime } = await import('../compute/index.node.js');
      const network = hourglass(downsamplings, { upsampling: settings.upsampling ?? 'bilinear' });
      const runtime = await nodeRuntime({ threads });
      return done(await inpaintWithDeepImagePrior(runtime, picture, known, { ...settings, network, random }));
    }
    default:
      throw new OptionError('method', method, INPAINTERS);
  }
}

/** Cut and resized as the authors do, or as it is. */
export function sized(picture: Picture, size: number | undefined): Picture {
  return size === undefined ? picture : resize(centreCrop(picture, CROP_MULTIPLE), size, size);
}

async function readKnown(
  mask: string,
  path: string,
  given: Picture,
  picture: Picture,
  { missing }: InpaintRequest,
): Promise<Known> {
  const shown = await readSameSize(mask, path, given);
  const known = knownFromPicture(shown, missing, mask);
  if (picture === given) return known;
  const values = Float64Array.from(known);
  const cut = centreCrop({ ...shown, channels: 1, values }, CROP_MULTIPLE);
  return resizeKnown(Uint8Array.from(cut.values), cut.height, cut.width, [picture.height, picture.width]);
}

async function readTruth(
  truth: string,
  path: string,
  given: Picture,
  size: number | undefined,
): Promise<Picture> {
  const whole = await readSameSize(truth, path, given);
  if (whole.channels !== given.channels) {
    throw new ShapeError(truth, `${given.channels} channels, as ${path}`, String(whole.channels));
  }
  return sized(whole, size);
}

async function readSameSize(file: string, path: string, { height, width }: Picture): Promise<Picture> {
  const picture = await readPicture(file);
  if (picture.height !== height || picture.width !== width) {
    const found = `${picture.width} × ${picture.height}`;
    throw new ShapeError(file, `${width} × ${height} pixels, as ${path}`, found);
  }
  return picture;
}
