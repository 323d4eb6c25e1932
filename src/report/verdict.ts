/**
 * The answer in two plain sentences: which method wins, by how much over the best baseline, on how many pairs,
 * and a warning where the gain is small or there is none.
 */
import type { SummaryRow } from '../evaluate/scores.js';
import { median } from '../stats/index.js';
import { bestRow, inSentence, type Metric, medianOf, metrics } from './metrics.js';
import { count, percent, plural, readable } from './numbers.js';
import type { ScoredPair, Standing } from './paired.js';

export type Tone = 'good' | 'small' | 'bad' | 'unknown';

export interface Verdict {
  readonly tone: Tone;
  /** A few words for the heading. */
  readonly headline: string;
  readonly sentences: readonly string[];
}

/** Below these a gain is called small: 5 % of the median NRMSE, or nearer to the truth on 60 % of the pairs. */
const SMALL_GAIN = 0.05;
const SMALL_MAJORITY = 0.6;
/** Fewer pairs prove nothing. */
const FEW_PAIRS = 20;

export function verdict(
  standing: Standing,
  summary: readonly SummaryRow[],
  baselines: readonly string[],
): Verdict {
  const { main, baseline, pairs } = standing;
  if (!main) {
    const sentence = 'No pair was predicted with a finite error, so nothing can be said about any method.';
    return { tone: 'unknown', headline: 'No result', sentences: [sentence] };
  }
  if (!baseline) return withoutBaseline(standing, main);
  const both = pairs.filter(
    (pair) => Number.isFinite(pair.main.nrmse) && Number.isFinite(pair.baselineNrmse),
  );
  const nearer = both.filter((pair) => pair.main.nrmse < pair.baselineNrmse).length;
  const gain = 1 - main.median_nrmse / baseline.median_nrmse;
  const contexts = contextsWon(both);
  const share = nearer / both.length;
  const tone: Tone = !(gain > 0 && share > 0.5)
    ? 'bad'
    : gain < SMALL_GAIN || share < SMALL_MAJORITY
      ? 'small'
      : 'good';
  const facts =
    `median NRMSE ${readable(main.median_nrmse)} over ${plural(main.n, 'held-out pair')} against ` +
    `${readable(baseline.median_nrmse)} for the best baseline, ${baseline.method}`;
  const won =
    `nearer to the truth on ${count(nearer)} of ${plural(both.length, 'pair')} (${percent(share)}), ` +
    `in ${contexts.won} of ${plural(contexts.of, 'context')} by the context’s median`;
  const others = otherMetrics(summary, baselines);
  if (tone !== 'bad' && both.length < FEW_PAIRS) {
    return {
      tone: 'small',
      headline: `Too few pairs to tell: ${both.length}`,
      sentences: [
        `${main.method} has the lowest ${facts}, and is ${won}.`,
        others,
        `With fewer than ${FEW_PAIRS} held-out pairs the order of the methods is mostly chance.`,
      ],
    };
  }
  switch (tone) {
    case 'good':
      return {
        tone,
        headline: `${main.method} beats the best baseline`,
        sentences: [
          `${main.method} predicts best: ${facts}, ${percent(gain)} less error, and ${won}.`,
          others,
        ],
      };
    case 'small':
      return {
        tone,
        headline: `${main.method} beats the best baseline by little`,
        sentences: [
          `${main.method} is only a little better than an average: ${facts} (${percent(gain)} less error), and ${won}.`,
          others,
          `A gain this small may not be worth the method: compare the two on the pairs that matter to you before choosing ${main.method} over ${baseline.method}.`,
        ],
      };
    default:
      return {
        tone: 'bad',
        headline: 'The best baseline is not beaten',
        sentences: [
          `No method is reliably better than a plain average: the best, ${main.method}, has ${facts}, and is ${won}.`,
          others,
          `Use ${baseline.method} for the missing pairs, or measure more of them: on this screen the imputed differences between actions are not to be trusted.`,
        ],
      };
  }
}

function withoutBaseline({ mainIsBaseline }: Standing, main: SummaryRow): Verdict {
  const facts = `${main.method} has the lowest median NRMSE, ${readable(main.median_nrmse)} over ${plural(main.n, 'held-out pair')}`;
  return mainIsBaseline
    ? {
        tone: 'unknown',
        headline: 'Only baselines were evaluated',
        sentences: [
          `Of the baselines, ${facts}.`,
          'Add si-a to the methods to see whether synthetic interventions do better.',
        ],
      }
    : {
        tone: 'unknown',
        headline: 'No baseline to compare with',
        sentences: [
          `${facts}.`,
          'No baseline was evaluated, so this says nothing about whether the method is better than an average: add mean-over-actions and mean-over-contexts to the methods.',
        ],
      };
}

/** In how many contexts is the method's median error below the baseline's? Pairs of a context go together. */
function contextsWon(pairs: readonly ScoredPair[]): { won: number; of: number } {
  const groups = new Map<string, ScoredPair[]>();
  for (const pair of pairs) {
    const group = groups.get(pair.main.context);
    if (group) group.push(pair);
    else groups.set(pair.main.context, [pair]);
  }
  const medianBy = (group: ScoredPair[], value: (pair: ScoredPair) => number) => median(group.map(value));
  const won = [...groups.values()].filter(
    (group) => medianBy(group, (p) => p.main.nrmse) < medianBy(group, (p) => p.baselineNrmse),
  ).length;
  return { won, of: groups.size };
}

function otherMetrics(summary: readonly SummaryRow[], baselines: readonly string[]): string {
  const plain = summary.filter((row) => baselines.includes(row.method));
  const told = metrics.slice(1).flatMap((metric) => {
    const best = bestRow(summary, metric);
    return best ? [oneMetric(metric, best, bestRow(plain, metric))] : [];
  });
  return told.length === 0 ? 'No other metric is defined on this screen.' : `By ${told.join('; by ')}.`;
}

function oneMetric(metric: Metric, best: SummaryRow, baseline: SummaryRow | undefined): string {
  const value = `${inSentence(metric.name)} ${best.method} is best (median ${readable(medianOf(best, metric.key))}`;
  if (baseline === best) return `${value}, a baseline)`;
  return baseline
    ? `${value}; best baseline ${baseline.method}, ${readable(medianOf(baseline, metric.key))})`
    : `${value}; no baseline has one)`;
}

/** Where the medians of the two cosines of a method part by this much, the control is suspect. */
const STRONG_DISAGREEMENT = 0.25;

export interface CosineTrap {
  readonly method: string;
  readonly isBaseline: boolean;
  readonly cosine: number;
  readonly cellmean: number;
}

/**
 * The method (the main one or a baseline) whose cosine to the control exceeds most what it gets around the mean
 * of the context, when it does so strongly; else `null`. A baseline that cannot tell actions apart and still has
 * a high cosine is the plainest sign of an offset between controls and treated profiles.
 */
export function cosineTrap(
  summary: readonly SummaryRow[],
  { main }: Standing,
  baselines: readonly string[],
): CosineTrap | null {
  let worst: CosineTrap | null = null;
  for (const { method, median_cosine: cosine, median_cosine_cellmean: cellmean } of summary) {
    const isBaseline = baselines.includes(method);
    if (!isBaseline && method !== main?.method) continue;
    if (
      cosine - cellmean >= STRONG_DISAGREEMENT &&
      !(worst && cosine - cellmean <= worst.cosine - worst.cellmean)
    ) {
      worst = { method, isBaseline, cosine, cellmean };
    }
  }
  return worst;
}
