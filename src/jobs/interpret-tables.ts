/** The tables of an interpretation, as CSV. */
import type { SetTests } from '../evaluate/index.js';
import type { ExplainedLatent } from '../report/index.js';
import {
  type Attributions,
  expectedShifts,
  type Interaction,
  isEdge,
  type MechanismGraph,
  type SharedLatents,
} from '../represent/index.js';
import { csvText } from './score-tables.js';

/** Between the entries of a list in one field. */
const list = (entries: readonly (string | number)[]) => entries.join(' ');

export function genesCsv(explained: readonly ExplainedLatent[]): string {
  const rows = explained.flatMap(({ latent, top }) =>
    top.map(({ gene, attribution, change }, k) => ({ latent, gene, attribution, rank: k + 1, change })),
  );
  return csvText(['latent', 'gene', 'attribution', 'rank', 'change'], rows);
}

export function geneSetsCsv({ tests }: SetTests, explained: readonly ExplainedLatent[]): string {
  const rows = tests.map(({ list: of, genes, ...test }) => ({
    latent: explained[of].latent,
    ...test,
    genes: list(genes),
  }));
  return csvText(['latent', 'set', 'size', 'overlap', 'expected', 'p', 'q', 'genes'], rows);
}

/** One row a latent: who shifts it, how much cells tell of it, how well its attributions add up. */
export function latentsCsv(
  { baseline, latents }: Attributions,
  variance: Float64Array,
  edges: readonly (readonly string[])[],
): string {
  const rows = latents.map(({ latent, cells, rise, gap, steps }) => ({
    latent,
    edges: edges[latent].length,
    perturbations: list(edges[latent]),
    posterior_variance: variance[latent],
    baseline,
    cells,
    rise,
    gap,
    steps,
  }));
  const columns = ['latent', 'edges', 'perturbations', 'posterior_variance'] as const;
  return csvText([...columns, 'baseline', 'cells', 'rise', 'gap', 'steps'], rows);
}

export interface EffectRow {
  readonly name: string;
  readonly kind: string;
  readonly cells: number;
}

/** One row a perturbation: how many latents it shifts, how far, and which. */
export function effectsCsv(rows: readonly EffectRow[], graph: MechanismGraph, latent: number): string {
  const expected = expectedShifts(graph);
  const effects = rows.map(({ name, kind, cells }, i) => {
    const own = Array.from(graph.probability.subarray(i * latent, (i + 1) * latent));
    const targets = [...own.keys()].filter((j) => isEdge(own[j]));
    const size = Math.hypot(...expected.subarray(i * latent, (i + 1) * latent));
    return { perturbation: name, kind, cells, targets: targets.length, size, latents: list(targets) };
  });
  return csvText(['perturbation', 'kind', 'cells', 'targets', 'size', 'latents'], effects);
}

export function sharedCsv(pairs: readonly SharedLatents[], names: readonly string[]): string {
  const rows = pairs.map(({ a, b, latents, common, jaccard, cosine }) => ({
    a: names[a],
    b: names[b],
    shared: latents.length,
    latents: list(latents),
    common,
    jaccard,
    cosine,
  }));
  return csvText(['a', 'b', 'shared', 'latents', 'common', 'jaccard', 'cosine'], rows);
}

export function interactionsCsv(found: readonly Interaction[], names: readonly string[]): string {
  const rows = found.map(({ combination, a, b, kind, cosines, explained, scale, novel, lost }) => ({
    combination: names[combination],
    a: names[a],
    b: names[b],
    kind,
    cosine_a: cosines[0],
    cosine_b: cosines[1],
    cosine_sum: cosines[2],
    explained_a: explained[0],
    explained_b: explained[1],
    explained_sum: explained[2],
    scale,
    novel: list(novel),
    lost: list(lost),
  }));
  const first = ['combination', 'a', 'b', 'kind', 'cosine_a', 'cosine_b', 'cosine_sum'] as const;
  return csvText([...first, 'explained_a', 'explained_b', 'explained_sum', 'scale', 'novel', 'lost'], rows);
}
