import { describe, expect, it } from 'vitest';
import { testMatrix } from '../matrices.fixture.js';
import { BLOCK_COLS, BLOCK_K, BLOCK_ROWS, type Kernel, plainKernel, TILE } from './kernel.js';
import { assembleKernel, wasmKernel } from './kernel-wasm.js';

const kernels: [string, Kernel | undefined][] = [
  ['plain', plainKernel()],
  ['WebAssembly', wasmKernel()],
];

describe.each(kernels)('%s kernel', (_, kernel) => {
  it.each([
    [0, 1, 1],
    [2, 3, 7],
    [BLOCK_ROWS / TILE - 1, BLOCK_COLS / TILE, BLOCK_K],
  ])('multiplies panel %i with %i panels of %i steps, each sum in order', (panel, nTiles, k) => {
    const { panelsA, panelsB, tiles, run } = kernel!;
    panelsA.set(testMatrix(1, panelsA.length, 1));
    panelsB.set(testMatrix(1, panelsB.length, 2));
    tiles.fill(Number.NaN);
    const aStart = panel * k * TILE;
    run(aStart, nTiles, k);
    for (let tile = 0; tile < nTiles; tile++) {
      for (let entry = 0; entry < 16; entry++) {
        let sum = 0;
        for (let p = 0; p < k; p++) {
          sum += panelsA[aStart + p * 4 + Math.floor(entry / 4)] * panelsB[(tile * k + p) * 4 + (entry % 4)];
        }
        expect(tiles[tile * 16 + entry]).toBe(sum);
      }
    }
    if (nTiles < BLOCK_COLS / TILE) expect(tiles[nTiles * 16]).toBeNaN();
  });
});

describe('the WebAssembly module', () => {
  it('is valid and small enough to be compiled at once anywhere', () => {
    const bytes = assembleKernel();
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(bytes.length).toBeLessThan(4096);
  });

  it('is done without where WebAssembly is forbidden', () => {
    const memory = WebAssembly.Memory;
    Object.assign(WebAssembly, { Memory: undefined });
    try {
      expect(wasmKernel()).toBeUndefined();
    } finally {
      Object.assign(WebAssembly, { Memory: memory });
    }
  });
});
