/** Figures of how far to trust a training: its course, and edges against the truth where that is known. */
import type { EdgeCalibration } from '../../evaluate/index.js';
import { plural, readable } from '../numbers.js';
import type { Drawing, Figure } from '../plots/drawing.js';
import { palette } from '../plots/theme.js';
import type { RepresentationReportInput } from './input.js';

/** Epochs of this share of the beginning are not drawn where they lie below all later ones. */
const BEGINNING = 0.1;

export function trainingCurves(
  drawing: Drawing,
  { history }: Pick<RepresentationReportInput, 'history'>,
): Figure {
  const [stem, title] = ['training-curves', 'Course of the training'] as const;
  const series = [
    { column: 'train.elbo', name: 'cells that train', ink: palette.sky },
    { column: 'valid.elbo', name: 'validation cells', ink: palette.blue },
  ];
  const points = series.flatMap(({ column, name }) =>
    history
      .filter((row) => Number.isFinite(row[column]))
      .map((row) => ({ epoch: row.epoch, value: row[column], name })),
  );
  if (points.length === 0) return { stem, title, svg: null, caption: 'No epoch was trained.' };
  const last = Math.max(...points.map(({ epoch }) => epoch));
  const later = points.filter(({ epoch }) => epoch > BEGINNING * last);
  const values = later.map(({ value }) => value);
  const lowest = Math.min(...values);
  const { Plot } = drawing;
  const ends = series.flatMap(({ column, name }) => {
    const row = history.findLast((one) => Number.isFinite(one[column]));
    return row ? `${name}: ${readable(row[column], 5)}` : [];
  });
  const svg = drawing.svg(`${title}; at the end ${ends.join(', ')}`, {
    height: 300,
    marginLeft: 70,
    marginRight: 16,
    marginTop: 16,
    marginBottom: 42,
    x: { label: 'epoch', labelAnchor: 'center' },
    y: { label: 'bound (nats a cell)', domain: [lowest, Math.max(...values)], nice: true },
    marks: [
      Plot.gridY({ strokeOpacity: 0.12 }),
      ...series.map(({ name, ink }) =>
        Plot.line(
          points.filter((one) => one.name === name && one.value >= lowest),
          { x: 'epoch', y: 'value', stroke: ink, strokeWidth: 2 },
        ),
      ),
      series
        .filter(({ name }) => points.some((one) => one.name === name))
        .map(({ name, ink }, k) =>
          Plot.text([name], {
            frameAnchor: 'bottom-right',
            dy: -16 * k - 4,
            dx: -4,
            fill: ink,
            fontWeight: 'bold',
          }),
        ),
    ],
  });
  const caption =
    `Lower bound of the log-likelihood, higher is better. At the end ${ends.join('; ')}. A validation curve that ` +
    'falls while the other rises is overfitting.';
  return { stem, title, svg, caption };
}

export function reliabilityFigure(drawing: Drawing, calibration: EdgeCalibration): Figure {
  const [stem, title] = ['edge-reliability', 'Are the probabilities of edges right?'] as const;
  const { bins, expectedCalibrationError, areaUnderRoc } = calibration;
  const { Plot } = drawing;
  const entries = bins.reduce((sum, { count }) => sum + count, 0);
  const told = `mean distance from the truth ${readable(expectedCalibrationError)}, area under ROC ${readable(areaUnderRoc)}`;
  const svg = drawing.svg(`${title}: ${told}`, {
    height: 360,
    marginLeft: 54,
    marginRight: 24,
    marginTop: 16,
    marginBottom: 42,
    x: { label: 'probability given', labelAnchor: 'center', domain: [0, 1] },
    y: { label: 'share of true edges', domain: [0, 1] },
    marks: [
      Plot.gridY({ strokeOpacity: 0.12 }),
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: palette.vermillion, strokeDasharray: '4 3', strokeWidth: 1.5 },
      ),
      Plot.ruleX(bins, {
        x: 'meanProbability',
        y1: 'lower',
        y2: 'upper',
        stroke: palette.sky,
        strokeWidth: 2,
      }),
      Plot.dot(bins, {
        x: 'meanProbability',
        y: 'observed',
        r: ({ count }: { count: number }) => 2.5 + Math.log10(count),
        fill: palette.blue,
      }),
    ],
  });
  const caption =
    `${plural(entries, 'pair')} of perturbation and latent, against the truth of the simulation: ${told}. On the dashed ` +
    'line probabilities mean what they say; below it, edges are claimed too easily. Lines: 95 % intervals; larger dots ' +
    'hold more pairs.';
  return { stem, title, svg, caption };
}
