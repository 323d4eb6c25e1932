/** Perturbations × latents: Fig. 2 of Lopez et al. 2023; and combinations beside their parts, Fig. 5b. */
import { expectedShifts } from '../../represent/index.js';
import { quantile } from '../../stats/index.js';
import { count, plural, readable } from '../numbers.js';
import type { Drawing, Figure } from '../plots/drawing.js';
import type { RepresentationReportInput } from './input.js';
import { orderOfRows } from './order.js';
import { type Tile, tileMap } from './tile-map.js';

/** Of more rows, those with the largest shifts are drawn. */
const MOST_ROWS = 150;
/** Combinations that are drawn. */
const MOST_COMBINATIONS = 8;
/** The darkest tile stands for this share of the shifts' sizes and above. */
const DARKEST = 0.98;

const rowOf = (table: Float64Array, i: number, latent: number) =>
  table.subarray(i * latent, (i + 1) * latent);

export function shiftMap(drawing: Drawing, input: RepresentationReportInput): Figure {
  const [stem, title] = ['shift-map', 'Which perturbation shifts which latent'] as const;
  const { graph, rows, latent, model } = input;
  if (!graph || rows.length === 0) {
    return { stem, title, svg: null, caption: `${model} learns no shifts of perturbations.` };
  }
  const expected = expectedShifts(graph);
  const size = (i: number) => Math.hypot(...rowOf(expected, i, latent));
  const shown = Array.from(rows.keys())
    .sort((a, b) => size(b) - size(a) || a - b)
    .slice(0, MOST_ROWS);
  const order = orderOfRows(shown.map((i) => rowOf(expected, i, latent))).map((k) => shown[k]);
  const latents = orderOfRows(
    Array.from({ length: latent }, (_, j) => shown.map((i) => expected[i * latent + j])),
    false,
  );
  const darkest = darkestOf(graph.shift, graph.probability);
  const keys = order.map(String);
  const tiles = order.flatMap((i) =>
    latents.map((j) => tileOf(String(i), j, graph, i * latent + j, darkest)),
  );
  const svg = tileMap(
    drawing,
    `${title}: ${plural(rows.length, 'perturbation')}, ${plural(latent, 'latent')}`,
    {
      rows: keys,
      columns: latents.map(String),
      tiles,
      label: 'latent',
      nameOf: (key) => rows[Number(key)].name + (rows[Number(key)].kind === 'held-out' ? ' *' : ''),
    },
  );
  const left = rows.length - order.length;
  const caption =
    `Blue: shifted up, orange: down, against the untreated cell; darkest from ${readable(darkest)} standard deviations of ` +
    'the prior. The area of a tile is the probability of the edge. Rows and columns are ordered by likeness, so that ' +
    'perturbations that work through the same latents stand together.' +
    (left > 0 ? ` ${count(left)} more, with smaller shifts, are in effects.csv.` : '') +
    (rows.some(({ kind }) => kind === 'held-out') ? ' *: held out, its shift found afterwards.' : '');
  return { stem, title, svg, caption };
}

export function interactionMap(drawing: Drawing, input: RepresentationReportInput): Figure | null {
  const { interactions, interactionNames, interactionGraph: graph, latent } = input;
  if (!graph || interactions.length === 0) return null;
  const [stem, title] = ['interactions', 'Combinations beside their parts'] as const;
  const expected = expectedShifts(graph);
  const shown = examples(interactions, (i) => Math.hypot(...rowOf(expected, i, latent)));
  const darkest = darkestOf(graph.shift, graph.probability);
  const rows: string[] = [];
  const names = new Map<string, string>();
  const tiles: Tile[] = [];
  const used = new Set<number>();
  shown.forEach(({ a, b, combination, kind }, k) => {
    if (k > 0) rows.push(`gap ${k}`);
    for (const i of [a, b, combination]) {
      const key = `${k} ${i}`;
      rows.push(key);
      names.set(key, i === combination ? `together: ${kind}` : interactionNames[i]);
      for (let j = 0; j < latent; j++) {
        if (graph.probability[i * latent + j] > 0.5) used.add(j);
        tiles.push(tileOf(key, j, graph, i * latent + j, darkest));
      }
    }
  });
  const columns = [...used].sort((p, q) => p - q).map(String);
  if (columns.length === 0) return null;
  const svg = tileMap(drawing, `${title}: ${plural(shown.length, 'example')}`, {
    rows,
    columns,
    tiles: tiles.filter(({ column }) => used.has(Number(column))),
    label: 'latent',
    nameOf: (key) => names.get(key) ?? '',
  });
  const caption =
    'Each combination below its two parts, colours and areas as above, with the kind of interaction: the strongest of each ' +
    `kind. ${count(shown.length)} of ${plural(interactions.length, 'combination')}; all are in interactions.csv.`;
  return { stem, title, svg, caption };
}

/** In turn the strongest of each kind that is left, kinds that tell most first. */
function examples(all: RepresentationReportInput['interactions'], sizeOf: (row: number) => number) {
  const order = ['novel', 'dominant A', 'dominant B', 'suppressive', 'synergistic', 'epistatic', 'additive'];
  const queues = order.map((kind) =>
    all.filter((one) => one.kind === kind).sort((x, y) => sizeOf(y.combination) - sizeOf(x.combination)),
  );
  const chosen: (typeof all)[number][] = [];
  for (
    let round = 0;
    chosen.length < MOST_COMBINATIONS && queues.some(({ length }) => length > round);
    round++
  ) {
    chosen.push(...queues.flatMap((queue) => queue.slice(round, round + 1)));
  }
  return chosen.slice(0, MOST_COMBINATIONS);
}

function darkestOf(shift: Float64Array, probability: Float64Array): number {
  const sizes = shift.map(Math.abs).filter((_, at) => probability[at] > 0.5);
  return sizes.length > 0 ? quantile(sizes, DARKEST) : 1;
}

const tileOf = (
  row: string,
  column: number,
  { shift, probability }: { readonly shift: Float64Array; readonly probability: Float64Array },
  at: number,
  darkest: number,
): Tile => ({ row, column: String(column), area: probability[at], value: shift[at] / darkest });
