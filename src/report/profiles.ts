/** Figures of the profiles themselves, spectrum and UMAP, from a sample where there are too many of them. */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import type { Random } from '../random/index.js';
import { spectrum, umap } from '../stats/index.js';
import type { ReportInput } from './input.js';
import { count, plural } from './numbers.js';
import type { Drawing, Figure } from './plots/drawing.js';
import { spectrumFigure } from './plots/spectrum.js';
import { umapFigure } from './plots/umap.js';

/** The work of a decomposition grows with the cube of this; the shape is clear from so many. */
const MAX_SPECTRUM = 800;
/** Dots, and multiplications for the distances between all of them: about two seconds. */
const MAX_UMAP = 3000;
const MAX_UMAP_WORK = 4e9;
/** After a quarter of the library's rounds nothing moves that an eye could see. */
const UMAP_EPOCHS = 125;
/** Fewer have no neighbourhoods; of more, a sample of 3,000 is not a picture any more. */
const UMAP_RANGE = [4, 20_000] as const;

export async function profileFigures(
  drawing: Drawing,
  { tensor, random }: Pick<ReportInput, 'tensor' | 'random'>,
): Promise<Figure[]> {
  const { nPairs, nGenes } = tensor;
  const sampled = samplePairs(tensor, MAX_SPECTRUM, random.split('spectrum'));
  const empty = nPairs === 0 || nGenes === 0;
  const singular = empty ? new Float64Array() : spectrum(rowsOf(tensor, sampled), sampled.length, nGenes);
  const shape = { nProfiles: nPairs, nSampled: sampled.length, nGenes };
  return [spectrumFigure(drawing, singular, shape), await embedded(drawing, tensor, random)];
}

async function embedded(drawing: Drawing, tensor: OutcomeTensor, random: Random): Promise<Figure> {
  const { nPairs, nGenes, pairContext, pairAction } = tensor;
  if (nPairs < UMAP_RANGE[0] || nPairs > UMAP_RANGE[1] || nGenes === 0) {
    const caption =
      `Not drawn: there are ${plural(nPairs, 'profile')} of ${plural(nGenes, 'gene')}, and a UMAP is made of ` +
      `${count(UMAP_RANGE[0])} to ${count(UMAP_RANGE[1])}.`;
    return { stem: 'umap', title: 'Profiles by context (UMAP)', svg: null, caption };
  }
  const limit = Math.max(UMAP_RANGE[0], Math.min(MAX_UMAP, Math.floor(Math.sqrt(MAX_UMAP_WORK / nGenes))));
  const sampled = samplePairs(tensor, limit, random.split('umap', 'sample'));
  const places = await umap(rowsOf(tensor, sampled), sampled.length, nGenes, {
    random: random.split('umap', 'layout'),
    // principal components of so few rows take longer than the distances that they would save
    nComponents: nGenes,
    nEpochs: UMAP_EPOCHS,
  });
  const profiles = Array.from(sampled, (pair, i) => ({
    x: places[2 * i],
    y: places[2 * i + 1],
    context: tensor.contexts[pairContext[pair]],
    action: tensor.actions[pairAction[pair]],
  }));
  return umapFigure(drawing, profiles, nPairs);
}

/** All pairs, or `limit` of them at random, in order. */
function samplePairs({ nPairs }: OutcomeTensor, limit: number, random: Random): Int32Array {
  return nPairs <= limit
    ? Int32Array.from({ length: nPairs }, (_, i) => i)
    : random.sample(nPairs, limit).sort();
}

/** The profiles of `pairs` one after the other `(pairs.length, nGenes)`; a view when that is all of them. */
function rowsOf(tensor: OutcomeTensor, pairs: Int32Array): Float64Array {
  if (pairs.length === tensor.nPairs) return tensor.profiles;
  const rows = new Float64Array(pairs.length * tensor.nGenes);
  pairs.forEach((pair, i) => {
    rows.set(tensor.profile(pair), i * tensor.nGenes);
  });
  return rows;
}
