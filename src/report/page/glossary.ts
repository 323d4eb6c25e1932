/** What the words and numbers of the report mean. */
import { metrics } from '../metrics.js';
import { type Html, html } from './escape.js';

const terms: readonly (readonly [string, string])[] = [
  [
    'context, action, control',
    'the cell type or cell line; what was done to it; the action that means untreated.',
  ],
  [
    'held-out pair',
    'a measured (context, action) whose profile was hidden, predicted from all others, and compared with the measurement. All numbers here come from such pairs.',
  ],
  [
    'baseline',
    'a plain average that needs no method. A method that is not clearly better than the best of them has learned nothing that the average does not know.',
  ],
  [
    'donors, learned on',
    'a synthetic intervention is a weighted sum of donor profiles: for si-a other actions of the same context, with weights learned on other contexts; for si-c the same action in other contexts, with weights learned on other actions.',
  ],
  [
    'τ̂ (subspace inclusion)',
    'the share of the row space of the donors in the target’s context that lies outside the row space that the weights were learned on: 0 the target looks like the training data, 1 nothing is shared. The test rejects at ρ.',
  ],
  [
    'fallback',
    'the plain average that answered where the method could not, for instance for an action seen nowhere else.',
  ],
  [
    'vs baseline',
    '1 − NRMSE of the method / NRMSE of the best baseline on the same pair; positive is less error.',
  ],
  ['RMSE', '√( Σ (x̂ − x)² / p ) over the p genes, in the units of the file.'],
];

export function glossary(): Html {
  return html`<dl>
${metrics.map(
  ({ name, asks, formula, undefinedWhen }) =>
    html`<dt>${name}</dt><dd>${asks}<br><code>${formula}</code><br><span class="soft">No value when ${undefinedWhen}.</span></dd>
`,
)}${terms.map(
  ([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>
`,
)}</dl>
<p class="soft">Method and measures: C. Squires, D. Shen, A. Agarwal, D. Shah, C. Uhler, “Causal Imputation via Synthetic Interventions”, CLeaR 2022.</p>`;
}
