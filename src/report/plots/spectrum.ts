/** Singular values of the measured profiles, with the rank that holds 95 % of the energy: Fig. 5a. */
import { rankAtEnergy } from '../../stats/index.js';
import { count, plural } from '../numbers.js';
import type { Drawing, Figure } from './drawing.js';
import { palette } from './theme.js';

const ENERGY = 0.95;
const MAX_DOTS = 200;

/** `singular`: falling singular values of `nProfiles` × `nGenes` profiles, `nSampled` of them looked at. */
export function spectrumFigure(
  drawing: Drawing,
  singular: Float64Array,
  shape: { readonly nProfiles: number; readonly nSampled: number; readonly nGenes: number },
): Figure {
  const stem = 'spectrum';
  const title = 'Spectrum of the profiles';
  const positive = singular.filter((value) => value > 0);
  if (positive.length < 2) {
    const caption =
      'The profiles have fewer than two singular values above zero, so there is no spectrum to show.';
    return { stem, title, svg: null, caption };
  }
  const rank = rankAtEnergy(singular, ENERGY);
  const shown = positive.subarray(0, Math.max(MAX_DOTS, Math.min(positive.length, rank + 20)));
  const dots = Array.from(shown, (value, i) => ({ number: i + 1, value }));
  const { Plot } = drawing;
  const svg = drawing.svg(`${title}: rank ${rank} at 95 % of the energy`, {
    height: 280,
    marginLeft: 70,
    marginRight: 16,
    marginTop: 24,
    marginBottom: 42,
    x: {
      label: 'number of the singular value',
      labelAnchor: 'center',
      domain: [0.5, shown.length + 0.5],
      ticks: 8,
      tickFormat: wholeTick,
    },
    y: { type: 'log', label: 'singular value', ticks: 5, tickFormat: '~s' },
    marks: [
      Plot.gridY({ strokeOpacity: 0.12, ticks: 5 }),
      Plot.ruleX([rank], { stroke: palette.vermillion, strokeDasharray: '4 3', strokeWidth: 1.5 }),
      Plot.line(dots, { x: 'number', y: 'value', stroke: palette.blue, strokeWidth: 1.5, marker: null }),
      Plot.dot(dots.slice(0, 60), { x: 'number', y: 'value', fill: palette.blue, r: 2 }),
      Plot.text([rank], {
        x: (r: number) => r,
        frameAnchor: 'top',
        dy: 6,
        dx: rank > shown.length * 0.7 ? -6 : 6,
        textAnchor: rank > shown.length * 0.7 ? 'end' : 'start',
        text: () => `95 % of the energy: rank ${rank}`,
        fill: palette.vermillion,
      }),
    ],
  });
  const { nProfiles, nSampled, nGenes } = shape;
  const sampled = nSampled < nProfiles ? `, from a sample of ${count(nSampled)} of them` : '';
  const cut =
    shown.length < positive.length ? ` The first ${shown.length} of ${positive.length} are shown.` : '';
  const caption =
    `Singular values of the ${plural(nProfiles, 'profile')} × ${plural(nGenes, 'gene')}${sampled}, not centred, on a log scale. ` +
    `${plural(rank, 'value holds', 'values hold')} 95 % of the sum of squares. A rank far below the number of profiles ` +
    `is what the factor model behind synthetic interventions assumes.${cut}`;
  return { stem, title, svg, caption };
}

const wholeTick = (value: number) => (Number.isInteger(value) ? count(value) : '');
