/** The whole page: one HTML string with style, script, figures and data inside, and no request to anywhere. */
import type { Reason } from '../distrust.js';
import type { FigureGroup, ReportInput } from '../input.js';
import { bestRow, inSentence, medianOf, metrics } from '../metrics.js';
import { count, plural, readable } from '../numbers.js';
import type { Standing } from '../paired.js';
import type { Figure } from '../plots/drawing.js';
import { cosineTrap, type Verdict } from '../verdict.js';
import { type Html, html, scriptJson, trusted } from './escape.js';
import { glossary } from './glossary.js';
import { embeddedRows, scoreData } from './score-data.js';
import { script } from './script.js';
import { style } from './style.js';
import { pairTable, reasonTable, summaryTable } from './tables.js';

/** Everything that the page shows, worked out. */
export interface PageParts {
  readonly input: ReportInput;
  readonly standing: Standing;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly groups: readonly FigureGroup[];
}

/** The browser itself refuses any request that might slip in. */
export const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:";

export function page(parts: PageParts): string {
  const { input, groups } = parts;
  const rows = embeddedRows(input.scores, parts.standing);
  const data = scoreData(rows, parts.standing, parts.reasons);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${input.title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${input.title}</h1>
<p class="soft wide">${input.source} · leave-one-out evaluation of imputed profiles · mechanist ${input.version}</p>
${verdictCard(parts.verdict)}
${warnings(parts)}
${tiles(parts)}
${contents(groups)}
</header>
<main>
<h2 id="asked">What was asked</h2>
${asked(input)}
<h2 id="summary">Summary by method</h2>
${summaryTable(input.summary, input.baselines)}
${groups.map(figureGroup)}
<h2 id="distrust">Where not to trust the method</h2>
${distrust(parts, data)}
<h2 id="pairs">Every held-out pair</h2>
${
  rows.length < input.scores.length &&
  html`<p>${count(rows.length)} of ${plural(input.scores.length, 'row')} are in this page (the method and the best baseline first); <code>scores.csv</code> has all.</p>`
}
${pairTable({ id: 'scores', caption: 'Scores of every held-out pair', doubtfulOnly: false }, data)}
<h2 id="glossary">What the numbers mean</h2>
<div class="card">${glossary()}</div>
<footer>Made by mechanist ${input.version}. This file needs no network and sends nothing anywhere.</footer>
</main>
<script type="application/json" id="scores-data">${trusted(scriptJson(data))}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.markup;
}

function verdictCard({ tone, headline, sentences }: Verdict): Html {
  return html`<div class="card verdict ${tone}"><h2>${headline}</h2>${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div>`;
}

function warnings({ input, standing }: PageParts): Html[] {
  const notes = input.notes.map(
    (note) => html`<div class="card verdict note small"><h3>Note</h3><p>${note}</p></div>`,
  );
  const trap = cosineTrap(input.summary, standing, input.baselines);
  if (!trap) return notes;
  return [
    ...notes,
    html`<div class="card verdict note small" id="control-trap"><h3>The cosine to the control is flattered</h3>
<p>${trap.method}${trap.isBaseline && ', a plain average,'} reaches a median cosine of ${readable(trap.cosine)} against the control, but ${readable(trap.cellmean)} against the mean of the context’s other treated profiles: most of the “effect” is an offset that all treated profiles of a context share.
Either all actions do the same, or the controls were processed in other batches than the treated samples (the DMSO profiles of L1000 are such a case), and then no action caused it. It flatters every estimator that sees the context’s own actions, and averages that lean on the control collapse.
Judge the direction of effects by “Cosine (cell mean)”.</p></div>`,
  ];
}

function tiles({ input: { summary, baselines } }: PageParts): Html {
  const plain = summary.filter(({ method }) => baselines.includes(method));
  return html`<ul class="tiles">${metrics.map((metric) => {
    const best = bestRow(summary, metric);
    const baseline = bestRow(plain, metric);
    const against = baseline && baseline !== best;
    return html`<li class="card"><span class="soft">Best median ${inSentence(metric.name)}</span><b>${best ? readable(medianOf(best, metric.key)) : '–'}</b><span class="soft">${
      best ? best.method : `not defined: ${metric.undefinedWhen}`
    }${against && ` · best baseline ${readable(medianOf(baseline, metric.key))} (${baseline.method})`}</span></li>`;
  })}</ul>`;
}

function contents(groups: readonly FigureGroup[]): Html {
  const entries = [
    ['asked', 'What was asked'],
    ['summary', 'Summary'],
    ...groups.map(({ id, heading }) => [id, heading]),
    ['distrust', 'Where not to trust it'],
    ['pairs', 'Every pair'],
    ['glossary', 'Glossary'],
  ] as const;
  return html`<nav aria-label="Contents"><ul>${entries.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`)}</ul></nav>`;
}

function asked(input: ReportInput): Html {
  const { tensor } = input;
  const entries: (readonly [string, Html | string])[] = [
    ['File', input.source],
    [
      'Understood as',
      html`${input.understood.map((sentence, i) => html`${i > 0 && html`<br>`}${sentence}`)}`,
    ],
    [
      'Screen',
      `${plural(tensor.nContexts, 'context')} × ${plural(tensor.nActions, 'action')} × ${plural(tensor.nGenes, 'gene')}; ` +
        `${plural(tensor.nPairs, 'pair')} measured, ${count(tensor.nContexts * tensor.nActions - tensor.nPairs)} missing; ` +
        (tensor.control < 0 ? 'no control' : `control ${tensor.actions[tensor.control]}`),
    ],
    ['Methods', input.summary.map(({ method }) => method).join(', ')],
    ['Options', input.options],
    ['Seed', String(input.seed)],
    ['Version', `mechanist ${input.version}`],
  ];
  if (input.command) entries.push(['Command', html`<code>${input.command}</code>`]);
  return html`<div class="card"><dl>${entries.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl></div>`;
}

function figureGroup({ id, heading, intro, figures }: FigureGroup): Html {
  return html`<h2 id="${id}">${heading}</h2>
<p class="soft">${intro}</p>
<div class="figures">${figures.map(figure)}</div>
`;
}

export function figure({ stem, title, svg, caption }: Figure): Html {
  // the name space is only needed in files of their own; HTML parsers know what <svg> is
  const drawn = svg && trusted(svg.replace(' xmlns="http://www.w3.org/2000/svg"', ''));
  return html`<figure id="${stem}" class="card"><h3><span>${title}</span></h3>${drawn}<figcaption>${caption}</figcaption></figure>
`;
}

function distrust({ standing, reasons }: PageParts, data: ReturnType<typeof scoreData>): Html {
  const { main, pairs } = standing;
  if (!main || pairs.length === 0) return html`<p>Nothing was predicted.</p>`;
  const rows = pairs.map((pair) => pair.main);
  const held = reasons.filter((reason) => rows.some(reason.holds));
  if (held.length === 0) {
    return html`<p>No held-out pair of ${main.method} gives a reason for doubt: no rejection by the test, no fallback, none worse than the best baseline.</p>`;
  }
  const doubtful = rows.filter((row) => held.some((reason) => reason.holds(row))).length;
  return html`<p>${count(doubtful)} of ${plural(rows.length, 'held-out pair')} of ${main.method} carry at least one mark. “Worse than baseline” and “NRMSE ≥ 1” are known only because the truth is; for a missing pair, go by the other marks.</p>
${reasonTable(rows, held)}
${pairTable({ id: 'doubtful-pairs', caption: `Pairs where ${main.method} should not be trusted, and why`, doubtfulOnly: true }, data)}`;
}
