/** `simulate cells`, `simulate environments` and `simulate graph` from outside: files that keep the truth, options of one kind only, refusals. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readData } from '../src/formats/index.node.js';
import {
  type CellsOptions,
  type EnvironmentsOptions,
  type GraphOptions,
  graphTruth,
  simulateCells,
  simulateEnvironments,
  simulateGraph,
} from '../src/simulate/index.js';
import { mechanist, succeed, temporaryFolder } from './support/command.js';

const at = temporaryFolder();
const sizes = ['--perturbations=12', '--cells-per-perturbation=15', '--genes=20', '--width=16', '--seed=3'];
const small: CellsOptions = { perturbations: 12, cellsPerPerturbation: 15, genes: 20, width: 16, seed: 3 };

describe('simulate cells', () => {
  it.each<[string, string[], CellsOptions]>([
    ['default.h5ad', [], {}],
    ['sparse.h5ad', ['--definition=paper', '--library=10'], { definition: 'paper', library: 10 }],
    [
      'much.zarr',
      [
        ...[
          '--definition=paper',
          '--control-cells=9',
          '--latents=8',
          '--covered=6',
          '--targets=2',
          '--effect=3',
        ],
        ...['--effect-spread=0.2', '--held-out=4', '--held-out-density=0.5', '--held-out-effect=4'],
        ...['--combinations=3', '--interactions=0.4', '--depth=2', '--softmax=genes', '--replacement=off'],
        ...['--counts=negative-binomial', '--inverse-dispersion=2', '--library=900', '--library-spread=0.1'],
      ],
      {
        ...{ definition: 'paper', controlCells: 9, latents: 8, covered: 6, targets: [2, 2], effect: 3 },
        ...{ effectSpread: 0.2, heldOut: 4, heldOutDensity: 0.5, heldOutEffect: 4 },
        ...{ combinations: 3, interactions: 0.4, depth: 2, softmax: 'genes', replacement: false },
        ...{ counts: 'negative-binomial', inverseDispersion: 2, library: 900, librarySpread: 0.1 },
      },
    ],
    [
      'logits.h5ad',
      ['--density=0.2', '--counts=gaussian', '--noise=0.3'],
      { density: 0.2, counts: 'gaussian', noise: 0.3 },
    ],
  ])('%s holds what the library makes', async (file, words, options) => {
    await succeed('simulate', 'cells', '--out', at(file), ...sizes, ...words);
    const read = await readData(at(file));
    const made = simulateCells({ ...small, ...options });
    expect(read.X.kind).toBe(made.X.kind);
    expect(read.X.values).toEqual(made.X.values);
    expect(read.obs.columns).toEqual(made.obs.columns);
    expect(read.obsm.get('Z')).toEqual(made.obsm.get('Z'));
    expect(plain(read.uns.get('truth'))).toEqual(plain(made.uns.get('truth')));
  });

  it.each<[string, string[], RegExp]>([
    ['a screen option', ['--contexts=3'], /--contexts: '3' is not an option of 'simulate cells'/],
    ['a word of no sense', ['--softmax=gene'], /--softmax: 'gene'.*did you mean 'genes'/],
    ['what is no number', ['--effect=much'], /--effect: 'much' is not a number/],
    ['what is no switch', ['--replacement=yes'], /--replacement: 'yes'/],
    ['too many targets', ['--definition=paper', '--targets=2-16'], /targets \(most\): '16'.*15/],
    ['more covered than there are', ['--covered=16'], /covered: '16'/],
  ])('refuses %s', async (_, words, message) => {
    const { code, stderr } = await mechanist('simulate', 'cells', '--out', at('none.h5ad'), ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('none.h5ad'))).toBe(false);
  });

  it('leaves an existing file alone', async () => {
    await succeed('simulate', 'cells', '--out', at('again.h5ad'), ...sizes);
    const { code, stderr } = await mechanist('simulate', 'cells', '--out', at('again.h5ad'), ...sizes);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--overwrite')]);
  });
});

describe('simulate environments', () => {
  const few = ['--environments=5', '--genes=12', '--seed=2'];
  const fewOptions: EnvironmentsOptions = { environments: 5, genes: 12, seed: 2 };

  it.each<[string, string[], EnvironmentsOptions]>([
    ['environments.h5ad', few, { ...fewOptions, profiles: 100 }],
    [
      'hard.zarr',
      [
        ...[
          ...few,
          '--profiles=7',
          '--latents=6',
          '--graph=hierarchical',
          '--layers=3',
          '--latent-parents=2',
        ],
        ...['--latent-noise=0.5', '--child-noise=0', '--gene-parents=0.4', '--functions=relu', '--units=2'],
        ...['--noise=0.1', '--intervention=hard', '--targets=1-2', '--offset-scale=3', '--control=none'],
        '--train=0.5',
      ],
      {
        ...{ ...fewOptions, profiles: 7, latents: 6, graph: 'hierarchical', layers: 3, latentParents: 2 },
        ...{ latentNoise: 0.5, childNoise: 0, geneParents: 0.4, functions: 'relu', units: 2, noise: 0.1 },
        ...{ intervention: 'hard', targets: [1, 2], offsetScale: 3, control: null, train: 0.5 },
      },
    ],
    [
      'given.h5ad',
      [
        '--genes=12',
        '--seed=2',
        '--latents=2',
        '--offsets=0,0.5/-3,0',
        '--profiles=4',
        '--control=reference',
      ],
      {
        ...{ genes: 12, seed: 2, latents: 2, profiles: 4, control: 'reference' },
        offsets: [
          [0, 0.5],
          [-3, 0],
        ],
      },
    ],
  ])('%s holds what the library makes', async (file, words, options) => {
    await succeed('simulate', 'environments', '--out', at(file), ...words);
    const read = await readData(at(file));
    const made = simulateEnvironments(options);
    expect(read.X.values).toEqual(made.X.values);
    expect(read.obs.columns).toEqual(made.obs.columns);
    expect(read.obsm.get('latents')).toEqual(made.obsm.get('latents'));
    expect(read.obsm.get('noise')).toEqual(made.obsm.get('noise'));
    expect(plain(read.uns.get('truth'))).toEqual(plain(made.uns.get('truth')));
  });

  it.each<[string, string[], RegExp]>([
    ['an option of cells', ['--effect=3'], /--effect: '3' is not an option of 'simulate environments'/],
    ['an unknown graph', ['--graph=growin'], /--graph: 'growin'.*did you mean 'growing'/],
    [
      'offsets that are no numbers',
      ['--latents=2', '--offsets=0,0/0,half'],
      /--offsets: 'half' is not a number/,
    ],
    ['offsets of other latents', ['--offsets=0,0/0,1'], /: --offsets: '2 numbers' is not 15 numbers/],
    ['an option without effect', ['--units=4'], /: --units: '4' is not used.*relu/],
  ])('refuses %s', async (_, words, message) => {
    const { code, stderr } = await mechanist('simulate', 'environments', '--out', at('no.h5ad'), ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('no.h5ad'))).toBe(false);
  });
});

describe('simulate graph', () => {
  it.each<[string, string[], GraphOptions]>([
    ['graph.h5ad', ['--cells-per-regime=20'], { cellsPerRegime: 20 }],
    [
      'mixed.zarr',
      [
        ...['--nodes=12', '--edges=20', '--graph=scale-free', '--mechanism=neural', '--noise-scale=0.3'],
        ...['--roots=uniform', '--normalise=off', '--intervention=mixed', '--hard-range=-2,2'],
        ...['--scale-range=3,4', '--shift-range=0.5,1', '--efficiency=0.7', '--targets=1-2', '--regimes=5'],
        ...['--cells=40', '--cells-per-regime=15', '--standardise=each', '--redraw-noise=on', '--seed=9'],
      ],
      {
        ...{
          nodes: 12,
          edges: 20,
          graph: 'scale-free',
          mechanism: 'neural',
          noiseScale: 0.3,
          roots: 'uniform',
        },
        ...{ normalise: false, intervention: 'mixed', hardRange: [-2, 2], scaleRange: [3, 4] },
        ...{ shiftRange: [0.5, 1], efficiency: 0.7, targets: [1, 2], regimes: 5, cells: 40 },
        ...{ cellsPerRegime: 15, standardise: 'each', redrawNoise: true, seed: 9 },
      },
    ],
    [
      'counts.h5ad',
      [
        ...['--cells=50', '--cells-per-regime=10', '--intervention=knock-down', '--library=8'],
        ...['--counts=negative-binomial', '--library-spread=0.5', '--level-spread=0.2'],
        ...['--expression-spread=1', '--inverse-dispersion=3', '--dropout=0.5'],
      ],
      {
        ...{ cells: 50, cellsPerRegime: 10, intervention: 'knock-down', library: 8 },
        ...{ counts: 'negative-binomial', librarySpread: 0.5, levelSpread: 0.2 },
        ...{ expressionSpread: 1, inverseDispersion: 3, dropout: 0.5 },
      },
    ],
    ['bare.h5ad', ['--nodes=1', '--regimes=0', '--cells=3'], { nodes: 1, regimes: 0, cells: 3 }],
  ])('%s holds what the library makes', async (file, words, options) => {
    const { stderr } = await succeed('simulate', 'graph', '--out', at(file), ...words);
    const read = await readData(at(file));
    const made = simulateGraph(options);
    expect(read.X.kind).toBe(made.X.kind);
    expect(read.X.values).toEqual(made.X.values);
    expect(read.obs.columns).toEqual(made.obs.columns);
    expect(plain(read.uns.get('truth'))).toEqual(plain(made.uns.get('truth')));
    const { options: ofFile, ...truth } = graphTruth(read);
    const { options: ofMade, ...expected } = graphTruth(made);
    expect(truth).toEqual(expected);
    expect(stderr).toContain(`varsortability ${truth.varsortability.toFixed(2)}`);
  });

  it('prints what it made as JSON', async () => {
    const words = ['--cells=40', '--cells-per-regime=5', '--standardise=control', '--json'];
    const { stdout } = await succeed('simulate', 'graph', '--out', at('json.h5ad'), ...words);
    const { rawVarsortability } = graphTruth(
      simulateGraph({ cells: 40, cellsPerRegime: 5, standardise: 'control' }),
    );
    const expected = { nObs: 190, nVars: 10, varsortability: 0.5, rawVarsortability };
    expect(JSON.parse(stdout)).toMatchObject(expected);
  });

  it.each<[string, string[], RegExp]>([
    ['an option of environments', ['--latents=3'], /--latents: '3' is not an option of 'simulate graph'/],
    ['a graph of environments', ['--graph=growing'], /--graph: 'growing' is not one of 'erdos-renyi'/],
    [
      'an interval with a dash',
      ['--hard-range=1-3'],
      /: --hard-range: '1-3' is not two numbers such as -1,1/,
    ],
    ['an interval of one end', ['--hard-range=2'], /--hard-range: '2' is not two numbers/],
    ['more edges than pairs', ['--edges=46'], /: --edges: '46'.*45/],
    ['less noise than none', ['--noise-scale=-1'], /: --noise-scale: '-1' is not a number/],
    ['an end before the begin', ['--hard-range=3,1'], /: --hard-range \(high\): '1' is not a number from 3/],
    [
      'polynomials of raw parents',
      ['--mechanism=polynomial', '--normalise=off'],
      /: --normalise: 'off' is not used with mechanism 'polynomial'/,
    ],
    ['more cells than fit', ['--nodes=1000'], /: cells in all.*fewer regimes/],
    ['an option without effect', ['--dropout=1'], /: --dropout: '1' is not used.*counts/],
  ])('refuses %s', async (_, words, message) => {
    const { code, stderr } = await mechanist('simulate', 'graph', '--out', at('no.h5ad'), ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('no.h5ad'))).toBe(false);
  });
});

describe('the other kinds', () => {
  it('refuse options of cells', async () => {
    const screen = await mechanist('simulate', 'screen', '--out', at('s.csv'), '--latents=3');
    const images = await mechanist('simulate', 'images', '--out', at('images'), '--latents=3');
    expect([screen.code, images.code]).toEqual([2, 2]);
    expect(screen.stderr).toMatch(/--latents.*simulate screen/);
    expect(images.stderr).toMatch(/--latents.*simulate images/);
  });
});

/** Arrays and dictionaries as plain lists, whatever types a file keeps them in. */
function plain(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].sort().map(([key, entry]) => [key, plain(entry)]));
  }
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'array') {
    const { shape, values } = value as unknown as { shape: Iterable<number>; values: Iterable<unknown> };
    return { shape: [...shape], values: [...values] };
  }
  return value;
}
