/** The page of a representation: what its latents are, which perturbation shifts which, and how far to trust it. */
import type { Report } from '../input.js';
import { count, percent, plural } from '../numbers.js';
import { type Html, html, trusted } from '../page/escape.js';
import { figure, policy } from '../page/page.js';
import { style } from '../page/style.js';
import { type Figure, loadDrawing } from '../plots/drawing.js';
import { effectFigures } from './effects.js';
import { geneSetMap, topGenes } from './genes.js';
import type { RepresentationReportInput } from './input.js';
import { latentMap } from './latent-map.js';
import { interactionMap, shiftMap } from './shift-map.js';
import { comparisonTable, interactionTable, latentTable, sharedTable } from './tables.js';
import { reliabilityFigure, trainingCurves } from './trust.js';
import { CALIBRATED, edgesOf, representationDoubts, representationVerdict } from './verdict.js';

interface Section {
  readonly id: string;
  readonly heading: string;
  readonly intro: string;
  readonly figures: readonly (Figure | null)[];
  readonly tables: readonly (Html | null)[];
}

/** Draws every figure and writes the page. Touches no file; the same input gives the same bytes. */
export async function buildRepresentationReport(input: RepresentationReportInput): Promise<Report> {
  const sections = (await sectionsOf(input)).filter(
    ({ figures, tables }) => figures.some(Boolean) || tables.some(Boolean),
  );
  const figures = new Map<string, string>();
  for (const one of sections.flatMap((section) => section.figures)) {
    if (one?.svg) figures.set(one.stem, one.svg);
  }
  return { html: page(input, sections), figures };
}

async function sectionsOf(input: RepresentationReportInput): Promise<Section[]> {
  const drawing = await loadDrawing();
  return [
    {
      id: 'graph',
      heading: 'Which perturbation shifts which latent?',
      intro:
        'A latent is a number that every cell has; a perturbation is taken to shift few of them. Perturbations that shift ' +
        'the same latents work through the same mechanism.',
      figures: [shiftMap(drawing, input), ...effectFigures(drawing, input)],
      tables: [sharedTable(input)],
    },
    {
      id: 'latents',
      heading: 'What are the latents?',
      intro:
        'Integrated gradients share the change of a latent, from the untreated cell to the perturbed ones, among the genes ' +
        'that the encoder reads it from.',
      figures: [topGenes(drawing, input), geneSetMap(drawing, input), await latentMap(drawing, input)],
      tables: [latentTable(input)],
    },
    {
      id: 'interactions',
      heading: 'Do combinations do what their parts do?',
      intro: 'The shift of each combination against those of its parts and their sum.',
      figures: [interactionMap(drawing, input)],
      tables: [interactionTable(input)],
    },
    {
      id: 'training',
      heading: 'How good is the model?',
      intro: 'The course of the training, and the model beside others.',
      figures: [
        trainingCurves(drawing, input),
        input.calibration && reliabilityFigure(drawing, input.calibration),
      ],
      tables: [comparisonTable(input)],
    },
  ];
}

function page(input: RepresentationReportInput, sections: readonly Section[]): string {
  const { source, version, model, understood } = input;
  const title = 'Latents and the perturbations that shift them';
  const { tone, headline, sentences } = representationVerdict(input);
  return html`<!doctype html>
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
<p class="soft wide">${source} · ${model} · mechanist ${version}</p>
<div class="card verdict ${tone}"><h2>${headline}</h2>${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div>
${tiles(input)}
<nav aria-label="Contents"><ul>${[...sections, { id: 'distrust', heading: 'What not to trust' }].map(
    ({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>`,
  )}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, heading, intro, figures, tables }) => html`<h2 id="${id}">${heading}</h2>
<p class="soft">${intro}</p>
<div class="figures">${figures.map((one) => one && figure(one))}</div>
${tables}
`,
)}<h2 id="distrust">What not to trust</h2>
<ul>${representationDoubts(input).map((sentence) => html`<li>${sentence}</li>`)}</ul>
<h2 id="understood">What was understood</h2>
<ul>${understood.map((sentence) => html`<li>${sentence}</li>`)}</ul>
${input.command && html`<p><code>${input.command}</code></p>`}
<p class="soft">Models: R. Lopez et al., “Learning Causal Representations of Single Cells via Sparse Mechanism Shift Modeling”, CLeaR 2023. Integrated gradients: M. Sundararajan et al., ICML 2017.</p>
<footer>Made by mechanist ${version}. This file needs no network and sends nothing anywhere.</footer>
</main>
</body>
</html>
`.markup;
}

function tiles(input: RepresentationReportInput): Html {
  const { edges, expectedFalse, untouched } = edgesOf(input);
  const shown: [string, string, string][] = [
    ['Cells', count(input.labels.length), `${plural(input.genes, 'gene')}`],
    ['Perturbations', count(input.rows.length), `${plural(input.latent, 'latent')}`],
  ];
  if (input.graph) {
    const rate = edges > 0 && input.model === CALIBRATED ? percent(expectedFalse / edges) : 'not known';
    shown.push(['Edges', count(edges), `expected to be false: ${rate}`]);
    shown.push(['Latents that are shifted', count(input.latent - untouched.length), `of ${input.latent}`]);
  }
  return html`<ul class="tiles">${shown.map(
    ([name, value, about]) =>
      html`<li class="card"><span class="soft">${name}</span><b>${value}</b><span class="soft">${about}</span></li>`,
  )}</ul>`;
}
