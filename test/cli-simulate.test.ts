/** `simulate cells` from outside: files that keep the truth, options of one kind only, refusals. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readData } from '../src/formats/index.node.js';
import { type CellsOptions, simulateCells } from '../src/simulate/index.js';
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
