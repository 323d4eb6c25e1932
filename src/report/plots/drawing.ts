/**
 * From Plot options to an SVG string, without a browser.
 *
 * Observable Plot draws into any document; here it is linkedom's. `linkedom/worker` is the same library bundled
 * in one file, which loads five times faster than its 150 modules. Both are loaded at the first figure.
 */
import type * as PlotModule from '@observablehq/plot';
import { escapeHtml } from '../page/escape.js';
import { fontFamily, fontSize, width } from './theme.js';

/** Names of all figures there can be: file names without extension, and anchors in the page. */
export const figureStems = [
  'nrmse-by-method',
  'cosine-by-method',
  'cosine-cellmean-by-method',
  'r2-by-method',
  'improvement',
  'seconds-by-method',
  'difficulty-by-context',
  'difficulty-by-action',
  'tau',
  'nrmse-by-tau',
  'donor-grid',
  'coverage',
  'regime-action',
  'regime-context',
  'design-curve',
  'availability',
  'spectrum',
  'umap',
  'actions-per-context',
  'contexts-per-action',
  'shift-map',
  'targets',
  'effect-sizes',
  'interactions',
  'top-genes',
  'gene-sets',
  'latent-map',
  'edge-reliability',
  'training-curves',
] as const;
export type FigureStem = (typeof figureStems)[number];

/** One figure of the report. */
export interface Figure {
  readonly stem: FigureStem;
  readonly title: string;
  /** `null` when it cannot be drawn; the caption then says why. */
  readonly svg: string | null;
  /** Plain text: what is drawn and how to read it. */
  readonly caption: string;
}

export interface Drawing {
  readonly Plot: typeof PlotModule;
  /** An element of the drawing document, for marks that draw themselves. */
  element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement;
  /** `title` becomes the accessible name: what the figure shows, in one line. */
  svg(title: string, options: PlotModule.PlotOptions): string;
}

const SVG = 'http://www.w3.org/2000/svg';

export async function loadDrawing(): Promise<Drawing> {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom/worker')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return {
    Plot,
    element(name, attributes) {
      const made = document.createElementNS(SVG, name) as SVGElement;
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
      return made;
    },
    svg(title, options) {
      // Plot sets an axis label for letters of 10 pixels; these are larger and would lose their descenders
      const x = { labelOffset: 36, ...options.x };
      const figure = Plot.plot({ document, width, ...options, x });
      return standalone(figure as unknown as SVGElement, title);
    },
  };
}

/** Makes Plot's element a file of its own: name space, role and name, font, white paper, dark ink. */
function standalone(figure: SVGElement, title: string): string {
  figure.querySelector('style')?.remove();
  figure.removeAttribute('class');
  figure.setAttribute('font-family', fontFamily);
  figure.setAttribute('font-size', String(fontSize));
  const opening = `<svg xmlns="${SVG}" role="img" aria-label="${escapeHtml(title)}" color="#1b1f24" style="background:#fff" `;
  // Texts are escaped, so a tag is what stands between < and >; digits in names are left alone.
  const drawn = figure.outerHTML.replace(/<[^<>]*>/g, shortNumbers);
  return drawn.replace(/^<svg /, opening).replace(unwritable, '\uFFFD');
}

/** A hundredth of a pixel is more than anyone sees; a third of the file is digits beyond it. */
function shortNumbers(tag: string): string {
  return tag.replace(/(\d+\.\d\d)\d+/g, '$1');
}

/** What XML has no way to write: control characters, halves of surrogate pairs, two non-characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const unwritable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Surrogate}]/gu;
