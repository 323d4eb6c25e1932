/** Cells with two mechanisms of four genes each, planted: what reads a latent off genes must find its block. */
import type { Runtime } from '../../compute/index.js';
import { weightsOf } from '../../compute/index.js';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import type { PerturbedCells } from './cells.js';
import { mechanismModel } from './models.js';
import { type MechanismSettings, PAPER_SETTINGS } from './settings.js';
import { mechanismTrainer } from './train.js';
import { MechanismRepresentation } from './trained.js';

export const BLOCK = 4;
/** Of perturbation k on mechanism k mod 2, the half of them downwards. */
export const SHIFTS = [4, 4, -4, -4, 5, 5, -5, -5];
const CELLS = 40;

/** 40 cells of each of 8 perturbations and of the control; values of a Gaussian likelihood (360, 8). */
export function blockCells(seed = 0): PerturbedCells {
  const random = Random.fromSeed(seed);
  const nCells = CELLS * (SHIFTS.length + 1);
  const genes = 2 * BLOCK;
  const values = new Float32Array(nCells * genes);
  const labels = Int32Array.from({ length: nCells }, (_, cell) => Math.floor(cell / CELLS) - 1);
  labels.forEach((label, cell) => {
    const z = [random.normal(), random.normal()];
    if (label >= 0) z[label % 2] += SHIFTS[label];
    for (let g = 0; g < genes; g++) {
      // one gene of each block falls as its mechanism rises
      const weight = g % BLOCK === 3 ? -1 : 1;
      values[cell * genes + g] = weight * z[Math.floor(g / BLOCK)] + 0.3 * random.normal();
    }
  });
  const perturbations = SHIFTS.map((_, k) => `p${k}`);
  return { X: dense(nCells, genes, values), labels, perturbations };
}

/** A model trained on cells in about a second. */
export async function trainedOn(
  runtime: Runtime,
  cells: PerturbedCells,
  chosen: Partial<MechanismSettings>,
  model = 'svae-bayes',
) {
  const settings: MechanismSettings = {
    ...PAPER_SETTINGS,
    ...mechanismModel(model).defaults,
    hidden: 32,
    batchSize: 64,
    epochs: 16,
    klWarmUp: 6,
    ...chosen,
  };
  const random = Random.fromSeed(3).split('train');
  const trainer = await mechanismTrainer(runtime, { model, settings, cells, random });
  const { store, history } = await trainer.fit({});
  const genes = Array.from({ length: cells.X.nCols }, (_, g) => `g${g}`);
  const config = { model, settings, perturbations: cells.perturbations, genes };
  const representation = new MechanismRepresentation(runtime, config, await weightsOf(store));
  return { representation, history };
}
