/** Tables of the page: what latents are made of, who shares them, what combinations do. */
import { plural, readable } from '../numbers.js';
import { type Html, html } from '../page/escape.js';
import { LARGEST_Q } from './genes.js';
import type { RepresentationReportInput } from './input.js';
import { edgesOf } from './verdict.js';

/** Rows that the page shows; the files have all. */
const MOST_ROWS = 25;
const GENES = 12;
const SETS = 3;

export function latentTable(input: RepresentationReportInput): Html | null {
  const { explained, sets, variance, graph, latent: nLatents, rows } = input;
  if (explained.length === 0) return null;
  const { untouched } = edgesOf(input);
  const idle = new Set(untouched);
  const edgesTo = (j: number) =>
    graph ? rows.filter((_, i) => graph.probability[i * nLatents + j] > 0.5).map(({ name }) => name) : [];
  return table(
    'Latents',
    'What each latent reads and who shifts it. Genes by integrated gradients: ↑ more of it raises the latent, ↓ lowers it.',
    ['Latent', 'Shifted by', 'Genes', 'Gene sets', 'Posterior variance', 'Gap'],
    explained.map(({ latent, top, gap }, i) => {
      const found = sets?.tests.filter(({ list, q }) => list === i && q <= LARGEST_Q).slice(0, SETS) ?? [];
      return [
        String(latent),
        idle.has(latent) || !graph ? '–' : shortList(edgesTo(latent), 6),
        top
          .slice(0, GENES)
          .map(({ gene, attribution, change }) => `${gene} ${attribution * change > 0 ? '↑' : '↓'}`)
          .join(', '),
        found.map(({ set, q }) => `${set} (q ${readable(q, 2)})`).join(', ') || '–',
        readable(variance[latent], 2),
        readable(gap, 2),
      ];
    }),
    2,
  );
}

export function sharedTable({ shared, rows }: RepresentationReportInput): Html | null {
  if (shared.length === 0) return null;
  return table(
    'Perturbations that share latents',
    `Pairs with an edge to the same latent, those with most in common first: the smaller of their shifts, summed over shared latents; ${more(shared.length, 'pair', 'shared-latents.csv')}`,
    ['A', 'B', 'Shared latents', 'In common', 'Overlap of edges', 'Cosine of shifts'],
    shared
      .slice(0, MOST_ROWS)
      .map(({ a, b, latents, common, jaccard, cosine }) => [
        rows[a].name,
        rows[b].name,
        latents.join(', '),
        readable(common, 2),
        readable(jaccard, 2),
        readable(cosine, 2),
      ]),
    3,
  );
}

export function interactionTable({ interactions, interactionNames }: RepresentationReportInput): Html | null {
  if (interactions.length === 0) return null;
  const kinds = [...new Set(interactions.map(({ kind }) => kind))]
    .map((kind) => ({ kind, n: interactions.filter((one) => one.kind === kind).length }))
    .sort((a, b) => b.n - a.n);
  return table(
    'Interactions',
    `${kinds.map(({ kind, n }) => `${n} ${kind}`).join(', ')}. Share of the combination’s squared shift that A, B and their sum explain; ` +
      `${more(interactions.length, 'combination', 'interactions.csv')}`,
    ['Combination', 'Kind', 'A explains', 'B explains', 'Sum explains', 'Scale', 'New latents'],
    interactions
      .slice(0, MOST_ROWS)
      .map(({ combination, kind, explained: [a, b, sum], scale, novel }) => [
        interactionNames[combination],
        kind,
        ...[a, b, sum, scale].map((value) => readable(value, 2)),
        novel.join(', ') || '–',
      ]),
    2,
  );
}

export function comparisonTable({ comparison }: RepresentationReportInput): Html | null {
  if (comparison.length < 2) return null;
  const nats = (value: number) => (Number.isFinite(value) ? value.toFixed(2).replace('-', '−') : '–');
  return table(
    'Models on the same cells',
    'Nats a cell, higher is better: lower bounds of the log-likelihood, exact of the mean profile.',
    ['Model', 'Validation cells', 'Held-out perturbations'],
    comparison.map((row) => [row.model, nats(row.validation_elbo), nats(row.held_out_bound)]),
    1,
  );
}

const more = (n: number, what: string, file: string) =>
  n > MOST_ROWS ? `${MOST_ROWS} of ${plural(n, what)}, all are in ${file}.` : `also in ${file}.`;

const shortList = (names: readonly string[], limit: number) =>
  names.slice(0, limit).join(', ') + (names.length > limit ? ` and ${names.length - limit} more` : '');

/** The first `texts` columns are text, numbers after them unless they hold letters. */
function table(
  label: string,
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number,
): Html {
  const isNumber = columns.map((_, k) => k >= texts && rows.every((row) => /^[−\d.,e–-]*$/.test(row[k])));
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="${label}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((name, k) => html`<th scope="col"${isNumber[k] && html` class="number"`}>${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map(
      (cell, k) => html`<td${isNumber[k + 1] && html` class="number"`}>${cell}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>`;
}
