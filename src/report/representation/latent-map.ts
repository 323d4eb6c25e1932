/** Cells by their latents in two dimensions, coloured by perturbation. */
import { umap } from '../../stats/index.js';
import { count, plural } from '../numbers.js';
import type { Drawing, Figure } from '../plots/drawing.js';
import { embedding } from '../plots/umap.js';
import type { RepresentationReportInput } from './input.js';

/** Dots of a picture; the layout takes about a second for so many. */
const MOST_CELLS = 1500;
const FEWEST_CELLS = 4;
const EPOCHS = 125;

export async function latentMap(
  drawing: Drawing,
  { latents, labels, latent, random }: RepresentationReportInput,
): Promise<Figure> {
  const [stem, title] = ['latent-map', 'Cells by their latents (UMAP)'] as const;
  if (labels.length < FEWEST_CELLS) {
    return { stem, title, svg: null, caption: `Not drawn: ${plural(labels.length, 'cell')} are no picture.` };
  }
  const cells =
    labels.length <= MOST_CELLS
      ? Int32Array.from(labels.keys())
      : random.split('map', 'cells').sample(labels.length, MOST_CELLS).sort();
  const rows = new Float64Array(cells.length * latent);
  cells.forEach((cell, i) => {
    rows.set(latents.subarray(cell * latent, (cell + 1) * latent), i * latent);
  });
  const places = await umap(rows, cells.length, latent, {
    random: random.split('map', 'layout'),
    nEpochs: EPOCHS,
  });
  const dots = Array.from(cells, (cell, i) => ({
    x: places[2 * i],
    y: places[2 * i + 1],
    context: labels[cell],
    action: '',
  }));
  const { svg, unnamed } = embedding(
    drawing,
    dots,
    (groups) => `${title}: ${plural(dots.length, 'cell')} of ${plural(groups, 'label')}`,
  );
  const caption =
    `${plural(dots.length, 'cell')}${dots.length < labels.length ? ` (a sample of ${count(labels.length)})` : ''}, near each ` +
    'other where their latents are alike; a name stands beside the median of its cells. Distances between islands and ' +
    `their sizes have no meaning.${unnamed > 0 ? ` ${plural(unnamed, 'name')} found no room; colours and symbols repeat.` : ''}`;
  return { stem, title, svg, caption };
}
