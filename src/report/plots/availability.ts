/**
 * Which pairs were measured, contexts × actions, both sorted by how many they have: Fig. 6 of Squires et al. 2022.
 *
 * CMAP has 71 × 20,369 places: beyond the sizes below neighbours share a tile, shaded by the share measured.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { count, percent } from '../numbers.js';
import type { Drawing, Figure } from './drawing.js';
import { mosaic } from './marks.js';
import { marginFor, palette, shortName } from './theme.js';

const MAX_ROWS = 96;
const MAX_COLS = 240;
const SHADES = 8;
/** More names than this cannot be read on an axis. */
const MAX_NAMES = 48;

export function availability(drawing: Drawing, tensor: OutcomeTensor): Figure {
  const stem = 'availability';
  const title = 'Which pairs were measured';
  const { nContexts, nActions } = tensor;
  if (tensor.nPairs === 0) return { stem, title, svg: null, caption: 'No pair was measured.' };
  const contexts = byCount(tensor.pairsOfContext);
  const actions = byCount(tensor.pairsOfAction);
  const nRows = Math.min(nContexts, MAX_ROWS);
  const nCols = Math.min(nActions, MAX_COLS);
  const shares = binned(tensor, contexts, actions, nRows, nCols);
  const levels = Int8Array.from(shares, (share) => Math.ceil(share * SHADES));
  const contextNames = contexts.map((c) => shortName(tensor.contexts[c], 22));
  const actionNames = actions.map((a) => shortName(tensor.actions[a], 18));
  const nameRows = nContexts <= MAX_NAMES;
  const nameCols = nActions <= MAX_NAMES;
  const marginLeft = nameRows ? marginFor(contextNames) : 48;
  const marginBottom = nameCols ? marginFor(actionNames) * 0.87 + 6 : 30;
  const { Plot } = drawing;
  const observed = tensor.nPairs / (nContexts * nActions);
  const svg = drawing.svg(
    `${title}: ${count(tensor.nPairs)} of ${count(nContexts * nActions)} context-action pairs`,
    {
      height: Math.min(460, Math.max(60, nRows * (nameRows ? 15 : 3.4))) + marginBottom + 8,
      marginLeft,
      marginRight: 8,
      marginTop: 8,
      marginBottom,
      x: { type: 'band', domain: places(nActions), padding: 0, label: null, axis: null },
      y: { type: 'band', domain: places(nContexts), padding: 0, label: null, axis: null },
      marks: [
        mosaic(drawing, levels, nRows, nCols, { fill: palette.blue, strongest: SHADES }),
        nameRows
          ? Plot.axisY({ tickSize: 0, tickFormat: (row: number) => contextNames[row] })
          : Plot.text([`${count(nContexts)} contexts`], {
              frameAnchor: 'left',
              dx: -22,
              rotate: -90,
              textAnchor: 'middle',
            }),
        nameCols
          ? Plot.axisX({ tickSize: 0, tickRotate: -60, tickFormat: (col: number) => actionNames[col] })
          : Plot.text([`${count(nActions)} actions`], { frameAnchor: 'bottom', dy: 18 }),
        Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.25 }),
      ],
    },
  );
  const tile =
    nRows < nContexts || nCols < nActions
      ? ` A tile stands for about ${count(Math.ceil(nContexts / nRows) * Math.ceil(nActions / nCols))} pairs; the darker, the more of them were measured.`
      : ' A dark tile is a measured pair.';
  const caption =
    `${count(tensor.nPairs)} of ${count(nContexts * nActions)} pairs (${percent(observed)}) were measured.${tile} ` +
    'Contexts with most actions are on top, actions with most contexts on the left. Synthetic interventions need ' +
    'contexts that share actions: a row with few tiles has few donors, a column with few tiles few contexts to learn from.';
  return { stem, title, svg, caption };
}

/** Positions sorted by falling number of members; equal ones keep their order. */
function byCount(members: readonly Int32Array[]): number[] {
  return places(members.length).sort((a, b) => members[b].length - members[a].length || a - b);
}

const places = (length: number) => Array.from({ length }, (_, i) => i);

/** Share of measured pairs in each tile of a `(nRows, nCols)` grid laid over the sorted matrix, row-major. */
function binned(
  tensor: OutcomeTensor,
  contexts: readonly number[],
  actions: readonly number[],
  nRows: number,
  nCols: number,
): Float64Array {
  const tileOf = (order: readonly number[], nTiles: number) => {
    const tile = new Int32Array(order.length);
    const size = new Int32Array(nTiles);
    order.forEach((member, rank) => {
      tile[member] = Math.floor((rank * nTiles) / order.length);
      size[tile[member]]++;
    });
    return { tile, size };
  };
  const rows = tileOf(contexts, nRows);
  const cols = tileOf(actions, nCols);
  const measured = new Float64Array(nRows * nCols);
  for (let pair = 0; pair < tensor.nPairs; pair++) {
    measured[rows.tile[tensor.pairContext[pair]] * nCols + cols.tile[tensor.pairAction[pair]]]++;
  }
  return measured.map((n, at) => n / (rows.size[Math.floor(at / nCols)] * cols.size[at % nCols]));
}
