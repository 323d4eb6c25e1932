/** For the tests of models of mechanisms: graphs over chosen weights, simulated cells, small trainings. */
import { testRuntime } from '../../compute/check.fixture.node.js';
import {
  type Checkpoint,
  type FitOptions,
  Program,
  Scope,
  Store,
  type Tensor,
  weightsOf,
} from '../../compute/index.js';
import { columnStrings, type DenseMatrix, dense, takeRows, toDense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { namesOf, numbersOf } from '../../simulate/cells/truth.fixture.js';
import { type CellsOptions, simulateCells } from '../../simulate/index.js';
import type { PerturbedCells } from './cells.js';
import { mechanismModel } from './models.js';
import { type MechanismSettings, PAPER_SETTINGS } from './settings.js';
import { mechanismTrainer } from './train.js';
import { MechanismRepresentation } from './trained.js';

type Outputs = Record<string, Tensor>;

/** What a graph in float64 gives where its parameters and states have these values, by name. */
export async function evaluated(
  build: (scope: Scope) => Outputs,
  values: Record<string, readonly number[]> = {},
  feeds: Record<string, Float64Array | BigInt64Array> = {},
): Promise<Record<string, number[]>> {
  const scope = new Scope({ dtype: 'float64' });
  // an output may have the name of a parameter
  const outputs = Object.fromEntries(Object.entries(build(scope)).map(([name, of]) => [`${name}?`, of]));
  const store = new Store(await testRuntime());
  scope.initialise(store, Random.fromSeed(0));
  for (const [name, numbers] of Object.entries(values)) store.replace(name, Float64Array.from(numbers));
  const program = await Program.compile(store, { outputs });
  const found = await program.run(feeds);
  await program.dispose();
  return Object.fromEntries(
    Object.entries(found).map(([name, numbers]) => [
      name.slice(0, -1),
      Array.from(numbers as Float64Array, Number),
    ]),
  );
}

/** Cells whose latents, shifts (perturbations, latent) and edges are known. */
export interface KnownCells extends PerturbedCells {
  readonly latent: number;
  readonly Z: DenseMatrix;
  readonly shifts: number[];
  readonly edges: number[];
}

/** 20 perturbations of 60 cells, 5 latents, 30 genes; none is held out. */
export function knownCells(options: CellsOptions = {}): KnownCells {
  const latent = options.latents ?? 5;
  const data = simulateCells({
    perturbations: 20,
    cellsPerPerturbation: 60,
    genes: 30,
    heldOut: 0,
    targets: [1, 2],
    ...options,
    latents: latent,
  });
  const perturbations = namesOf(data, 'perturbations');
  const labels = columnStrings(data.obs.column('perturbation')) as string[];
  return {
    X: data.X,
    labels: Int32Array.from(labels, (name) => perturbations.indexOf(name)),
    perturbations,
    latent,
    Z: toDense(data.obsm.get('Z') as DenseMatrix),
    shifts: numbersOf(data, 'shifts'),
    edges: numbersOf(data, 'graph'),
  };
}

/** Some of the cells. */
export function someCells(cells: PerturbedCells, rows: readonly number[]): PerturbedCells {
  const slots = cells.labels.length / cells.X.nRows;
  return {
    X: takeRows(cells.X, Int32Array.from(rows)),
    labels: Int32Array.from(
      rows.flatMap((row) => [...cells.labels.subarray(row * slots, (row + 1) * slots)]),
    ),
    perturbations: cells.perturbations,
  };
}

/** As users get them, but small: 3 epochs, 16 hidden units, 5 latents. */
export const smallSettings = (
  model: string,
  changed: Partial<MechanismSettings> = {},
): MechanismSettings => ({
  ...PAPER_SETTINGS,
  ...mechanismModel(model).defaults,
  latent: 5,
  hidden: 16,
  batchSize: 60,
  epochs: 3,
  klWarmUp: 1,
  ...changed,
});

export interface Fit {
  readonly changed?: Partial<MechanismSettings>;
  readonly cells?: PerturbedCells;
  readonly seed?: number;
  readonly options?: FitOptions;
  readonly from?: Checkpoint;
}

/** Trains; the checkpoint at the end, and the model as a user holds it. */
export async function fitted(
  model: string,
  { changed, cells = knownCells(), seed = 0, options, from }: Fit = {},
) {
  const runtime = await testRuntime();
  const settings = smallSettings(model, changed);
  const random = Random.fromSeed(seed);
  const trainer = await mechanismTrainer(runtime, { model, settings, cells, random }, from);
  const trained = await trainer.fit(options);
  const checkpoint = await trainer.checkpoint();
  await trainer.dispose();
  const { perturbations } = cells;
  const genes = Array.from({ length: cells.X.nCols }, (_, i) => `gene-${i}`);
  const config = { model, settings, perturbations, genes };
  const weights = await weightsOf(trained.store);
  trained.store.dispose();
  return {
    trained,
    checkpoint,
    config,
    weights,
    model: new MechanismRepresentation(runtime, config, weights),
  };
}

/** Rows as a matrix. */
export const matrixOf = (rows: readonly (readonly number[])[]): DenseMatrix =>
  dense(rows.length, rows[0].length, Float64Array.from(rows.flat()));

export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  if (found.length !== expected.length) throw new Error(`${found.length} numbers, not ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(found[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(off <= tolerance)) throw new Error(`number ${i} is ${found[i]}, not ${expected[i]}`);
  }
}

const two: CellsOptions = {
  perturbations: 6,
  cellsPerPerturbation: 40,
  controlCells: 40,
  genes: 12,
  latents: 2,
  targets: [1, 1],
};
/** Two latents, so that one can sum over a grid of them: as counts, and as values. */
export const twoLatents = {
  counts: knownCells({ ...two, library: 1e3 }),
  values: knownCells({ ...two, counts: 'gaussian' }),
  changed: { latent: 2, epochs: 60, klWarmUp: 10, learningRate: 5e-3, dropout: 0 },
};
