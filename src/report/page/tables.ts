/** The tables of the report: summary by method, counts of doubts, and the two that the page's script fills. */
import type { ScoreRow, SummaryRow } from '../../evaluate/scores.js';
import type { Reason } from '../distrust.js';
import { bestRow, medianOf, metrics, middle } from '../metrics.js';
import { count, duration, percent, readable } from '../numbers.js';
import { type Html, html } from './escape.js';
import type { ScoreData } from './score-data.js';

export function summaryTable(summary: readonly SummaryRow[], baselines: readonly string[]): Html {
  const sorted = [...summary].sort((a, b) =>
    a.median_nrmse < b.median_nrmse ? -1 : a.median_nrmse > b.median_nrmse ? 1 : 0,
  );
  const best = new Map(metrics.map((metric) => [metric.key, bestRow(summary, metric)]));
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="Summary by method"><table>
<caption>Medians over held-out pairs, one row a method, least error first; the best of each column in bold. Baselines are marked.</caption>
<thead><tr><th scope="col">Method</th><th scope="col" class="number">Pairs</th>${metrics.map(
    ({ name, better }) => html`<th scope="col" class="number">${name} ${better === 'lower' ? '↓' : '↑'}</th>`,
  )}<th scope="col" class="number">RMSE ↓</th><th scope="col" class="number">Total time</th></tr></thead>
<tbody>${sorted.map(
    (
      row,
    ) => html`<tr${baselines.includes(row.method) && html` class="baseline"`}><th scope="row">${row.method}${
      baselines.includes(row.method) && ' (baseline)'
    }</th><td class="number">${count(row.n)}</td>${metrics.map(
      ({ key }) =>
        html`<td class="number${best.get(key) === row && ' best'}">${readable(medianOf(row, key))}</td>`,
    )}<td class="number">${readable(row.median_rmse, 4)}</td><td class="number">${duration(row.total_seconds)}</td></tr>
`,
  )}</tbody></table></div>`;
}

/** How many predictions of the method each reason holds for, and how wrong those were. */
export function reasonTable(rows: readonly ScoreRow[], reasons: readonly Reason[]): Html {
  const error = (some: readonly ScoreRow[]) => readable(middle(some.map(({ nrmse }) => nrmse)));
  return html`<div class="card scroll" tabindex="0" role="region" aria-label="Reasons for doubt"><table>
<caption>Reasons, the number of pairs they hold for, and the median error with and without them.</caption>
<thead><tr><th scope="col">Mark</th><th scope="col">Meaning</th><th scope="col" class="number">Pairs</th><th scope="col" class="number">Share</th><th scope="col" class="number">Median NRMSE</th><th scope="col" class="number">of the others</th></tr></thead>
<tbody>${reasons.map((reason) => {
    const held = rows.filter(reason.holds);
    const others = rows.filter((row) => !reason.holds(row));
    return html`<tr><th scope="row">${reason.short}</th><td>${reason.meaning}</td><td class="number">${count(held.length)}</td><td class="number">${percent(held.length / rows.length)}</td><td class="number">${error(held)}</td><td class="number">${error(others)}</td></tr>
`;
  })}</tbody></table></div>`;
}

interface Column {
  readonly key: string;
  readonly kind: 'name' | 'number' | 'whole' | 'percent' | 'test' | 'doubts';
  readonly label: string;
}

const columns: readonly Column[] = [
  { key: 'context', kind: 'name', label: 'Context' },
  { key: 'action', kind: 'name', label: 'Action' },
  { key: 'method', kind: 'name', label: 'Method' },
  { key: 'doubts', kind: 'doubts', label: 'Doubts' },
  { key: 'nrmse', kind: 'number', label: 'NRMSE' },
  { key: 'gain', kind: 'percent', label: 'vs baseline' },
  { key: 'cosine', kind: 'number', label: 'Cosine' },
  { key: 'cosine_cellmean', kind: 'number', label: 'Cosine (cell mean)' },
  { key: 'r2', kind: 'number', label: 'R²' },
  { key: 'donors', kind: 'whole', label: 'Donors' },
  { key: 'training_contexts', kind: 'whole', label: 'Learned on' },
  { key: 'tau', kind: 'number', label: 'τ̂' },
  { key: 'rejected', kind: 'test', label: 'Test' },
  { key: 'fallback', kind: 'name', label: 'Fallback' },
];

export interface PairTable {
  readonly id: string;
  readonly caption: string;
  /** Only predictions of the main method with a doubt; without the choice of a method. */
  readonly doubtfulOnly: boolean;
}

/** An empty table with its tools, hidden until the script fills it. */
export function pairTable({ id, caption, doubtfulOnly }: PairTable, { methods, main }: ScoreData): Html {
  const shown = columns.filter(({ key }) => !doubtfulOnly || key !== 'method');
  return html`<section id="${id}" class="card" data-table${doubtfulOnly && html` data-doubtful`} aria-label="${caption}">
<noscript><p>This table needs JavaScript; the same rows are in <code>scores.csv</code>.</p></noscript>
<div class="tools" hidden>
<label>Search <input type="search" placeholder="context, action, fallback, doubt" autocomplete="off"></label>
${
  !doubtfulOnly &&
  html`<label>Method <select class="method"><option value="">all</option>${methods.map(
    (method, i) => html`<option value="${i}"${i === main && html` selected`}>${method}</option>`,
  )}</select></label>`
}
<label>Rows <select class="size"><option>25</option><option>100</option><option>1000</option></select></label>
<span class="pager"><button type="button" aria-label="previous page">←</button> <output aria-live="polite"></output> <button type="button" aria-label="next page">→</button></span>
<button type="button" class="save">Save as CSV</button>
</div>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table hidden><caption>${caption}</caption>
<thead><tr>${shown.map(({ key, kind, label }) => {
    const number = kind === 'number' || kind === 'whole' || kind === 'percent';
    return html`<th scope="col" data-key="${key}" data-kind="${kind}"${number && html` class="number"`}><button type="button">${label}</button></th>`;
  })}</tr></thead><tbody></tbody></table></div>
</section>`;
}
