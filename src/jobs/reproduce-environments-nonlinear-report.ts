/** Tables, figure and words of the non-linear experiments of `reproduce environments`. */
import { curvePanels, type Panel } from '../report/plots/curves.js';
import type { Drawing } from '../report/plots/drawing.js';
import { categorical } from '../report/plots/theme.js';
import type { NonlinearResult, NonlinearRun, NonlinearScores } from './reproduce-environments-nonlinear.js';
import {
  entryText,
  markdownTable,
  overRuns,
  type Row,
  type Section,
} from './reproduce-environments-section.js';

export type NonlinearEntry = readonly [NonlinearRun, NonlinearResult];

const TITLES: Readonly<Record<keyof NonlinearScores, string>> = {
  error: 'error',
  predicted_error: 'error of prediction',
  accuracy: 'largest shift is right',
  accuracy_unseen: 'of unseen environments',
  chance: 'by chance',
  untrained: 'before training',
  accuracy_of_means: 'by mean latents',
  chance_of_means: 'by chance',
  mcc_environments: 'MCC over environments',
  mcc_causes: 'MCC of causes',
  mcc_latents: 'MCC of latents',
  seconds: 'seconds',
};
const SCORES = Object.keys(TITLES) as (keyof NonlinearScores)[];
const PLAIN = 'vae';

export function curvesSection(drawing: Drawing, entries: readonly NonlinearEntry[]): Section {
  const models = modelsOf(entries);
  const points = (model: string, pick: (result: NonlinearResult) => readonly number[]) => {
    const runs = resultsOf(entries, model).map(pick);
    return runs[0].map((_, epoch) => overRuns(runs.map((values) => values[epoch])));
  };
  const panel = (
    title: string,
    pick: (result: NonlinearResult) => readonly number[],
    logFrom: number,
  ): Panel => ({
    title,
    xLabel: 'epoch',
    yLabel: 'mean squared error',
    logFrom,
    curves: models.map((model, k) => ({
      name: model,
      ink: inkOf(k),
      points: points(model, pick).map(({ mean, deviation }, epoch) => ({
        x: epoch + 1,
        y: mean,
        ...(Number.isFinite(deviation) && { deviation }),
      })),
    })),
  });
  const rows = models.flatMap((model) => {
    const predicted = points(model, ({ predictedErrors }) => predictedErrors);
    return points(model, ({ errors }) => errors).map(
      ({ mean, deviation }, epoch): Row => ({
        model,
        epoch: epoch + 1,
        error: mean,
        error_sd: deviation,
        predicted_error: predicted[epoch].mean,
        predicted_error_sd: predicted[epoch].deviation,
      }),
    );
  });
  const lines = markdownTable(
    [
      'model',
      'reconstruction, kept epoch',
      'last epoch',
      'least',
      'prediction, kept epoch',
      'last epoch',
      'least',
    ],
    models.map((model) => {
      const own = resultsOf(entries, model);
      const ends = (pick: (result: NonlinearResult) => readonly number[]) => [
        entryText(
          own.map((result) => pick(result)[keptEpoch(result)]),
          3,
        ),
        entryText(
          own.map((result) => pick(result).at(-1)!),
          3,
        ),
        entryText(
          own.map((result) => Math.min(...pick(result))),
          3,
        ),
      ];
      return [
        `\`${model}\``,
        ...ends(({ errors }) => errors),
        ...ends(({ predictedErrors }) => predictedErrors),
      ];
    }),
  );
  return {
    tables: { 'validation-curves': rows },
    figures: {
      'validation-curves': curvePanels(drawing, 'Validation errors on unseen environments', [
        panel('reconstruction of profiles of unseen environments', ({ errors }) => errors, 1e-4),
        panel('prediction of unseen environments', ({ predictedErrors }) => predictedErrors, 1e-2),
      ]),
    },
    lines: [
      '## Five dependent latents, five random environments',
      '',
      'Mean squared error on five environments that nobody trained on, in units of the variance of what trains. Fig. 9 is',
      'reconstruction, `validation-curves.svg` its picture. Prediction sees the descriptor of the environment alone. Kept: the epoch',
      'whose bound on these environments is best, once the divergence counts in full; the least of all epochs nobody could know.',
      `The mean profile is at ${entryText(
        resultsOf(entries, models[0]).map((result) => result.meanProfileError),
        3,
      )}.`,
      '',
      ...lines,
      '',
    ],
  };
}

export function targetsSection(entries: readonly NonlinearEntry[]): Section {
  const models = modelsOf(entries);
  const scores = (model: string, name: keyof NonlinearScores) =>
    resultsOf(entries, model).map((result) => result.scores[name]);
  const shown = SCORES.filter((name) => name !== 'seconds');
  return {
    tables: {
      targets: models.map((model) => ({
        model,
        runs: resultsOf(entries, model).length,
        ...Object.fromEntries(
          SCORES.flatMap((name) => {
            const { mean, deviation } = overRuns(scores(model, name));
            return [
              [name, mean],
              [`${name}_sd`, deviation],
            ];
          }),
        ),
      })),
    },
    figures: {},
    lines: [
      '## Which latent is shifted',
      '',
      'Thirty environments and a control train, ten validate. The largest |shift| that a model gives an environment, latents',
      'matched one to one to the true ones, against the latent that was shifted; by chance: environments exchanged at random. By',
      'mean latents: the same from the mean latents of the profiles of an environment, which a plain VAE has too. Causes are noise',
      'and offset of each latent, from which all latents follow.',
      '',
      ...markdownTable(
        ['model', ...shown.map((name) => TITLES[name])],
        models.map((model) => [
          `\`${model}\``,
          ...shown.map((name) => entryText(scores(model, name), name.endsWith('error') ? 3 : 2)),
        ]),
      ),
      '',
      ...verdict(models, scores).map((sentence) => `- ${sentence}`),
      '',
    ],
  };
}

/** From 0. */
function keptEpoch({ bounds, boundsCountFrom }: NonlinearResult): number {
  let best = boundsCountFrom - 1;
  bounds.forEach((bound, epoch) => {
    if (epoch > best && bound > bounds[best]) best = epoch;
  });
  return best;
}

/** Every run of the non-linear experiments. */
export const nonlinearRows = (entries: readonly NonlinearEntry[]): Row[] =>
  entries.map(([{ model, setting, seed }, { scores }]) => ({ model, setting, seed, ...scores }));

/** Counted, not judged. */
function verdict(
  models: readonly string[],
  scores: (model: string, name: keyof NonlinearScores) => readonly number[],
): string[] {
  const percent = (values: readonly number[]) => `${(100 * overRuns(values).mean).toFixed(0)} %`;
  const plain = scores(PLAIN, 'mcc_environments');
  return models.flatMap((model) => {
    const accuracy = scores(model, 'accuracy');
    if (accuracy.some(Number.isNaN)) return [];
    const mcc = scores(model, 'mcc_environments');
    const beyond = (name: 'chance' | 'untrained') =>
      accuracy.filter((value, i) => value > scores(model, name)[i]).length;
    const better = mcc.filter((value, i) => value > plain[i]).length;
    return [
      `\`${model}\` names the shifted latent in ${percent(accuracy)} of environments, ${percent(scores(model, 'chance'))} by chance (more in ` +
        `${beyond('chance')} of ${accuracy.length} runs), ${percent(scores(model, 'untrained'))} before training (more in ${beyond('untrained')}). Its MCC over ` +
        `environments is above that of \`${PLAIN}\` in ${better}: ${entryText(mcc)} against ${entryText(plain)}.`,
    ];
  });
}

const modelsOf = (entries: readonly NonlinearEntry[]) => [...new Set(entries.map(([{ model }]) => model))];

const resultsOf = (entries: readonly NonlinearEntry[], model: string) =>
  entries.filter(([run]) => run.model === model).map(([, result]) => result);

/** The eighth in black. */
const inkOf = (k: number) => categorical[k] ?? '#1b1f24';
