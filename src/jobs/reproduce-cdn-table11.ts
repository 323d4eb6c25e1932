/** Table 11 of the paper on causal differential networks: its cells, and what it reports for them. */

export interface Table11Cell {
  readonly nodes: number;
  readonly edges: number;
  readonly mechanism: 'linear' | 'polynomial';
  readonly intervention: 'hard' | 'scale';
}

const SIZES = [
  [10, 10],
  [10, 20],
  [20, 20],
  [20, 40],
] as const;

/** In the order of the table: by nodes and edges, then along a row. */
export const TABLE_11_CELLS: readonly Table11Cell[] = SIZES.flatMap(([nodes, edges]) =>
  (['linear', 'polynomial'] as const).flatMap((mechanism) =>
    (['hard', 'scale'] as const).map((intervention) => ({ nodes, edges, mechanism, intervention })),
  ),
);

type Published = readonly (readonly number[])[];

/** mAP and AUC of each cell, a row of four cells for each size, as printed. */
const TABLE_11: Readonly<Record<string, Published>> = {
  'UT-IGSP': [
    [0.29, 0.57, 0.3, 0.63, 0.33, 0.59, 0.32, 0.64],
    [0.28, 0.56, 0.26, 0.59, 0.28, 0.58, 0.27, 0.6],
    [0.15, 0.54, 0.18, 0.65, 0.2, 0.6, 0.21, 0.67],
    [0.14, 0.57, 0.14, 0.61, 0.2, 0.62, 0.19, 0.65],
  ],
  'DCDI-G': [
    [0.39, 0.52, 0.4, 0.51, 0.38, 0.49, 0.36, 0.49],
    [0.42, 0.54, 0.4, 0.51, 0.4, 0.53, 0.39, 0.51],
    [0.24, 0.49, 0.22, 0.49, 0.22, 0.5, 0.22, 0.49],
    [0.22, 0.49, 0.21, 0.48, 0.22, 0.49, 0.22, 0.5],
  ],
  'DCDI-DSF': [
    [0.36, 0.51, 0.4, 0.53, 0.37, 0.5, 0.38, 0.49],
    [0.41, 0.52, 0.39, 0.52, 0.39, 0.51, 0.39, 0.5],
    [0.24, 0.5, 0.23, 0.5, 0.22, 0.5, 0.2, 0.48],
    [0.21, 0.46, 0.21, 0.47, 0.23, 0.5, 0.21, 0.49],
  ],
  DCI: [
    [0.55, 0.79, 0.5, 0.7, 0.47, 0.71, 0.41, 0.67],
    [0.59, 0.78, 0.57, 0.77, 0.68, 0.82, 0.65, 0.84],
    [0.43, 0.77, 0.45, 0.75, 0.48, 0.76, 0.5, 0.79],
    [0.6, 0.85, 0.5, 0.77, 0.56, 0.81, 0.59, 0.84],
  ],
  'BaCaDI-E': [
    [0.26, 0.61, 0.42, 0.63, 0.25, 0.61, 0.3, 0.61],
    [0.34, 0.68, 0.53, 0.71, 0.33, 0.72, 0.64, 0.78],
    [0.14, 0.61, 0.25, 0.6, 0.22, 0.76, 0.3, 0.74],
    [0.23, 0.7, 0.33, 0.67, 0.29, 0.83, 0.45, 0.78],
  ],
  'BaCaDI-M': [
    [0.23, 0.56, 0.37, 0.62, 0.22, 0.56, 0.3, 0.61],
    [0.27, 0.63, 0.48, 0.71, 0.27, 0.64, 0.59, 0.77],
    [0.12, 0.58, 0.17, 0.6, 0.14, 0.66, 0.22, 0.71],
    [0.15, 0.64, 0.19, 0.63, 0.17, 0.7, 0.31, 0.77],
  ],
  'CDN (MLP)': [
    [0.73, 0.86, 0.33, 0.5, 0.61, 0.77, 0.39, 0.51],
    [0.78, 0.88, 0.38, 0.56, 0.8, 0.89, 0.38, 0.48],
    [0.67, 0.87, 0.28, 0.54, 0.6, 0.84, 0.34, 0.51],
    [0.78, 0.92, 0.29, 0.56, 0.72, 0.88, 0.36, 0.58],
  ],
  'CDN (axial)': [
    [0.73, 0.85, 0.48, 0.64, 0.62, 0.77, 0.73, 0.82],
    [0.74, 0.86, 0.44, 0.6, 0.77, 0.88, 0.54, 0.65],
    [0.65, 0.86, 0.49, 0.72, 0.58, 0.83, 0.65, 0.81],
    [0.74, 0.9, 0.38, 0.65, 0.68, 0.87, 0.64, 0.79],
  ],
};

/** What the paper has for a cell, by its method's name. */
export function publishedTable11(cell: Table11Cell): Record<string, { map: number; auc: number }> {
  const at = TABLE_11_CELLS.findIndex((other) => JSON.stringify(other) === JSON.stringify(cell));
  const [row, column] = [Math.floor(at / 4), 2 * (at % 4)];
  return Object.fromEntries(
    Object.entries(TABLE_11).map(([method, rows]) => [
      method,
      { map: rows[row][column], auc: rows[row][column + 1] },
    ]),
  );
}
