/** The page of a replay: what choosing experiments would have saved on this screen. */
import { type ReplayRow, type Saving, savings, strategies } from '../design/index.js';
import type { Report } from './input.js';
import { percent, plural } from './numbers.js';
import { type Html, html, trusted } from './page/escape.js';
import { figure, policy } from './page/page.js';
import { style } from './page/style.js';
import { designCurve } from './plots/design-curve.js';
import { loadDrawing } from './plots/drawing.js';

export interface DesignReportInput {
  /** Name of the file that the screen came from. */
  readonly source: string;
  readonly version: string;
  /** Sentences on what was understood of the file. */
  readonly understood: readonly string[];
  readonly rows: readonly ReplayRow[];
  /** Whose error is shown: 'the pairs still hidden', or 'the 30 test pairs'. */
  readonly what: string;
}

/** One page and one figure. Touches no file; the same input gives the same bytes. */
export async function buildDesignReport(input: DesignReportInput): Promise<Report> {
  const { source, version, understood, rows, what } = input;
  const drawn = designCurve(await loadDrawing(), rows, what);
  const title = 'Experiments to run next: a replay';
  const page: Html = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="soft wide">${source} · mechanist ${version}</p>
<div class="card">${savingsOf(rows).map((saving) => html`<p>${savingSentence(saving)}</p>`)}</div>
</header>
<main>
<div class="figures">${figure(drawn)}</div>
<h2>How to read it</h2>
<p>Most of the measured pairs were hidden and came back in the order that each strategy chose, the model being learned again every few experiments. <code>expected-error</code> chooses what lowers the expected error of everything not measured most, <code>most-uncertain</code> what is least known itself, <code>random</code> anything. <code>replay.csv</code> has every point.</p>
<h2>What was understood</h2>
<ul>${understood.map((sentence) => html`<li>${sentence}</li>`)}</ul>
<footer>Made by mechanist ${version}. This file needs no network and sends nothing anywhere.</footer>
</main>
</body>
</html>
`;
  return { html: page.markup, figures: new Map(drawn.svg === null ? [] : [[drawn.stem, drawn.svg]]) };
}

/** Of every strategy but the random one. */
const savingsOf = (rows: readonly ReplayRow[]) =>
  strategies.filter((strategy) => strategy !== 'random').flatMap((strategy) => savings(rows, strategy));

/** “expected-error reaches the error of 120 random experiments (0.416) with 68 % of them (seeds: 55 to 76 %)”. */
export function savingSentence({ strategy, experiments, error, share, shares }: Saving): string {
  const of = `the error of ${plural(experiments, 'random experiment')} (${error.toFixed(3)})`;
  if (Number.isNaN(share)) return `${strategy} does not reach ${of}.`;
  const reached = shares.filter((value) => !Number.isNaN(value));
  const range =
    shares.length < 2 || reached.length === 0
      ? ''
      : ` (seeds: ${percent(Math.min(...reached))} to ${percent(Math.max(...reached))}` +
        `${reached.length < shares.length ? `, ${shares.length - reached.length} not at all` : ''})`;
  return `${strategy} reaches ${of} with ${percent(share)} of them${range}.`;
}
