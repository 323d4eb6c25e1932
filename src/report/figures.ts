/** All figures of the report, in the order and under the headings of the page. */
import type { FigureGroup, ReportInput } from './input.js';
import { type MetricKey, metrics, valuesByMethod } from './metrics.js';
import { duration, readable } from './numbers.js';
import type { Standing } from './paired.js';
import { availability } from './plots/availability.js';
import { type BoxOptions, boxByMethod, type MethodValues } from './plots/box-by-method.js';
import { actionsPerContext, contextsPerAction } from './plots/counts.js';
import { coverageFigure } from './plots/coverage.js';
import { difficulty } from './plots/difficulty.js';
import { donorGrid } from './plots/donor-grid.js';
import { type Drawing, type Figure, type FigureStem, loadDrawing } from './plots/drawing.js';
import { improvement } from './plots/improvement.js';
import { regimeFigure } from './plots/regimes.js';
import { tauFigure } from './plots/tau.js';
import { tauError } from './plots/tau-error.js';
import type { MethodKind } from './plots/theme.js';
import { profileFigures } from './profiles.js';

export async function drawFigures(input: ReportInput, standing: Standing): Promise<FigureGroup[]> {
  const drawing = await loadDrawing();
  return [
    accuracy(drawing, input, standing),
    reach(drawing, input, standing),
    ...coverageGroup(drawing, input, standing),
    ...regimeGroup(drawing, input, standing),
    {
      id: 'screen',
      heading: 'The screen itself',
      intro: 'What was measured, and whether it has the structure that synthetic interventions need.',
      figures: [
        availability(drawing, input.tensor),
        ...(await profileFigures(drawing, input)),
        actionsPerContext(drawing, input.tensor),
        contextsPerAction(drawing, input.tensor),
      ],
    },
  ];
}

function accuracy(drawing: Drawing, input: ReportInput, standing: Standing): FigureGroup {
  const { main, baseline, pairs } = standing;
  const figures = metrics.map(({ key, name, better, asks, undefinedWhen }) =>
    boxByMethod(drawing, methodValues(input, standing, key), {
      stem: stems[key],
      title: `${name} by method`,
      axis: `${name} (${better} is better)`,
      better,
      reading: `${asks} ${better === 'lower' ? 'Further left is better.' : 'Further right is better.'}`,
      format: readable,
      nothing: `No pair has a value: ${undefinedWhen}.`,
    }),
  );
  if (main && baseline) figures.push(improvement(drawing, pairs, main.method, baseline.method));
  figures.push(boxByMethod(drawing, methodValues(input, standing, 'seconds'), seconds));
  return {
    id: 'accuracy',
    heading: 'How good are the predictions?',
    intro:
      'Every measured pair was hidden in turn, predicted from the others, and compared with its measurement. In the box ' +
      'plots, methods are sorted by their median (white line, number on the right); the box holds the middle half of ' +
      'the pairs, the whiskers 90\u00a0%, dots are the rest. Dark blue is the method that this report is about, light blue ' +
      'other methods, grey baselines.',
    figures,
  };
}

const stems: Readonly<Record<MetricKey, FigureStem>> = {
  nrmse: 'nrmse-by-method',
  cosine: 'cosine-by-method',
  cosine_cellmean: 'cosine-cellmean-by-method',
  r2: 'r2-by-method',
};

const seconds: BoxOptions = {
  stem: 'seconds-by-method',
  title: 'Seconds per prediction by method',
  axis: 'seconds per held-out pair (log scale)',
  better: 'lower',
  reading: 'Computing time of one prediction. A step of the grid is a factor, not a difference.',
  nothing: 'No times were recorded.',
  log: true,
  format: duration,
};

function reach(drawing: Drawing, input: ReportInput, { main, baseline, pairs }: Standing): FigureGroup {
  const figures: Figure[] = [];
  if (main) {
    const options = { main: main.method, baseline: baseline?.method ?? null };
    figures.push(
      difficulty(drawing, pairs, { by: 'context', ...options }),
      difficulty(drawing, pairs, { by: 'action', ...options }),
    );
  }
  const tau = methodValues(input, { main, baseline }, 'tau');
  figures.push(tauFigure(drawing, tau, input.tauThreshold));
  const errorByTau = main && tauError(drawing, pairs, main.method, input.tauThreshold);
  if (errorByTau) figures.push(errorByTau);
  if (input.donorGrid) figures.push(donorGrid(drawing, input.donorGrid));
  return {
    id: 'reach',
    heading: 'Where does it work, and where not?',
    intro: 'Errors by context and by action, and what the subspace inclusion test says of the predictions.',
    figures,
  };
}

/** Nothing where no method gives intervals. */
function coverageGroup(drawing: Drawing, input: ReportInput, standing: Standing): FigureGroup[] {
  const { coverage = [], intervalLevel = 0.9 } = input;
  if (coverage.length === 0) return [];
  const kind = (method: string) => kindOf(method, input, standing);
  return [
    {
      id: 'intervals',
      heading: 'Do the intervals hold?',
      intro:
        'Some methods give an interval for every gene. How many of the measured values lie in it, on all held-out pairs ' +
        'and by the number of donors that a pair had?',
      figures: [coverageFigure(drawing, coverage, intervalLevel, kind)],
    },
  ];
}

/** Nothing where no regime was asked for. */
function regimeGroup(drawing: Drawing, input: ReportInput, standing: Standing): FigureGroup[] {
  const figures = (['action', 'context'] as const).flatMap(
    (regime) =>
      regimeFigure(drawing, regime, input.regimes ?? [], (method) => kindOf(method, input, standing)) ?? [],
  );
  if (figures.length === 0) return [];
  return [
    {
      id: 'regimes',
      heading: 'Where each estimator stops working',
      intro:
        'Above, one pair was missing at a time. Here a whole action, or a whole context, is missing but for k pairs: ' +
        'a method that no longer beats the plain averages there has nothing to add to them.',
      figures,
    },
  ];
}

const kindOf = (method: string, { baselines }: ReportInput, { main }: Pick<Standing, 'main'>): MethodKind =>
  method === main?.method ? 'main' : baselines.includes(method) ? 'baseline' : 'other';

function methodValues(
  input: ReportInput,
  standing: Pick<Standing, 'main' | 'baseline'>,
  key: MetricKey | 'tau' | 'seconds',
): MethodValues[] {
  return [...valuesByMethod(input.scores, key)].map(([method, values]) => ({
    method,
    kind: kindOf(method, input, standing),
    values,
  }));
}
