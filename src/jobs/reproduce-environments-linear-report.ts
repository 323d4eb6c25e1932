/** Tables, figures and words of the linear case of `reproduce environments`. */
import { type MixingAngles, mixingAngles, mixingDistances, unrecoveredMixing } from '../evaluate/index.js';
import { type Curve, curvePanels, type Panel } from '../report/plots/curves.js';
import type { Drawing } from '../report/plots/drawing.js';
import { categorical } from '../report/plots/theme.js';
import { type LinearResult, type LinearRun, mixingMatrix, OFFSETS } from './reproduce-environments-linear.js';
import { LINEAR_MODELS, LINEAR_SETTINGS, type LinearSetting } from './reproduce-environments-plan.js';
import { entryText, markdownTable, type Row, type Section } from './reproduce-environments-section.js';

export type LinearEntry = readonly [LinearRun, LinearResult];

/** Angles between 0 and 2π at which distances are written. */
const STEPS = 120;
const DIRECTIONS = [0, 1] as const;
const DEGREES = 180 / Math.PI;
/** Where a logarithmic axis begins: below, errors are those of rounding and of the last steps of training. */
const LEAST_LOSS = 1e-5;
/** Lines count as turned by one angle up to this mean cosine distance, and as along the axes up to these degrees. */
const ONE_ANGLE = 0.02;
const ON_AXES = 5;

/** What the draft's pictures say, in numbers. */
export interface LinearSummary {
  /** Losses over all offsets as a share of those of the mean profile, by direction. */
  readonly relative: readonly [number, number];
  /** The better of with and without reflection. */
  readonly angles: MixingAngles;
  readonly reflected: boolean;
  /** Share of the true mixing outside the span of the one that was found. */
  readonly unrecovered: number;
}

export function linearSummary({ losses, spreads, truth, found }: LinearResult): LinearSummary {
  const [plain, mirrored] = [false, true].map((reflect) =>
    mixingAngles(mixingMatrix(truth), mixingMatrix(found), reflect),
  );
  const reflected = mirrored.distance < plain.distance;
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  return {
    relative: [total(losses[0]) / total(spreads[0]), total(losses[1]) / total(spreads[1])],
    angles: reflected ? mirrored : plain,
    reflected,
    unrecovered: unrecoveredMixing(mixingMatrix(truth), mixingMatrix(found)),
  };
}

export function linearSection(drawing: Drawing, entries: readonly LinearEntry[]): Section {
  const figures = LINEAR_SETTINGS.flatMap((setting): [string, string][] => {
    const first = LINEAR_MODELS.map((model) => entries.find(([run]) => isOf(run, setting, model))!);
    return [
      [`linear-loss-${setting.key}`, lossFigure(drawing, setting, first)],
      [`linear-angles-${setting.key}`, anglesFigure(drawing, setting, first)],
    ];
  });
  return {
    tables: {
      linear: entries.map(summaryRow),
      'linear-loss': entries.flatMap(lossRows),
      'linear-angles': entries.flatMap(angleRows),
    },
    figures: Object.fromEntries(figures),
    lines: reportLines(entries),
  };
}

const isOf = (run: LinearRun, setting: LinearSetting, model: string) =>
  run.setting === setting.key && run.model === model;

const nameOf = ({ model, setting, seed }: LinearRun) => ({ model, setting, seed });

function summaryRow([run, result]: LinearEntry): Row {
  const { relative, angles, reflected, unrecovered } = linearSummary(result);
  return {
    ...nameOf(run),
    relative_loss_0: relative[0],
    relative_loss_1: relative[1],
    reflected: Number(reflected),
    angle: angles.angle,
    from_axes: angles.fromAxes,
    distance: angles.distance,
    spread: angles.spread,
    unrecovered,
  };
}

const lossRows = ([run, { losses, spreads }]: LinearEntry): Row[] =>
  DIRECTIONS.flatMap((direction) =>
    OFFSETS.map((offset, k) => ({
      ...nameOf(run),
      direction,
      offset,
      loss: losses[direction][k],
      loss_of_mean: spreads[direction][k],
    })),
  );

function angleRows([run, { truth, found }]: LinearEntry): Row[] {
  return [false, true].flatMap((reflect) => {
    const distances = mixingDistances(mixingAngles(mixingMatrix(truth), mixingMatrix(found), reflect), STEPS);
    return Array.from({ length: STEPS + 1 }, (_, at) => ({
      ...nameOf(run),
      reflected: Number(reflect),
      angle: (2 * Math.PI * at) / STEPS,
      ...Object.fromEntries(
        Array.from({ length: distances.nCols }, (_, g) => [
          `gene_${g}`,
          distances.values[at * distances.nCols + g],
        ]),
      ),
    }));
  });
}

function lossFigure(drawing: Drawing, { title }: LinearSetting, entries: readonly LinearEntry[]): string {
  const panels = DIRECTIONS.map((direction): Panel => {
    const curves = entries.map(([{ model }, { losses }], k): Curve => {
      return {
        name: model,
        ink: categorical[k],
        points: OFFSETS.map((x, at) => ({ x, y: losses[direction][at] })),
      };
    });
    return {
      title: `direction ${direction}: ${title}`,
      xLabel: direction === 0 ? 'T in (T, 0)' : 'T in (0, T)',
      yLabel: 'reconstruction loss',
      logFrom: LEAST_LOSS,
      curves,
    };
  });
  return curvePanels(drawing, `Reconstruction loss out of distribution: ${title}`, panels);
}

function anglesFigure(drawing: Drawing, { title }: LinearSetting, entries: readonly LinearEntry[]): string {
  const panels = entries.flatMap(([{ model }, { truth, found }], k) =>
    [false, true].map((reflect): Panel => {
      const result = mixingAngles(mixingMatrix(truth), mixingMatrix(found), reflect);
      const { values, nCols } = mixingDistances(result, STEPS);
      const curves = Array.from({ length: nCols }, (_, g): Curve => {
        const points = Array.from({ length: STEPS + 1 }, (_, at) => ({
          x: (2 * at) / STEPS,
          y: values[at * nCols + g],
        }));
        return { name: '', ink: categorical[k], points };
      });
      return {
        title: `${model}, ${reflect ? 'with' : 'without'} reflection`,
        xLabel: 'angle / π',
        yLabel: 'cosine distance',
        curves,
      };
    }),
  );
  return curvePanels(drawing, `Lines of the mixing matrix by angle: ${title}`, panels, { columns: 2 });
}

function reportLines(entries: readonly LinearEntry[]): string[] {
  const rows = LINEAR_SETTINGS.flatMap((setting) =>
    LINEAR_MODELS.map((model) => {
      const own = entries
        .filter(([run]) => isOf(run, setting, model))
        .map(([, result]) => linearSummary(result));
      const inDegrees = (value: (angles: MixingAngles) => number) =>
        entryText(
          own.map(({ angles }) => DEGREES * value(angles)),
          0,
        );
      const turned = own.filter(({ angles }) => angles.distance < ONE_ANGLE);
      const aligned = turned.filter(({ angles }) => DEGREES * angles.fromAxes < ON_AXES);
      return [
        setting.title,
        `\`${model}\``,
        setting.figures[model] ?? '–',
        ...DIRECTIONS.map((direction) => shareText(own.map(({ relative }) => relative[direction]))),
        inDegrees(({ spread }) => spread),
        `${turned.length} of ${own.length}`,
        inDegrees(({ fromAxes }) => fromAxes),
        `${aligned.length} of ${own.length}`,
        shareText(own.map(({ unrecovered }) => unrecovered)),
      ];
    }),
  );
  return [
    '## Two latents, linear',
    '',
    'Loss: sum over offsets −20 … 20 of the mean squared error, as a share of that of the mean profile that trains: 0 % is perfect,',
    '100 % is no better than a constant. Angles are those of the better of with and without reflection: their spread over genes in',
    `degrees, whether one angle fits all (mean cosine distance below ${ONE_ANGLE}), how far the common angle is from a multiple of 90°,`,
    `and whether latents are the true ones (one angle, within ${ON_AXES}° of the axes). Not recovered: share of the true mixing outside`,
    'the span of the one that was found. Latents that are correlated come back up to a map that is no rotation, so that with',
    'dependent latents no angle can fit, though nothing is lost.',
    '',
    ...markdownTable(
      [
        '',
        'model',
        'figure',
        'loss in direction 0',
        'direction 1',
        'spread',
        'one angle',
        'from axes',
        'disentangled',
        'not recovered',
      ],
      rows,
    ),
    '',
  ];
}

/** Percent, with digits where it is little. */
function shareText(shares: readonly number[]): string {
  const most = Math.max(...shares);
  const least = Math.min(...shares);
  const text = (share: number) => (share < 0.0005 ? '< 0.05' : (100 * share).toFixed(share < 0.1 ? 1 : 0));
  return shares.length === 1 || text(least) === text(most)
    ? `${text(most)} %`
    : `${text(least)} to ${text(most)} %`;
}
