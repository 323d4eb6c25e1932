/** What latents are made of: the genes that they read, and the gene sets that these are rich in. */
import { plural } from '../numbers.js';
import type { Drawing, Figure } from '../plots/drawing.js';
import type { RepresentationReportInput } from './input.js';
import { type Tile, tileMap } from './tile-map.js';

/** Rows of a picture. */
const MOST_GENES = 100;
const MOST_SETS = 40;
/** Genes that each latent may name. */
const GENES_OF_ONE = 6;
/** Of the tests that are drawn. */
export const LARGEST_Q = 0.05;
/** −log₁₀ q of a full tile. */
const FULL = 10;

export function topGenes(drawing: Drawing, { explained }: RepresentationReportInput): Figure | null {
  if (explained.length === 0) return null;
  const [stem, title] = ['top-genes', 'Genes that each latent reads'] as const;
  const each = Math.max(1, Math.min(GENES_OF_ONE, Math.floor(MOST_GENES / explained.length)));
  const rows = [...new Set(explained.flatMap(({ top }) => top.slice(0, each).map(({ gene }) => gene)))];
  const shown = rows.slice(0, MOST_GENES);
  const isShown = new Set(shown);
  const tiles: Tile[] = explained.flatMap(({ latent, top }) => {
    const most = Math.abs(top[0]?.attribution ?? 0);
    return top
      .filter(({ gene }) => most > 0 && isShown.has(gene))
      .map(({ gene, attribution, change }) => ({
        row: gene,
        column: String(latent),
        area: Math.abs(attribution) / most,
        value: Math.sign(change) * Math.sign(attribution),
      }));
  });
  if (tiles.length === 0) return null;
  const svg = tileMap(drawing, `${title}: ${plural(shown.length, 'gene')}`, {
    rows: shown,
    columns: explained.map(({ latent }) => String(latent)),
    tiles,
    label: 'latent',
  });
  const caption =
    `The ${plural(each, 'gene')} of each latent with the largest integrated gradients. Area: size of the attribution, against ` +
    'the largest of the latent. Blue: more of the gene raises the latent; orange: lowers it. genes.csv has more of them.';
  return { stem, title, svg, caption };
}

export function geneSetMap(drawing: Drawing, { sets, explained }: RepresentationReportInput): Figure | null {
  if (!sets) return null;
  const [stem, title] = ['gene-sets', 'Gene sets that latents are rich in'] as const;
  const found = sets.tests.filter(({ q }) => q <= LARGEST_Q);
  if (found.length === 0) {
    const caption =
      sets.tested === 0
        ? 'No set has as many of the genes measured here as a test needs.'
        : `None of ${plural(sets.tests.length, 'test')} has q ≤ ${LARGEST_Q}.`;
    return { stem, title, svg: null, caption };
  }
  const order = [...found].sort((a, b) => a.q - b.q);
  const best = new Set([...new Set(order.map(({ set }) => set))].slice(0, MOST_SETS));
  // by the latent that a set is found in, so that sets of one latent stand together
  const rows = [...new Set(found.map(({ set }) => set))].filter((set) => best.has(set));
  const tiles = found
    .filter(({ set }) => best.has(set))
    .map(({ set, list, q }) => ({
      row: set,
      column: String(explained[list].latent),
      area: Math.min(1, -Math.log10(Math.max(q, 1e-300)) / FULL),
      value: 1,
    }));
  const svg = tileMap(drawing, `${title}: ${plural(rows.length, 'set')}`, {
    rows,
    columns: explained.map(({ latent }) => String(latent)),
    tiles,
    label: 'latent',
  });
  const caption =
    `Sets with q ≤ ${LARGEST_Q} (hypergeometric, Benjamini–Hochberg over all latents and sets); area: −log₁₀ q, full from ` +
    `${FULL}. gene-sets.csv has all tests.`;
  return { stem, title, svg, caption };
}
