/**
 * Pictures drawn by formula, and masks that hide a part of them: test cases for inpainting whose truth is known.
 *
 * Each kind asks for something else: smooth fields, edges, repetition, fine texture. A kind is one function of the
 * place on 0 … 1 to three colours; a picture is its mean over 2 × 2 places a pixel.
 */

import type { Picture } from '../formats/index.js';
import { Random } from '../random/index.js';
import { defined, numberBetween, wholeNumber } from './settings.js';

export const IMAGE_MASKS = ['scattered', 'hole'] as const;

export interface ImagesOptions {
  /** Default 6, one of each kind. */
  count?: number;
  /** Rows and columns. Default 128. */
  size?: number;
  /** `scattered`: each pixel is missing of itself; `hole`: a square. Default scattered. */
  mask?: (typeof IMAGE_MASKS)[number];
  /** Share of the pixels that is missing. Default 0.5, of a hole 0.1. */
  missing?: number;
  /** Default 0. */
  seed?: number;
}

export interface SimulatedImage {
  /** `1-waves`. */
  readonly name: string;
  readonly picture: Picture;
  /** (size · size): 1 where a pixel is known, 0 where it is hidden. */
  readonly known: Uint8Array;
}

type Colour = readonly [red: number, green: number, blue: number];
/** Draws its parameters, then gives colours. */
type Kind = (random: Random) => (x: number, y: number) => Colour;

const KINDS: Readonly<Record<string, Kind>> = { waves, shapes, gradient, windows, stripes, clouds };

/** Throws `OptionError` on options out of range. */
export function simulateImages(options: ImagesOptions = {}): SimulatedImage[] {
  const { count, size, mask, seed } = {
    count: 6,
    size: 128,
    mask: 'scattered' as const,
    seed: 0,
    ...defined(options),
  };
  const missing = options.missing ?? (mask === 'hole' ? 0.1 : 0.5);
  wholeNumber('count', count, 1, 1000);
  wholeNumber('size', size, 2, 2048);
  numberBetween('missing', missing, 0, 1);
  const kinds = Object.entries(KINDS);
  const width = String(count).length;
  return Array.from({ length: count }, (_, i) => {
    const [name, kind] = kinds[i % kinds.length];
    const random = Random.fromSeed(seed).split('images', i);
    return {
      name: `${String(i + 1).padStart(width, '0')}-${name}`,
      picture: drawn(kind(random.split('picture')), size),
      known: knownBy(mask, size, missing, random.split('mask')),
    };
  });
}

/** White where known, black where not. */
export function maskPicture(known: Uint8Array, height: number, width: number): Picture {
  return { height, width, channels: 1, values: Float64Array.from(known), depth: 8 };
}

function drawn(colour: (x: number, y: number) => Colour, size: number): Picture {
  const values = new Float64Array(3 * size * size);
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at += 3) {
      for (const dy of [0.25, 0.75]) {
        for (const dx of [0.25, 0.75]) {
          colour((column + dx) / size, (row + dy) / size).forEach((value, c) => {
            values[at + c] += Math.max(0, Math.min(1, value)) / 4;
          });
        }
      }
    }
  }
  return { height: size, width: size, channels: 3, values, depth: 8 };
}

function knownBy(
  mask: (typeof IMAGE_MASKS)[number],
  size: number,
  missing: number,
  random: Random,
): Uint8Array {
  const known = new Uint8Array(size * size).fill(1);
  if (mask === 'scattered') return known.map(() => (random.bernoulli(missing) ? 0 : 1));
  const side = Math.round(size * Math.sqrt(missing));
  const [top, left] = [random.integer(size - side + 1), random.integer(size - side + 1)];
  for (let row = top; row < top + side; row++) {
    known.fill(0, row * size + left, row * size + left + side);
  }
  return known;
}

const between = (random: Random, low: number, high: number) => low + (high - low) * random.uniform();
const anyColour = (random: Random): Colour => [random.uniform(), random.uniform(), random.uniform()];
const mixed = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
];

/** A few sine waves in each colour. */
function waves(random: Random) {
  const channels = [0, 1, 2].map(() =>
    Array.from({ length: 4 }, () => ({
      along: between(random, -18, 18),
      down: between(random, -18, 18),
      phase: between(random, 0, 2 * Math.PI),
    })),
  );
  return (x: number, y: number): Colour => {
    const [red, green, blue] = channels.map((parts) =>
      parts.reduce((sum, { along, down, phase }) => sum + Math.sin(along * x + down * y + phase) / 8, 0.5),
    );
    return [red, green, blue];
  };
}

/** Discs and boxes, the later ones over the earlier, on two colours that run into each other. */
function shapes(random: Random) {
  const ground = [anyColour(random), anyColour(random)] as const;
  const list = Array.from({ length: 12 }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    reach: between(random, 0.06, 0.22),
    round: random.bernoulli(0.5),
    colour: anyColour(random),
  }));
  return (x: number, y: number): Colour => {
    let colour = mixed(ground[0], ground[1], (x + y) / 2);
    for (const shape of list) {
      const [dx, dy] = [Math.abs(x - shape.x), Math.abs(y - shape.y)];
      const distance = shape.round ? Math.hypot(dx, dy) : Math.max(dx, dy);
      if (distance < shape.reach) colour = shape.colour;
    }
    return colour;
  };
}

/** Four colours at the corners, bent between them: a plain mixture would be its own smoothest surface. */
function gradient(random: Random) {
  const corners = Array.from({ length: 4 }, () => anyColour(random));
  const [bendX, bendY] = [between(random, 1.5, 3), between(random, 1.5, 3)];
  return (x: number, y: number): Colour =>
    mixed(mixed(corners[0], corners[1], x ** bendX), mixed(corners[2], corners[3], x ** bendX), y ** bendY);
}

/** A wall with rows of lit and dark windows. */
function windows(random: Random) {
  const [wall, lit, dark] = [anyColour(random), anyColour(random), mixed(anyColour(random), [0, 0, 0], 0.7)];
  const [across, down] = [5 + random.integer(4), 5 + random.integer(4)];
  const on = Array.from({ length: across * down }, () => random.bernoulli(0.6));
  return (x: number, y: number): Colour => {
    const [column, row] = [Math.floor(x * across), Math.floor(y * down)];
    const [dx, dy] = [x * across - column, y * down - row];
    if (dx < 0.25 || dx > 0.75 || dy < 0.2 || dy > 0.8) return mixed(wall, [0, 0, 0], 0.3 * y);
    return on[row * across + column] ? lit : dark;
  };
}

/** Bent stripes of two colours. */
function stripes(random: Random) {
  const [a, b] = [anyColour(random), anyColour(random)];
  const [along, down] = [between(random, 20, 60), between(random, 20, 60)];
  const bend = between(random, 1, 4);
  return (x: number, y: number): Colour =>
    mixed(a, b, Math.tanh(3 * Math.sin(along * x + down * y + bend * Math.sin(5 * x))) / 2 + 0.5);
}

/** Noise on ever finer grids, half as strong each time. */
function clouds(random: Random) {
  const [low, high] = [anyColour(random), anyColour(random)];
  const grids = [4, 8, 16, 32].map((n) => ({
    n,
    values: random.fillUniform(new Float64Array((n + 1) ** 2)),
  }));
  return (x: number, y: number): Colour => {
    let height = 0;
    grids.forEach(({ n, values }, level) => {
      const [column, row] = [Math.floor(x * n), Math.floor(y * n)];
      const [dx, dy] = [x * n - column, y * n - row];
      const value = (r: number, c: number) => values[r * (n + 1) + c];
      const top = value(row, column) * (1 - dx) + value(row, column + 1) * dx;
      const bottom = value(row + 1, column) * (1 - dx) + value(row + 1, column + 1) * dx;
      height += (top * (1 - dy) + bottom * dy) / 2 ** (level + 1);
    });
    return mixed(low, high, height);
  };
}
