/** The tables of `reproduce svae` as csv rows and as text, the paper's beside ours, with what is to be said of them. */
import type { BenchmarkScores } from '../evaluate/index.js';
import { mean, variance } from '../stats/index.js';
import type { Place, Plan, Run } from './reproduce-svae-plan.js';
import type { Entry, Metric, PaperTable } from './reproduce-svae-tables.js';
import { runKey } from './run-key.js';

/** What became of an entry of a table. */
export interface FilledPlace extends Place {
  readonly runs: readonly Run[];
  readonly scores: readonly BenchmarkScores[];
}

export type CsvRow = Readonly<Record<string, string | number>>;

const TITLES: Readonly<Record<Metric, string>> = {
  pearson_mcc: 'Pearson MCC',
  spearman_mcc: 'Spearman MCC',
  r2: 'R²',
  held_out_pearson_mcc: 'Pearson MCC, held-out cells',
  held_out_spearman_mcc: 'Spearman MCC, held-out cells',
  held_out_r2: 'R², held-out cells',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  signed_precision: 'precision, signed',
  signed_recall: 'recall, signed',
  signed_f1: 'F1, signed',
  interventional_nll: 'interventional NLL',
  validation_elbo: 'validation ELBO',
  seconds: 'seconds',
};

export const metrics = Object.keys(TITLES) as Metric[];

const isInNats = (metric: Metric) => metric === 'interventional_nll' || metric === 'validation_elbo';
const digitsOf = (metric: Metric) => (metric === 'seconds' ? 0 : isInNats(metric) ? 1 : 2);
/** How far from the paper counts as near, where two of its deviations are less: of a score, and of nats relatively. */
const NEAR = 0.05;
const NEAR_NATS = 0.02;

/** Mean and standard deviation over runs (n − 1; NaN of one run). */
export function entryOf(
  scores: readonly BenchmarkScores[],
  metric: Metric,
): [mean: number, deviation: number] {
  const values = scores.map((one) => one[metric]);
  return [mean(values), values.length > 1 ? Math.sqrt(variance(values)) : Number.NaN];
}

/** One row a model; columns of several settings carry the setting's key. */
export function tableRows(table: PaperTable, places: readonly FilledPlace[]): CsvRow[] {
  return table.models.flatMap((model): CsvRow[] => {
    const own = places.filter((place) => place.table === table && place.model === model);
    if (own.length === 0) return [];
    const row: Record<string, string | number> = { model, runs: own[0].scores.length };
    for (const { column, scores } of own) {
      const name = (...parts: string[]) => [...parts, column.key].filter(Boolean).join('_');
      for (const metric of [...table.compared, ...table.beside]) {
        [row[name(metric)], row[name(metric, 'sd')]] = entryOf(scores, metric);
      }
      table.compared.forEach((metric, k) => {
        const [theirs, deviation] = column.paper[model]?.[k] ?? [Number.NaN];
        row[name('paper', metric)] = theirs;
        row[name('paper', metric, 'sd')] = deviation ?? Number.NaN;
      });
    }
    return [row];
  });
}

/** One row a run, and which tables it is in. `udr`, by `runKey`: of runs that settings were chosen by. */
export function runRows(
  runs: readonly (readonly [Run, BenchmarkScores])[],
  places: readonly FilledPlace[],
  udr: ReadonlyMap<string, number>,
): CsvRow[] {
  const tablesOf = new Map<string, Set<string>>();
  for (const { table, runs: own } of places) {
    for (const key of own.map(runKey)) {
      tablesOf.set(key, (tablesOf.get(key) ?? new Set()).add(table.name));
    }
  }
  return runs.map(([run, scores]) => {
    const { cells, settings, seed, particles, model } = run;
    const none = Number.NaN;
    return {
      model,
      tables: [...(tablesOf.get(runKey(run)) ?? [])].join(' '),
      seed,
      cells_seed: cells.seed!,
      cells_per_perturbation: cells.cellsPerPerturbation!,
      latents: cells.latents!,
      density: cells.density ?? none,
      held_out_density: cells.heldOutDensity ?? none,
      effect: cells.effect ?? 5,
      held_out_effect: cells.heldOutEffect ?? cells.effect ?? 5,
      covered: cells.covered ?? cells.latents!,
      epochs: settings.epochs,
      beta: settings.beta,
      sparsity: settings.sparsity ?? none,
      particles,
      ...Object.fromEntries(metrics.map((metric) => [metric, scores[metric]])),
      udr: udr.get(runKey(run)) ?? none,
    };
  });
}

export function reportText(plan: Plan, places: readonly FilledPlace[]): string {
  const { cells, seeds, particles } = plan;
  return [
    '# Causal representations by sparse mechanism shifts (Lopez et al. 2023)',
    '',
    `Simulated cells as the authors' program makes them: 100 perturbations of ${cells} cells, 80 trained on, 20 held out; 100`,
    `genes. ${seeds.length === 1 ? 'One run of every entry.' : `${seeds.length} runs of every entry, each with cells and a start of its own; mean ± standard deviation.`} ${particles}`,
    `particles. ${SELECTED[plan.select]}`,
    ...(plan.whole
      ? []
      : ["**Smaller than the paper's experiments: compare the order of the models, not the numbers.**"]),
    '',
    "MCC, R² and edges are those of cells and perturbations trained on; 'held-out' says otherwise. 'Signed' edges are counted as the",
    "authors' program counts them, see below. `runs.csv` has every run.",
    '',
    ...plan.tables.flatMap((table) => tableText(table, places)),
    ...DIFFERENCES,
    '',
  ].join('\n');
}

const SELECTED = {
  fixed: 'Settings are fixed ones: λ = 100 of svae+, 80 of svae, β = 10.',
  udr: 'Settings are chosen from the grid of Table 3 by unsupervised disentanglement ranking, at the first seed.',
} as const;

function tableText(table: PaperTable, places: readonly FilledPlace[]): string[] {
  const own = places.filter((place) => place.table === table);
  if (own.length === 0) return [];
  const shown = [...table.compared, ...table.beside];
  const several = table.columns.length > 1;
  const header = shown.flatMap((metric) => [
    TITLES[metric],
    ...(table.compared.includes(metric) ? ['the paper'] : []),
  ]);
  const lines = own.map(({ column, model, scores }) => {
    const entries = shown.flatMap((metric) => {
      const k = table.compared.indexOf(metric);
      const theirs = k < 0 ? [] : [entryText(column.paper[model]?.[k], metric)];
      return [entryText(entryOf(scores, metric), metric), ...theirs];
    });
    return `| ${[...(several ? [column.title] : []), `\`${model}\``, ...entries].join(' | ')} |`;
  });
  return [
    `## ${table.title}`,
    '',
    `| ${[...(several ? [''] : []), 'model', ...header].join(' | ')} |`,
    `|${'---|'.repeat(header.length + (several ? 2 : 1))}`,
    ...lines,
    '',
    ...verdict(table, own).map((sentence) => `- ${sentence}`),
    '',
  ];
}

function entryText(entry: Entry | undefined, metric: Metric): string {
  if (entry === undefined || Number.isNaN(entry[0])) return '–';
  const [value, deviation] = entry.map((number) => number?.toFixed(digitsOf(metric)));
  return deviation === undefined || deviation === 'NaN' ? value! : `${value} ± ${deviation}`;
}

/** How near the paper ours are, whether its best model is ours, and where svae-bayes stands: counted, not judged. */
function verdict(table: PaperTable, places: readonly FilledPlace[]): string[] {
  return table.compared.flatMap((metric, k) => {
    const pairs = places.flatMap(({ column, model, scores }) => {
      const [theirs, deviation = 0] = column.paper[model]?.[k] ?? [Number.NaN];
      const [ours] = entryOf(scores, metric);
      const where = [`\`${model}\``, ...(table.columns.length > 1 ? [column.title] : [])].join(', ');
      return Number.isFinite(theirs) && Number.isFinite(ours) ? [{ where, ours, theirs, deviation }] : [];
    });
    if (pairs.length === 0) return [];
    const far = pairs.map(({ ours, theirs }) => Math.abs(ours - theirs));
    const least = (theirs: number) => (isInNats(metric) ? NEAR_NATS * theirs : NEAR);
    const near = pairs.filter(({ theirs, deviation }, i) => far[i] <= Math.max(2 * deviation, least(theirs)));
    const worst = pairs[far.indexOf(Math.max(...far))];
    const digits = digitsOf(metric);
    const allowance = isInNats(metric) ? '2 %' : String(NEAR);
    return [
      `${TITLES[metric]}: ${near.length} of ${pairs.length} within ${allowance} or two deviations of the paper's; farthest is ` +
        `${worst.where}, ${worst.ours.toFixed(digits)} against ${worst.theirs.toFixed(digits)}.${bestOf(table, places, metric, k)}`,
    ];
  });
}

/** Who is best: of the paper's models, there and here, and of all. */
function bestOf(table: PaperTable, places: readonly FilledPlace[], metric: Metric, k: number): string {
  const sign = isInNats(metric) ? -1 : 1;
  const settings = table.columns.map((column) => {
    const own = places.filter((place) => place.column === column);
    const ours = own.map(({ model, scores }) => ({ model, value: sign * entryOf(scores, metric)[0] }));
    const paper = own.flatMap(({ model }) => {
      const value = column.paper[model]?.[k]?.[0] ?? Number.NaN;
      return Number.isNaN(value) ? [] : [{ model, value: sign * value }];
    });
    const here = bestIn(ours.filter(({ model }) => paper.some((one) => one.model === model)));
    return { here, there: bestIn(paper), all: bestIn(ours), several: paper.length > 1 };
  });
  const named = (models: readonly string[]) => models.map((model) => `\`${model}\``).join(' and ');
  const several = settings.filter((setting) => setting.several);
  const agreed = several.filter(({ here, there }) => here.some((model) => there.includes(model)));
  const won = settings.filter(({ all }) => all.includes('svae-bayes'));
  const sentences =
    settings.length === 1
      ? settings.map(({ here, there, all }) => {
          const best =
            agreed.length > 0
              ? `${named(here)}, there and here`
              : `${named(there)} there, ${named(here)} here`;
          return `Best of its models: ${best}; of all: ${named(all)}.`;
        })
      : [
          ...(several.length > 0
            ? [
                `Its best model is the best of its models here in ${agreed.length} of ${several.length} settings.`,
              ]
            : []),
          `\`svae-bayes\` is the best of all in ${won.length} of ${settings.length}.`,
        ];
  return sentences.map((sentence) => ` ${sentence}`).join('');
}

/** The models of the highest value; NaN is none. */
function bestIn(entries: readonly { readonly model: string; readonly value: number }[]): string[] {
  const values = entries.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  return entries.filter(({ value }) => value === Math.max(...values)).map(({ model }) => model);
}

const DIFFERENCES = [
  '## What differs from the paper, or from its program',
  '',
  "- ★ Its tables come from its program's simulator, not from that of its Appendix C: softmax over cells, so that depth falls with",
  '  the number of cells; up to three targets drawn with replacement. So do ours.',
  '- ★ Its F1 matches latents by signed correlation, so that a latent found with the other sign counts as wrong, and it counts the',
  "  edges of the 20 perturbations that no cell was seen of: at most about half can be right. Columns 'signed' count so; 'F1' alone",
  '  matches by absolute correlation and counts the 80.',
  '- ★ It lowers svae+ without the divergence between masks (π is set to the mean of q). So does `svae+` here.',
  '- It stops training by the validation bound; here every epoch is trained and the last is kept.',
  '- ★ It binarises masks, trains again, and fits the shifts of held-out perturbations by gradients; here they are the mean latents,',
  '  where the bound is highest. Its text says 5,000 particles, its program has 1,000.',
  '- The paper does not say which cells its Table 1 takes for the MCC (its Table 4 says held-out ones): both are given.',
  '- Nor does it say how the held-out cells of Tables 7 and 8 were made; here one simulation has both kinds of perturbations.',
  '- `svae-bayes` is not in the paper.',
];
