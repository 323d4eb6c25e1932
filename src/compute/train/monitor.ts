/** Early stopping: watches one column of the history, remembers the best epoch and says when to stop. */
import { OptionError } from '../../errors.js';
import { packNumber, unpackNumber } from './json.js';

export interface MonitorOptions {
  /** A column of the history, as 'valid.loss'. */
  readonly metric: string;
  /** Is a small or a large value good? Default 'min'. */
  readonly mode?: 'min' | 'max';
  /** An epoch is better than the best only by more than this. Default 0. */
  readonly minDelta?: number;
  /** Stop after so many epochs that are not better. Default: never stop, only keep the best. */
  readonly patience?: number;
  /** Count these epochs over the whole training, without starting again at a better one. Default false. */
  readonly cumulative?: boolean;
  /** Epochs before this one (from 1) do not count, as during a warm-up. Default 1. */
  readonly from?: number;
}

export interface MonitorState {
  /** Of the best epoch; `null` before there is one. */
  readonly best: number | string | null;
  /** From 1; 0 before there is one. */
  readonly bestEpoch: number;
  /** Epochs that were not better. */
  readonly waited: number;
}

/** Is `value` the state of a monitor that saw so many epochs? */
export function isMonitorState(value: unknown, epochs: number): value is MonitorState {
  if (typeof value !== 'object' || value === null) return false;
  const { best, bestEpoch, waited } = value as MonitorState;
  const upTo = (count: unknown) =>
    Number.isSafeInteger(count) && 0 <= (count as number) && (count as number) <= epochs;
  if (!upTo(bestEpoch) || !upTo(waited)) return false;
  return best === null ? bestEpoch === 0 : bestEpoch > 0 && !Number.isNaN(unpackNumber(best) ?? Number.NaN);
}

export class Monitor {
  readonly metric: string;
  readonly #sign: number;
  readonly #options: Required<Omit<MonitorOptions, 'metric' | 'mode'>>;
  #best: number | undefined;
  #bestEpoch = 0;
  #waited = 0;

  /** Throws OptionError on numbers out of range. */
  constructor(options: MonitorOptions) {
    const { metric, mode = 'min', minDelta = 0, patience = Infinity, cumulative = false, from = 1 } = options;
    if (mode !== 'min' && mode !== 'max') throw new OptionError('mode', mode, ['min', 'max']);
    if (!(minDelta >= 0 && minDelta < Infinity)) throw new OptionError('minDelta', minDelta, 'a number ≥ 0');
    if (patience !== Infinity && !(Number.isInteger(patience) && patience >= 1)) {
      throw new OptionError('patience', patience, 'a whole number of epochs ≥ 1');
    }
    if (!(Number.isInteger(from) && from >= 1))
      throw new OptionError('from', from, 'an epoch, counted from 1');
    this.metric = metric;
    this.#sign = mode === 'min' ? 1 : -1;
    this.#options = { minDelta, patience, cumulative, from };
  }

  /** The best epoch so far, from 1; 0 before there is one. */
  get bestEpoch(): number {
    return this.#bestEpoch;
  }

  /** Is `value` of `epoch` (from 1) the best so far? NaN never is. */
  observe(epoch: number, value: number): boolean {
    const { minDelta, cumulative, from } = this.#options;
    if (epoch < from) return false;
    const gain = this.#best === undefined ? Infinity : this.#sign * (this.#best - value);
    const better = !Number.isNaN(value) && gain > minDelta;
    if (better) {
      this.#best = value;
      this.#bestEpoch = epoch;
    }
    if (!better) this.#waited++;
    else if (!cumulative) this.#waited = 0;
    return better;
  }

  /** Is patience at its end? */
  get exhausted(): boolean {
    return this.#waited >= this.#options.patience;
  }

  state(): MonitorState {
    const best = this.#best === undefined ? null : packNumber(this.#best);
    return { best, bestEpoch: this.#bestEpoch, waited: this.#waited };
  }

  /** Goes on from a saved state. */
  restore({ best, bestEpoch, waited }: MonitorState): void {
    this.#best = unpackNumber(best);
    this.#bestEpoch = bestEpoch;
    this.#waited = waited;
  }
}
