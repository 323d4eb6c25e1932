/**
 * What Wu et al., *Predicting perturbation targets with causal differential networks*, print of simulated data: Table 4 (10
 * nodes, 10 edges, by number of targets) and the rows of Table 8 that Table 11 does not have. Their Table 9, of seconds,
 * cannot be read in the copy at hand; the text has that DCDI took ten hours and CDN seconds.
 */
import { publishedTable11, TABLE_11_CELLS, type Table11Cell } from './reproduce-cdn-table11.js';

export interface Published {
  readonly map: number;
  readonly auc: number;
}

/** Names that the paper has for what a method of ours is or comes nearest to. */
export const PAPER_NAMES: Readonly<Record<string, readonly string[]>> = {
  cdn: ['CDN (axial)', 'CDN (MLP)'],
  utigsp: ['UT-IGSP'],
  dci: ['DCI'],
  'dcdi-g': ['DCDI-G'],
  'dcdi-dsf': ['DCDI-DSF'],
  'bacadi-e': ['BaCaDI-E'],
  'bacadi-m': ['BaCaDI-M'],
  'cdn-mlp': ['CDN (MLP)'],
  'cdn-axial': ['CDN (axial)'],
  'cdn-corr': ['CDN + corr'],
  'cdn-corr-cov': ['CDN + corr + cov'],
};

type Rows = Readonly<Record<string, readonly number[]>>;

/** mAP and AUC of linear (1 target), linear (3), polynomial (1), polynomial (3). BaCaDI is the fully connected one here. */
const TABLE_4: Readonly<Record<Table11Cell['intervention'], Rows>> = {
  hard: {
    'UT-IGSP': [0.19, 0.56, 0.38, 0.57, 0.27, 0.63, 0.38, 0.55],
    'DCDI-G': [0.38, 0.59, 0.47, 0.53, 0.27, 0.47, 0.45, 0.49],
    'DCDI-DSF': [0.32, 0.58, 0.43, 0.48, 0.25, 0.42, 0.46, 0.5],
    DCI: [0.42, 0.75, 0.63, 0.8, 0.39, 0.72, 0.53, 0.69],
    'BaCaDI-E': [0.16, 0.61, 0.36, 0.6, 0.13, 0.62, 0.36, 0.6],
    'BaCaDI-M': [0.12, 0.57, 0.33, 0.56, 0.12, 0.57, 0.33, 0.55],
    'CDN (MLP)': [0.72, 0.88, 0.87, 0.91, 0.56, 0.78, 0.73, 0.8],
    'CDN (axial)': [0.73, 0.88, 0.83, 0.88, 0.6, 0.8, 0.74, 0.8],
  },
  scale: {
    'UT-IGSP': [0.2, 0.71, 0.37, 0.54, 0.24, 0.72, 0.39, 0.58],
    'DCDI-G': [0.38, 0.58, 0.48, 0.5, 0.25, 0.49, 0.48, 0.53],
    'DCDI-DSF': [0.37, 0.59, 0.45, 0.51, 0.32, 0.53, 0.43, 0.47],
    DCI: [0.45, 0.73, 0.54, 0.68, 0.34, 0.69, 0.45, 0.62],
    'BaCaDI-E': [0.34, 0.63, 0.49, 0.62, 0.22, 0.64, 0.38, 0.58],
    'BaCaDI-M': [0.28, 0.62, 0.44, 0.59, 0.21, 0.64, 0.38, 0.58],
    'CDN (MLP)': [0.29, 0.53, 0.44, 0.47, 0.33, 0.5, 0.52, 0.56],
    'CDN (axial)': [0.46, 0.68, 0.58, 0.62, 0.81, 0.92, 0.75, 0.77],
  },
};

/** Numbers of targets that Table 4 has. */
export const TABLE_4_TARGETS = [1, 3] as const;

/** As the cells of Table 11. */
const TABLE_8: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'CDN + corr': [
    [0.71, 0.84, 0.32, 0.47, 0.58, 0.74, 0.27, 0.34],
    [0.78, 0.88, 0.35, 0.52, 0.73, 0.84, 0.34, 0.41],
    [0.62, 0.83, 0.25, 0.47, 0.58, 0.81, 0.21, 0.37],
    [0.77, 0.92, 0.29, 0.53, 0.63, 0.83, 0.23, 0.42],
  ],
  'CDN + corr + cov': [
    [0.68, 0.82, 0.39, 0.5, 0.58, 0.71, 0.48, 0.65],
    [0.75, 0.84, 0.34, 0.47, 0.69, 0.79, 0.53, 0.68],
    [0.6, 0.81, 0.31, 0.58, 0.58, 0.8, 0.4, 0.65],
    [0.73, 0.87, 0.36, 0.58, 0.62, 0.82, 0.43, 0.67],
  ],
};

/** Of Tables 8 and 11, by the paper's name; of `CDN + …` Table 8. */
export function publishedOf(cell: Table11Cell, name: string): Published {
  const row = TABLE_8[name];
  if (!row) return publishedTable11(cell)[name];
  const at = TABLE_11_CELLS.findIndex((other) => sameCell(other, cell));
  const [map, auc] = row[Math.floor(at / 4)].slice(2 * (at % 4));
  return { map, auc };
}

/** Of Table 4. */
export function publishedTable4(
  { mechanism, intervention }: Table11Cell,
  targets: (typeof TABLE_4_TARGETS)[number],
  name: string,
): Published {
  const at = 2 * (2 * (mechanism === 'linear' ? 0 : 1) + TABLE_4_TARGETS.indexOf(targets));
  const [map, auc] = TABLE_4[intervention][name].slice(at);
  return { map, auc };
}

/** The better of the paper's two variants, each number by itself. */
export function publishedBest(cell: Table11Cell): Published {
  const variants = PAPER_NAMES.cdn.map((name) => publishedOf(cell, name));
  return {
    map: Math.max(...variants.map(({ map }) => map)),
    auc: Math.max(...variants.map(({ auc }) => auc)),
  };
}

export const sameCell = (a: Table11Cell, b: Table11Cell): boolean =>
  a.nodes === b.nodes &&
  a.edges === b.edges &&
  a.mechanism === b.mechanism &&
  a.intervention === b.intervention;
