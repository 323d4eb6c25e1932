/** Which pixels of a picture are known. */

import { DataError, ShapeError } from '../errors.js';
import type { Picture } from '../formats/index.js';
import type { Random } from '../random/index.js';

/** (height · width): 1 where a pixel is known, 0 where it is to be found. */
export type Known = Uint8Array;

/** Numbers of the known pixels, ascending, and of the others. */
export interface Parted {
  readonly known: Int32Array;
  readonly missing: Int32Array;
}

/**
 * Throws `ShapeError` unless `known` has a number for every pixel, `DataError` when all or none are known, and when
 * a known value is NaN or infinite.
 */
export function partPixels({ height, width, channels, values }: Picture, known: Known): Parted {
  if (known.length !== height * width) {
    throw new ShapeError('mask', `${height} × ${width} pixels`, `${known.length} pixels`);
  }
  const pixels = Int32Array.from({ length: known.length }, (_, i) => i);
  const parted = {
    known: pixels.filter((i) => known[i] !== 0),
    missing: pixels.filter((i) => known[i] === 0),
  };
  if (parted.known.length === 0) throw new DataError('the mask leaves no pixel known: nothing to go by');
  if (parted.missing.length === 0) throw new DataError('the mask leaves no pixel missing: nothing to do');
  for (const pixel of parted.known) {
    for (let c = 0; c < channels; c++) {
      if (!Number.isFinite(values[pixel * channels + c])) {
        throw new DataError(`pixel ${pixel} of the picture is known but not a finite number`);
      }
    }
  }
  return parted;
}

/** Each pixel is missing with probability `share`, of itself. Throws `OptionError` outside 0 to 1. */
export function randomlyKnown(height: number, width: number, share: number, random: Random): Known {
  return Uint8Array.from({ length: height * width }, () => (random.bernoulli(share) ? 0 : 1));
}

/** The values of a grey mask between black and white that count as neither. */
const UNCLEAR = [0.25, 0.75] as const;

/**
 * The mask that a picture shows: white pixels are known, black ones missing (`missing: 'white'` turns it around).
 * Throws `DataError` when more than one pixel in a hundred is neither black nor white.
 */
export function knownFromPicture(
  { channels, values }: Picture,
  missing: 'black' | 'white' = 'black',
  path = 'the mask',
): Known {
  const known = new Uint8Array(values.length / channels);
  let unclear = 0;
  for (let pixel = 0; pixel < known.length; pixel++) {
    let light = 0;
    for (let c = 0; c < channels; c++) light += values[pixel * channels + c] / channels;
    if (light > UNCLEAR[0] && light < UNCLEAR[1]) unclear++;
    known[pixel] = light >= 0.5 === (missing === 'black') ? 1 : 0;
  }
  if (unclear > known.length / 100) {
    throw new DataError(
      `${path}: ${unclear} of ${known.length} pixels are neither black nor white; a mask has to be one or the other`,
    );
  }
  return known;
}
