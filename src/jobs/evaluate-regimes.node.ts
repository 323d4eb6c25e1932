/** `mechanist evaluate --regime`: whole actions and contexts held out but for k pairs, over threads. */
import type { OutcomeTensor } from '../data/index.js';
import { listNames, OptionError } from '../errors.js';
import {
  type Regime,
  type RegimeFold,
  type RegimeRow,
  regimeFolds,
  regimeRows,
  regimes,
  type SummaryRow,
  summariseRegimes,
} from '../evaluate/index.js';
import type { MethodSpec } from '../impute/index.js';
import type { Random } from '../random/index.js';
import { runEvaluation } from './evaluation.node.js';
import type { PartStore } from './parts.node.js';
import type { JobOptions } from './pool.node.js';

export interface RegimeRequest {
  /** Comma separated: `pair`, `action`, `context`. */
  readonly regime?: string;
  /** Comma separated: how many pairs of an action or context stay; default 0,1,2,4,8. */
  readonly regimeK?: string;
}

export interface RegimeChoice {
  readonly regimes: readonly Regime[];
  readonly ks: readonly number[];
}

/** What the words ask for; `null` where no regime was asked for. Throws OptionError. */
export function chooseRegimes({ regime, regimeK }: RegimeRequest): RegimeChoice | null {
  if (regime === undefined) {
    if (regimeK !== undefined) throw new OptionError('--regime-k', regimeK, 'possible without --regime');
    return null;
  }
  const asked = regime.split(',').map((word) => word.trim());
  for (const word of asked) {
    if (!regimes.includes(word as Regime)) throw new OptionError('--regime', word, regimes);
  }
  if (new Set(asked).size < asked.length) throw new OptionError('--regime', regime, 'a list without repeats');
  const words = (regimeK ?? '0,1,2,4,8').split(',').map((word) => word.trim());
  const fits = words.every((word) => /^\d{1,9}$/.test(word));
  const ks = [...new Set(words.map(Number))].sort((a, b) => a - b);
  if (!fits || ks.length < words.length) {
    throw new OptionError('--regime-k', regimeK, 'a list of different whole numbers, such as 0,1,2,4,8');
  }
  return { regimes: asked as Regime[], ks };
}

/** What is to be evaluated: everything but single pairs, which leave-one-out does in any case. */
export interface RegimeJob {
  readonly choice: RegimeChoice;
  readonly folds: readonly RegimeFold[];
  /** Sentences on what is not scored. */
  readonly notes: readonly string[];
}

/** Throws DataError where nothing is large enough to be held out but for the largest k. */
export function planRegimes(tensor: OutcomeTensor, choice: RegimeChoice, random: Random): RegimeJob {
  const units = choice.regimes.filter((regime) => regime !== 'pair');
  const plans = units.map((regime) => ({ regime, ...regimeFolds(tensor, regime, choice.ks, random) }));
  const notes = plans.flatMap(({ regime, leftOut }) => {
    if (leftOut.length === 0) return [];
    const reason = `measured in at most ${Math.max(...choice.ks)} pairs, the largest k`;
    return [
      `regime ${regime}: ${leftOut.length} ${regime}s are not scored (${reason}): ${listNames(leftOut, 8)}`,
    ];
  });
  return { choice, folds: plans.flatMap(({ folds }) => folds), notes };
}

/**
 * Rows of `regimes.csv`: by regime as asked for, then k, then method.
 * @param request `summary` is that of leave-one-out: the regime of single pairs
 */
export async function evaluateRegimes(
  request: {
    readonly tensor: OutcomeTensor;
    readonly methods: readonly MethodSpec[];
    readonly plan: RegimeJob;
    readonly summary: readonly SummaryRow[];
  },
  store: PartStore,
  options: JobOptions,
): Promise<RegimeRow[]> {
  const { tensor, methods, plan, summary } = request;
  const { regimes: asked, ks } = plan.choice;
  const folds = plan.folds.map(({ hidden }) => hidden);
  const { scores, pairs } = await runEvaluation({ tensor, methods, folds }, store, options);
  // they come by method, then fold, then pair
  const owners = methods.flatMap(() => plan.folds.flatMap((fold) => fold.hidden.map(() => fold)));
  const rows = summariseRegimes(scores.map((score, at) => ({ fold: owners[at], pair: pairs[at], score })));
  return asked.flatMap((regime) => {
    if (regime === 'pair') return regimeRows('pair', null, summary);
    return ks.flatMap((k) => rows.filter((row) => row.regime === regime && row.k === k));
  });
}
