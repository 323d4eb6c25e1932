/** Tables, figures and words of the L1000 part of `reproduce environments`. */
import { Random } from '../random/index.js';
import { type Curve, curvePanels, type Panel } from '../report/plots/curves.js';
import type { Drawing } from '../report/plots/drawing.js';
import { categorical } from '../report/plots/theme.js';
import { isModel, MODELS } from './reproduce-environments-l1000-methods.js';
import { type MethodRun, VARIANTS, type WatchRun } from './reproduce-environments-l1000-plan.js';
import {
  type EnvironmentScore,
  type Gain,
  gainOver,
  summaryOf,
} from './reproduce-environments-l1000-scores.js';
import type { Watched, WatchedEpoch, WatchedTraining } from './reproduce-environments-l1000-watch.js';
import {
  entryText,
  markdownTable,
  overRuns,
  type Row,
  type Section,
} from './reproduce-environments-section.js';

export type WatchEntry = readonly [WatchRun, WatchedTraining];
export interface MethodEntry {
  readonly run: MethodRun;
  readonly scores: readonly EnvironmentScore[];
  readonly fallbacks: number;
}

const MEAN = 'mean profile';
const MEAN_OF_CONTEXT = 'mean of dose or cell line';
const SET_TITLES = {
  plate: 'plate: 63 compounds × 6 doses, one cell line',
  signatures: 'signatures: 3 compounds × 65 cell lines',
  screen: 'screen: 20 compounds × 24 cell lines',
} as const;
const UNSEEN = { action: 'unseen compounds', pair: 'unseen pairs' } as const;

/** Where losses explode, and with which settings they do not. */
export function watchSection(
  drawing: Drawing,
  entries: readonly WatchEntry[],
  baselines: ReadonlyMap<string, number>,
): Section {
  const rows = entries.flatMap(([run, { epochs }]) =>
    epochs.map((epoch): Row => ({ model: run.model, ...whereRow(run), ...epochRow(epoch) })),
  );
  const variants = entries.filter(([{ model, at }]) => model === 'env-vae' && at.set === 'signatures');
  const firsts = Object.keys(VARIANTS).flatMap((key) =>
    variants.filter(([{ variant }]) => variant === key).slice(0, 1),
  );
  const lines = [
    '## L1000: why losses explode',
    '',
    'Mean squared error of a value on environments that did not train: pairs of compound and cell line of the signatures,',
    'compounds of the plate; from latents at their mean, and from a sample of them.',
    '',
    `\`env-vae\` on the signatures, whose mean profile has ${numberText(baselines.get('signatures'))}:`,
    '',
    ...markdownTable(
      [
        'settings',
        'training, last',
        'unseen: best',
        'last',
        'from a sample: best',
        'last',
        'divergence',
        'shift',
        'latents',
      ],
      firsts.map(([{ variant }, { epochs, failure }]) => [
        VARIANTS[variant][0],
        ...(epochs.length === 0
          ? [failure, ...Array(7).fill('–')]
          : [
              numberText(epochs.at(-1)!.train.error),
              ...endsOf(epochs, 'error'),
              ...endsOf(epochs, 'sampledError'),
              ...(['divergence', 'shift', 'latents'] as const).map((key) =>
                numberText(epochs.at(-1)!.validation[key]),
              ),
            ]),
      ]),
    ),
    '',
    ...modelLines(entries, 'plate', baselines.get('plate')),
  ];
  const panels = (['plate', 'signatures'] as const).flatMap((set) =>
    (['faster', 'few profiles'] as const).map(
      (variant): Panel => ({
        title: `${set}, ${variant === 'faster' ? 'the authors’ settings' : VARIANTS[variant][0]}`,
        xLabel: 'epoch',
        yLabel: 'squared error, from a sample',
        logFrom: 0.1,
        most: 10,
        curves: curvesOf(entries, set, variant, baselines.get(set)),
      }),
    ),
  );
  return {
    tables: { 'l1000-curves': rows },
    figures: {
      'l1000-curves': curvePanels(drawing, 'Errors on unseen environments of L1000', panels, { columns: 2 }),
    },
    lines,
  };
}

const whereRow = ({ variant, at }: WatchRun) => ({
  settings: variant,
  set: at.set,
  unseen: at.by,
  seed: at.seed,
});

const epochRow = ({ epoch, train, validation }: WatchedEpoch): Row => ({
  epoch,
  ...Object.fromEntries(
    (['train', 'validation'] as const).flatMap((part) =>
      Object.entries(part === 'train' ? train : validation).map(([name, value]) => [
        `${part}_${snake(name)}`,
        value ?? Number.NaN,
      ]),
    ),
  ),
});

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function modelLines(
  entries: readonly WatchEntry[],
  set: WatchRun['at']['set'],
  baseline: number | undefined,
): string[] {
  const of = (model: string, variant: string) =>
    entries.filter(([run]) => run.model === model && run.variant === variant && run.at.set === set);
  const models = MODELS.filter((model) => of(model, 'few profiles').length > 0);
  const cells = (model: string, variant: string) => {
    const own = of(model, variant).filter(([, { epochs }]) => epochs.length > 0);
    const last = (pick: (at: Watched) => number) =>
      own.map(([, { epochs }]) => pick(epochs.at(-1)!.validation));
    const best = own.map(([, { epochs }]) =>
      Math.min(...epochs.map(({ validation }) => validation.sampledError)),
    );
    if (own.length === 0) return ['–', '–', '–'];
    return [
      entryText(
        last((at) => at.error),
        3,
      ),
      entryText(best, 3),
      entryText(
        last((at) => at.sampledError),
        3,
      ),
    ];
  };
  return [
    `All models on the ${set}; its mean profile has ${numberText(baseline)}:`,
    '',
    ...markdownTable(
      [
        'model',
        'theirs, last',
        'from a sample: best',
        'last',
        'few profiles, last',
        'from a sample: best',
        'last',
        'at or below the mean profile',
      ],
      models.map((model) => {
        const ends = of(model, 'few profiles').map(([, { epochs }]) => epochs.at(-1)?.validation);
        const stays = ends.every((end) => end && Math.max(end.error, end.sampledError) <= (baseline ?? 0));
        return [
          `\`${model}\``,
          ...cells(model, 'faster'),
          ...cells(model, 'few profiles'),
          stays ? 'yes' : '**no**',
        ];
      }),
    ),
    '',
  ];
}

function endsOf(
  epochs: readonly WatchedEpoch[],
  key: 'error' | 'sampledError',
): [best: string, last: string] {
  const all = epochs.map(({ validation }) => validation[key]);
  const best = Math.min(...all);
  return [`${numberText(best)} (epoch ${epochs[all.indexOf(best)]?.epoch})`, numberText(all.at(-1))];
}

function curvesOf(
  entries: readonly WatchEntry[],
  set: string,
  variant: string,
  baseline: number | undefined,
): Curve[] {
  const models = MODELS.filter((model) => entries.some(([run]) => run.model === model && run.at.set === set));
  const curves = models.map((model, k): Curve => {
    const runs = entries.filter(
      ([run]) => run.model === model && run.variant === variant && run.at.set === set,
    );
    const longest = runs.reduce<readonly WatchedEpoch[]>(
      (most, [, { epochs }]) => (epochs.length > most.length ? epochs : most),
      [],
    );
    const points = longest.map(({ epoch }, i) => {
      const { mean, deviation } = overRuns(
        runs.flatMap(([, { epochs }]) => (epochs[i] ? [epochs[i].validation.sampledError] : [])),
      );
      return { x: epoch, y: mean, ...(Number.isFinite(deviation) && { deviation }) };
    });
    return { name: model, ink: categorical[k % categorical.length], points };
  });
  const ends = [1, Math.max(1, ...curves.flatMap(({ points }) => points.map(({ x }) => x)))];
  return baseline === undefined
    ? curves
    : [...curves, { name: MEAN, ink: '#000', points: ends.map((x) => ({ x, y: baseline })) }];
}

/** What methods say of unseen compounds and pairs, in the order of the plan. */
export function methodsSection(entries: readonly MethodEntry[], seed: number): Section {
  const rows: Row[] = [];
  const lines = [
    '## L1000: unseen compounds and pairs',
    '',
    'Errors are mean squared errors of a value, of what comes back of a profile and of what is predicted from the descriptor',
    'alone. R² is that of the shift from the control, over all genes and environments at once, and the median over',
    'environments. Gains are shares of the prediction error that a method saves, with 95 % intervals over what was held out.',
    '',
  ];
  const groups = [...new Set(entries.map(({ run }) => `${run.at.set} ${run.at.by}`))];
  for (const group of groups) {
    const own = entries.filter(({ run }) => `${run.at.set} ${run.at.by}` === group);
    const { set, by } = own[0].run.at;
    const of = (method: string) => own.filter(({ run }) => run.model === method);
    const scoresOf = (method: string) => of(method).flatMap(({ scores }) => scores);
    const methods = [...new Set(own.map(({ run }) => run.model))];
    const table = methods.map((method) => {
      const scores = scoresOf(method);
      const summary = summaryOf(scores);
      const gains = [MEAN, MEAN_OF_CONTEXT].map((name) =>
        gainOver(scores, scoresOf(name), Random.fromSeed(seed).split(group, method, name)),
      );
      const fallbacks = of(method).reduce((sum, one) => sum + one.fallbacks, 0);
      rows.push(methodRow(method, { set, by, environments: scores.length, fallbacks }, summary, gains));
      return [
        isModel(method) ? `\`${method}\`` : method,
        isModel(method) ? summary.reconstruction.toFixed(4) : '',
        summary.prediction.toFixed(4),
        summary.pooledR2.toFixed(3),
        summary.medianR2.toFixed(3),
        ...gains.map(gainText),
        fallbacks > 0 ? `an average, ${Math.round((100 * fallbacks) / scores.length)} %` : '',
      ];
    });
    lines.push(
      `### ${SET_TITLES[set]}; ${UNSEEN[by]}`,
      '',
      ...markdownTable(
        [
          '',
          'reconstruction',
          'prediction',
          'R²',
          'median R²',
          'gain on the mean profile',
          `gain on the mean of ${set === 'plate' ? 'the dose' : 'the cell line'}`,
          'cannot answer',
        ],
        table,
      ),
      '',
      ...verdict(methods, (method) =>
        gainOver(scoresOf(method), scoresOf(MEAN), Random.fromSeed(seed).split(group, method, MEAN)),
      ),
      '',
    );
  }
  return { tables: { 'l1000-methods': rows }, figures: {}, lines };
}

const methodRow = (
  model: string,
  where: {
    readonly set: string;
    readonly by: string;
    readonly environments: number;
    readonly fallbacks: number;
  },
  summary: ReturnType<typeof summaryOf>,
  [mean, context]: readonly Gain[],
): Row => ({
  model,
  set: where.set,
  unseen: where.by,
  environments: where.environments,
  reconstruction_error: summary.reconstruction,
  prediction_error: summary.prediction,
  shift_r2_pooled: summary.pooledR2,
  shift_r2_median: summary.medianR2,
  gain_on_mean: mean.gain,
  gain_on_mean_low: mean.low,
  gain_on_mean_high: mean.high,
  better_than_mean: mean.wins,
  gain_on_context: context.gain,
  gain_on_context_low: context.low,
  gain_on_context_high: context.high,
  fallbacks: where.fallbacks,
});

/** Which models are surely better than the mean profile, or that none is. */
function verdict(methods: readonly string[], gainOf: (method: string) => Gain): string[] {
  const better = methods.filter((method) => isModel(method) && gainOf(method).low > 0);
  return [
    better.length > 0
      ? `Better than the mean profile, with the interval above 0: ${better.map((name) => `\`${name}\``).join(', ')}.`
      : 'No model is better than the mean profile with the interval above 0.',
  ];
}

const gainText = ({ gain, low, high }: Gain) => `${percent(gain)} (${percent(low)} to ${percent(high)})`;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const numberText = (value: number | undefined | null) =>
  value === undefined || value === null || Number.isNaN(value) ? '–' : String(Number(value.toPrecision(3)));
