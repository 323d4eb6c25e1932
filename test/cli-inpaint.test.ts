/** `inpaint`, `simulate images` and `reproduce ntk` from outside: files, numbers, refusals. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from '../src/formats/index.js';
import { readPicture, writePicture } from '../src/formats/index.node.js';
import { centreCrop } from '../src/inpaint/index.js';
import { mechanist, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const picture = () => at('drawn/1-waves.png');
const mask = () => at('drawn/1-waves_mask.png');

beforeAll(async () => {
  await mechanist('simulate', 'images', '--out', at('drawn'), '--size', '24', '--count', '2');
});

describe('simulate images', () => {
  it('writes pictures and masks, and never over others', async () => {
    const again = await mechanist('simulate', 'images', '--out', at('drawn'), '--size', '24', '--json');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('exists')]);
    const shown = await readPicture(mask());
    expect([shown.height, shown.width, shown.channels]).toEqual([24, 24, 1]);
    expect(new Set(shown.values)).toEqual(new Set([0, 1]));
  });
});

describe('inpaint', () => {
  it.each([
    ['cntk', []],
    ['cntk', ['--solver', 'eigenpro', '--epochs', '5', '--kernel-size', '16']],
    ['biharmonic', []],
    ['deep-image-prior', ['--iterations', '3', '--channels', '4', '--threads', '1']],
  ])('by %s %j completes a picture and scores it', async (method, more) => {
    const out = at(`${method}-${more.length}.png`);
    const words = ['--mask', mask(), '--truth', picture(), '--method', method, '--out', out, '--json'];
    const { code, stdout, stderr } = await mechanist('inpaint', picture(), ...words, ...more);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ method, height: 24, width: 24 });
    expect(result.psnr_all).toBeGreaterThan(result.psnr_missing);
    const [found, truth, known] = [
      await readPicture(out),
      await readPicture(picture()),
      await readPicture(mask()),
    ];
    known.values.forEach((one, pixel) => {
      if (one === 1) expect(found.values[3 * pixel]).toBe(truth.values[3 * pixel]);
    });
  });

  it('takes the picture as the truth of a random mask, resizes, and prints decibels', async () => {
    const words = [
      '--random-mask',
      '0.4',
      '--method',
      'biharmonic',
      '--size',
      '16',
      '--out',
      at('random.png'),
    ];
    const { code, stdout, stderr } = await mechanist('inpaint', picture(), ...words);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/missing pixels: \d+\.\d\d dB\n.*all pixels: \d/),
    ]);
    expect(stderr).toContain('of 16 × 16 pixels found');
  });

  it('refuses what is wrong, with exit code 2 and nothing written', async () => {
    const cropped = centreCrop(await readPicture(mask()), 10);
    await writePicture(at('small.png'), cropped, {});
    writeFileSync(at('broken.png'), readFileSync(picture()).subarray(0, 200));
    const out = at('refused.png');
    for (const [words, message] of [
      [['--mask', at('small.png'), '--out', out], /24 × 24 pixels/],
      [['--mask', picture(), '--out', out], /neither black nor white/],
      [['--mask', at('broken.png'), '--out', out], /cut off/],
      [['--mask', at('absent.png'), '--out', out], /no such file/],
      [['--mask', mask(), '--out', at('refused.jpg')], /\.png/],
      [['--out', out], /--mask/],
      [['--mask', mask(), '--random-mask', '0.5', '--out', out], /not both/],
      [['--random-mask', '0', '--out', out], /nothing to do/],
      [['--random-mask', '2', '--out', out], /probability/],
      [['--mask', mask(), '--method', 'biharmonics', '--out', out], /did you mean 'biharmonic'/],
      [['--mask', mask(), '--downsamplings', '11', '--out', out], /0 to 10/],
      [['--mask', mask(), '--out', picture(), '--overwrite'], /the input itself/],
    ] as const) {
      const { code, stderr } = await mechanist('inpaint', picture(), ...words);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    await expect(readPicture(out)).rejects.toThrow(/no such file/);
  });
});

it('reproduce ntk is refused a folder without pictures', async () => {
  mkdirSync(at('empty'));
  const { code, stderr } = await mechanist(
    'reproduce',
    'ntk',
    '--out',
    at('r'),
    '--input',
    at('empty'),
    '--quick',
  );
  expect([code, stderr]).toEqual([2, expect.stringMatching(/no PNG or JPEG/)]);
});

it('what is written is a PNG', async () => {
  expect((await decodePicture(readFileSync(picture()), 'x')).depth).toBe(8);
});
