/** Every kind of PNG by a writer of its own, round trips, JPEG against Pillow, and hostile files. */
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../../errors.js';
import { decodePicture, encodePng, type Picture } from './index.js';

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function chunk(type: string, data: Uint8Array | readonly number[]): number[] {
  const body = [...type].map((letter) => letter.charCodeAt(0)).concat([...data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return [...word(data.length), ...body, ...word((crc ^ 0xffffffff) >>> 0)];
}

const word = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

interface Made {
  width?: number;
  height?: number;
  depth?: number;
  colour?: number;
  interlace?: number;
  /** Rows as bytes, without their filters. */
  rows?: number[][];
  extra?: number[];
}

function pngOf({
  width = 2,
  height = 1,
  depth = 8,
  colour = 0,
  interlace = 0,
  rows = [[0, 255]],
  extra = [],
}: Made) {
  const header = [...word(width), ...word(height), depth, colour, 0, 0, interlace];
  const data = deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
  return Uint8Array.from([
    ...SIGNATURE,
    ...chunk('IHDR', header),
    ...extra,
    ...chunk('IDAT', data),
    ...chunk('IEND', []),
  ]);
}

const valuesOf = async (bytes: Uint8Array) => {
  const { values, channels, height, width } = await decodePicture(bytes, 'x.png');
  return {
    shape: [height, width, channels],
    values: [...values].map((value) => Math.round(value * 1e6) / 1e6),
  };
};

async function faultOf(bytes: Uint8Array): Promise<string> {
  const error = await decodePicture(bytes, 'x.png').then(
    () => undefined,
    (fault: unknown) => fault,
  );
  expect(isMechanistError(error, 'FormatError'), String(error)).toBe(true);
  return (error as Error).message;
}

describe('PNG', () => {
  it.each<[string, Made, number[], number[]]>([
    ['grey', { rows: [[0, 51]] }, [1, 2, 1], [0, 0.2]],
    ['grey of 16 bits', { depth: 16, rows: [[0, 0, 255, 255]] }, [1, 2, 1], [0, 1]],
    [
      'grey of 1 bit',
      { width: 10, depth: 1, rows: [[0b10100000, 0b01000000]] },
      [1, 10, 1],
      [1, 0, 1, 0, 0, 0, 0, 0, 0, 1],
    ],
    ['grey of 2 bits', { width: 3, depth: 2, rows: [[0b00011100]] }, [1, 3, 1], [0, 0.333333, 1]],
    [
      'grey of 4 bits, two rows',
      { width: 1, height: 2, depth: 4, rows: [[0xf0], [0x30]] },
      [2, 1, 1],
      [1, 0.2],
    ],
    ['grey, opaque', { width: 1, colour: 4, rows: [[51, 255]] }, [1, 1, 1], [0.2]],
    ['colour', { width: 1, colour: 2, rows: [[255, 0, 51]] }, [1, 1, 3], [1, 0, 0.2]],
    ['colour, opaque', { width: 1, colour: 6, rows: [[255, 0, 51, 255]] }, [1, 1, 3], [1, 0, 0.2]],
    [
      'a palette of 1 bit',
      { width: 3, depth: 1, colour: 3, rows: [[0b01000000]], extra: chunk('PLTE', [255, 0, 0, 0, 51, 255]) },
      [1, 3, 3],
      [1, 0, 0, 0, 0.2, 1, 1, 0, 0],
    ],
    [
      'colour with a palette as a hint',
      { width: 1, colour: 2, rows: [[255, 0, 51]], extra: chunk('PLTE', [9, 9, 9]) },
      [1, 1, 3],
      [1, 0, 0.2],
    ],
    ['a comment', { extra: chunk('tEXt', [65, 0, 66]) }, [1, 2, 1], [0, 1]],
  ])('of %s', async (_, made, shape, values) => {
    expect(await valuesOf(pngOf(made))).toEqual({ shape, values });
  });

  it.each([1, 3] as const)('comes back as it was written, %i channels, 8 and 16 bits', async (channels) => {
    for (const depth of [8, 16] as const) {
      const values = Float64Array.from(
        { length: 6 * channels },
        (_, i) => ((i * 37) % 2 ** depth) / (2 ** depth - 1),
      );
      const picture: Picture = { height: 2, width: 3, channels, values, depth };
      expect(await decodePicture(await encodePng(picture), 'x.png')).toEqual(picture);
    }
  });

  it('cuts values to 0 … 1', async () => {
    const bytes = await encodePng({
      height: 1,
      width: 2,
      channels: 1,
      values: Float64Array.of(-1, 7),
      depth: 8,
    });
    expect((await valuesOf(bytes)).values).toEqual([0, 1]);
  });

  it('is refused when damaged, cut off, transparent or larger than it says', async () => {
    const good = pngOf({});
    for (let length = 8; length < good.length; length++) {
      expect(await faultOf(good.subarray(0, length))).toMatch(/cut off/);
    }
    expect(await faultOf(pngOf({ width: 100_000, height: 100_000 }))).toMatch(/at most/);
    expect(await faultOf(pngOf({ width: 0 }))).toMatch(/damaged/);
    expect(await faultOf(pngOf({ depth: 3 }))).toMatch(/damaged/);
    expect(await faultOf(pngOf({ colour: 5 }))).toMatch(/damaged/);
    expect(await faultOf(pngOf({ width: 4000, height: 4000 }))).toMatch(/fewer are there/);
    expect(await faultOf(pngOf({ rows: [Array(100_000).fill(0)] }))).toMatch(/more are there/);
    expect(await faultOf(pngOf({ depth: 1, interlace: 1 }))).toMatch(/interlac/);
    expect(await faultOf(pngOf({ width: 1, colour: 4, rows: [[51, 100]] }))).toMatch(/transparent/);
    expect(await faultOf(pngOf({ extra: chunk('tRNS', [0, 0]) }))).toMatch(/transparent/);
    expect(
      await faultOf(pngOf({ width: 1, colour: 3, rows: [[7]], extra: chunk('PLTE', [0, 0, 0]) })),
    ).toMatch(/damaged/);
    expect(await faultOf(pngOf({ width: 1, colour: 3, rows: [[0]] }))).toMatch(/damaged/);
    for (const at of [20, 45, 50]) {
      const bad = good.slice();
      bad[at] ^= 0x55;
      await faultOf(bad);
    }
  });
});

describe('JPEG', () => {
  // Image.new('RGB', (8, 8), (200, 100, 50)).save(f, 'JPEG', quality=95), as base64
  const flat = Uint8Array.from(
    atob(
      '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAAIAAgDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDPooor+Vz+2D//2Q==',
    ),
    (letter) => letter.charCodeAt(0),
  );

  it('is read as Pillow reads it', async () => {
    const { height, width, channels, values } = await decodePicture(flat, 'x.jpg');
    expect([height, width, channels]).toEqual([8, 8, 3]);
    // numpy.asarray(Image.open(f))[0, 0]: 200, 100, 50
    values.forEach((value, i) =>
      expect(Math.abs(255 * value - [200, 100, 50][i % 3])).toBeLessThanOrEqual(1),
    );
  });

  it('is refused when cut off or damaged', async () => {
    expect(await faultOf(flat.subarray(0, flat.length - 20))).toMatch(/cut off/);
    expect(await faultOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9))).toMatch(/damaged/);
    const large = flat.slice();
    const frame = large.findIndex((byte, i) => byte === 0xff && large[i + 1] === 0xc0);
    large.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    expect(await faultOf(large)).toMatch(/too large/);
  });
});

it('what is neither is refused', async () => {
  for (const bytes of [new Uint8Array(0), Uint8Array.of(0x42, 0x4d, 1, 2), new Uint8Array(100)]) {
    expect(await faultOf(bytes)).toMatch(/neither PNG nor JPEG/);
  }
});
