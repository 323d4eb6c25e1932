/**
 * `reproduce ntk`: the two applications of Radhakrishnan et al. 2022 (PNAS). A screen is in
 * `reproduce-ntk-screen.node.ts`; here is inpainting with the convolutional NTK beside its two baselines, the table on
 * Uhler's slide "Causal Imputation", on a folder of pictures or on simulated ones.
 *
 * The slide names nine pictures and says neither how they were masked nor what PSNR runs over; so both are given
 * here. A picture with a mask of its own, `NAME_mask.png`, counts a second time, with that mask.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { DataError } from '../errors.js';
import type { Picture } from '../formats/index.js';
import { checkOutput, fileError, makeFolder, readPicture, writeAtomically } from '../formats/index.node.js';
import { type Known, knownFromPicture, partPixels, psnr, randomlyKnown } from '../inpaint/index.js';
import { Random } from '../random/index.js';
import { maskPicture, simulateImages } from '../simulate/index.js';
import { INPAINTERS, type Inpainter, type InpaintSettings, inpaint, sized } from './inpaint-file.node.js';
import { interrupted } from './pool.node.js';
import { type NtkScreenRequest, type NtkScreenRow, ntkScreenTable } from './reproduce-ntk-screen.node.js';
import { csvText } from './score-tables.js';

/** PSNR in dB on the slide, for CNTK, network and biharmonic. */
const SLIDE: Readonly<Record<string, readonly [number, number, number]>> = {
  museum: [31.9, 30.69, 30.03],
  'white car': [28.66, 28.73, 26.2],
  bicycle: [27.67, 28.57, 28.67],
  chair: [29.87, 29.88, 27.81],
  'car field': [28.91, 29.94, 27.67],
  rider: [29.2, 27.76, 29.38],
  library: [21.73, 20.76, 17.71],
  vase: [31.75, 31.51, 28.96],
  pool: [34.51, 33.08, 34.62],
};
const SLIDE_AVERAGE: Readonly<Record<Inpainter, number>> = {
  cntk: 29.36,
  'deep-image-prior': 28.99,
  biharmonic: 27.89,
};
const SLIDE_COLUMN: Readonly<Record<Inpainter, 0 | 1 | 2>> = {
  cntk: 0,
  'deep-image-prior': 1,
  biharmonic: 2,
};
/** Halvings of the network: the authors' 3 for scattered pixels; more where pixels lie far from known ones. */
const DOWNSAMPLINGS = { scattered: 3, hole: 5 } as const;
/** Of the mean diagonal, for holes: with nearly all pixels known the kernel is singular to working precision. */
const HOLE_RIDGE = 1e-4;

export interface ReproduceNtkRequest extends NtkScreenRequest {
  /** Folder of PNG and JPEG pictures; default: pictures that are drawn. */
  readonly input?: string;
  /** Also pictures of 64 rather than 128 rows and columns, a fifth of the network's steps. */
  readonly quick?: boolean;
  /** Rows and columns of the pictures. Default 128, quick 64. */
  readonly size?: number;
  /** Steps of the deep image prior. Default 1000, quick 200. */
  readonly iterations?: number;
  readonly overwrite?: boolean;
}

export interface ReproduceNtkResult {
  readonly out: string;
  readonly screen: readonly NtkScreenRow[];
  readonly rows: readonly Row[];
  readonly summary: readonly Summary[];
  readonly markdown: string;
}

interface Case {
  readonly image: string;
  readonly mask: 'scattered' | 'hole';
  readonly picture: Picture;
  readonly known: Known;
}

interface Row {
  readonly method: Inpainter;
  readonly image: string;
  readonly mask: Case['mask'];
  readonly missing: number;
  readonly psnr_missing: number;
  readonly psnr_all: number;
  readonly seconds: number;
  readonly paper_psnr?: number;
}

interface Summary {
  readonly method: Inpainter;
  readonly mask: Case['mask'];
  readonly n: number;
  readonly mean_psnr_missing: number;
  readonly mean_psnr_all: number;
  readonly total_seconds: number;
  readonly paper_average: number;
}

export async function reproduceNtk(request: ReproduceNtkRequest): Promise<ReproduceNtkResult> {
  const { out, quick = false, overwrite = false, onProgress, signal } = request;
  await makeFolder(out);
  const { size = quick ? 64 : 128, iterations = quick ? 200 : 1000 } = request;
  const outputs = ['screen.csv', 'psnr.csv', 'images.csv', 'report.md'].map((name) => join(out, name));
  for (const output of outputs) await checkOutput(output, { overwrite });
  const cases = request.input
    ? await casesOf(request.input, size, request.seed)
    : drawnCases(size, request.seed);
  const screen = await ntkScreenTable(request);
  const rows: Row[] = [];
  for (const one of cases) {
    for (const method of INPAINTERS) {
      if (signal?.aborted) throw interrupted();
      rows.push(await rowOf(one, method, { ...request, iterations }));
      onProgress?.(rows.length, cases.length * INPAINTERS.length);
    }
  }
  const summary = summaryOf(rows);
  const markdown = [
    '# Matrix completion with infinitely wide networks (Radhakrishnan et al. 2022)',
    '',
    screen.markdown,
    picturesText(request, size, rows, summary),
  ].join('\n');
  const texts = [
    csvText(Object.keys(screen.rows[0]) as (keyof NtkScreenRow)[], screen.rows),
    csvText(Object.keys(summary[0]) as (keyof Summary)[], summary),
    csvText([...Object.keys(rows[0]), 'paper_psnr'] as (keyof Row)[], rows),
    markdown,
  ];
  for (const [i, text] of texts.entries()) {
    await writeAtomically(outputs[i], { overwrite }, (temporary) => writeFile(temporary, text));
  }
  await screen.store.remove();
  return { out, screen: screen.rows, rows, summary, markdown };
}

async function rowOf(
  { image, mask, picture, known }: Case,
  method: Inpainter,
  settings: Pick<InpaintSettings, 'seed' | 'threads' | 'iterations' | 'signal'>,
): Promise<Row> {
  const found = await inpaint(picture, known, {
    seed: settings.seed,
    threads: settings.threads,
    iterations: settings.iterations,
    signal: settings.signal,
    method,
    downsamplings: DOWNSAMPLINGS[mask],
    ridge: mask === 'hole' ? HOLE_RIDGE : 0,
    epochs: 20,
  });
  const { missing } = partPixels(picture, known);
  const paper = mask === 'hole' ? SLIDE[image]?.[SLIDE_COLUMN[method]] : undefined;
  return {
    method,
    image,
    mask,
    missing: missing.length,
    psnr_missing: psnr(found.picture, picture, missing),
    psnr_all: psnr(found.picture, picture),
    seconds: found.seconds,
    ...(paper !== undefined && { paper_psnr: paper }),
  };
}

function drawnCases(size: number, seed: number): Case[] {
  return (['scattered', 'hole'] as const).flatMap((mask) =>
    simulateImages({ size, seed, mask }).map(({ name, picture, known }) => ({
      image: name,
      mask,
      picture,
      known,
    })),
  );
}

/** The pictures of a folder with scattered masks, and with their own where there are such. */
async function casesOf(folder: string, size: number, seed: number): Promise<Case[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  const pictures = names.filter((name) => /\.(png|jpe?g)$/i.test(name) && !/_mask\./i.test(name)).sort();
  if (pictures.length === 0) throw new DataError(`${folder}: no PNG or JPEG pictures in this folder`);
  const scattered: Case[] = [];
  const holes: Case[] = [];
  for (const file of pictures) {
    const stem = parse(file).name;
    const image = stem.replace(/_GT$/, '');
    const picture = sized(await readPicture(join(folder, file)), size);
    const random = Random.fromSeed(seed).split('reproduce-ntk', image);
    scattered.push({ image, mask: 'scattered', picture, known: randomlyKnown(size, size, 0.5, random) });
    const own = names.find((name) => parse(name).name === `${stem}_mask`);
    if (own === undefined) continue;
    const mask = await readPicture(join(folder, own));
    const shown = sized(maskPicture(knownFromPicture(mask, 'black', own), mask.height, mask.width), size);
    const known = Uint8Array.from(shown.values, (share) => (share >= 0.5 ? 1 : 0));
    holes.push({ image, mask: 'hole', picture, known });
  }
  return [...scattered, ...holes];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function summaryOf(rows: readonly Row[]): Summary[] {
  return (['scattered', 'hole'] as const).flatMap((mask) =>
    INPAINTERS.flatMap((method) => {
      const own = rows.filter((row) => row.method === method && row.mask === mask);
      if (own.length === 0) return [];
      return {
        method,
        mask,
        n: own.length,
        mean_psnr_missing: mean(own.map((row) => row.psnr_missing)),
        mean_psnr_all: mean(own.map((row) => row.psnr_all)),
        total_seconds: own.reduce((sum, row) => sum + row.seconds, 0),
        paper_average: SLIDE_AVERAGE[method],
      };
    }),
  );
}

const TITLES: Readonly<Record<Inpainter, string>> = {
  cntk: 'CNTK',
  'deep-image-prior': 'network',
  biharmonic: 'biharmonic',
};

function picturesText(
  { input, quick }: ReproduceNtkRequest,
  size: number,
  rows: readonly Row[],
  summary: readonly Summary[],
): string {
  const dB = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(2));
  const images = [...new Set(rows.map(({ image, mask }) => `${mask}/${image}`))];
  const cells = (mask: string, image: string, value: (row: Row) => number | undefined) =>
    INPAINTERS.map((method) => {
      const row = rows.find((one) => one.mask === mask && one.image === image && one.method === method);
      return dB(row && value(row));
    }).join(' | ');
  const titles = INPAINTERS.map((method) => TITLES[method]);
  return [
    '## Pictures: inpainting with the convolutional NTK',
    '',
    `${input ? 'Pictures of the folder given' : 'Simulated pictures'}, ${size} × ${size}${quick ? ' (quick)' : ''}.`,
    'Scattered: half of the pixels missing at random. Hole: the mask that comes with the picture.',
    'PSNR in dB. "network": deep image prior, batch norm and a sigmoid at the end.',
    '',
    '### Averages',
    '',
    '| method | mask | pictures | missing pixels | all pixels | seconds | slide, average of its nine |',
    '|---|---|---|---|---|---|---|',
    ...summary.map(
      (row) =>
        `| ${TITLES[row.method]} | ${row.mask} | ${row.n} | ${dB(row.mean_psnr_missing)} | ${dB(row.mean_psnr_all)} | ${row.total_seconds.toFixed(1)} | ${dB(row.paper_average)} |`,
    ),
    '',
    '### Picture by picture',
    '',
    `| picture | mask | ${titles.map((title) => `${title}, missing`).join(' | ')} | ${titles.map((title) => `${title}, all`).join(' | ')} | ${titles.map((title) => `${title}, slide`).join(' | ')} |`,
    `|---|---|${'---|'.repeat(9)}`,
    ...images.map((key) => {
      const [mask, image] = [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];
      const groups = [
        cells(mask, image, (row) => row.psnr_missing),
        cells(mask, image, (row) => row.psnr_all),
        cells(mask, image, (row) => row.paper_psnr),
      ];
      return `| ${image} | ${mask} | ${groups.join(' | ')} |`;
    }),
    '',
    '### The slide',
    '',
    '| picture | CNTK | network | biharmonic |',
    '|---|---|---|---|',
    ...Object.entries(SLIDE).map(([image, values]) => `| ${image} | ${values.map(dB).join(' | ')} |`),
    '',
    'The slide names its pictures and says neither what was masked nor at what size, nor whether PSNR runs over the',
    'missing pixels or over all. `library` and `vase` come with holes in the collection that the slide took them from.',
    '',
  ].join('\n');
}
