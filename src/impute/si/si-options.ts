/** Options of synthetic interventions, of both axes and of the tandem. */
import { OptionError } from '../../errors.js';
import { choiceOption, numberOption, switchOption, wordOption } from '../option.js';

/** Which donors a regression gets: see `donors.ts`. */
export type DonorOption = 'greedy' | 'all' | 'test' | { readonly max: number };

/** Matrix estimation before the regression: see `matrix-estimation.ts`. */
export type DenoiseOption =
  | { readonly kind: 'none' }
  /** Hard singular value thresholding: keep the fewest values whose energy reaches the share. */
  | { readonly kind: 'hsvt'; readonly energy: number }
  /** Soft thresholding: the proximal step of the nuclear norm; `null` takes the Gavish–Donoho cut as threshold. */
  | { readonly kind: 'soft'; readonly threshold: number | null }
  | { readonly kind: 'gavish-donoho' }
  | { readonly kind: 'universal' };

export const siOptions = {
  donors: wordOption<DonorOption>({
    default: 'greedy',
    defaultWord: 'greedy',
    placeholder: '<set>',
    summary: 'donor set of SI: greedy, all, max=N, or test',
    parse: parseDonors,
  }),
  intercept: switchOption({ default: true, summary: "off: the paper's plain pseudoinverse" }),
  denoise: wordOption<DenoiseOption>({
    default: { kind: 'none' },
    defaultWord: 'none',
    placeholder: '<how>',
    summary: 'none, hsvt=ENERGY, soft[=λ], gavish-donoho, universal',
    parse: parseDenoise,
  }),
  tauThreshold: numberOption<number | null>({
    default: 0.1,
    least: 0,
    most: 1,
    words: { never: null },
    placeholder: '<ρ>',
    summary: "reject when the subspace test's share is at least this, or never",
  }),
  tauEnergy: numberOption<number | 'mean'>({
    default: 0.99,
    least: 0,
    most: 1,
    words: { mean: 'mean' },
    placeholder: '<share>',
    summary: "spectral energy of the test, or mean (the authors' program)",
  }),
  tauAlpha: numberOption<number | null>({
    default: null,
    least: 0,
    most: 1,
    words: { none: null },
    placeholder: '<α>',
    summary: 'critical value of Agarwal et al. at this level in the place of ρ',
  }),
  fallback: choiceOption(['none', 'mean-over-actions'], {
    default: 'none',
    placeholder: '<what>',
    summary: 'what answers when rejected: none or mean-over-actions',
  }),
  tandemRounds: numberOption({
    default: 5,
    least: 0,
    most: 10_000,
    whole: true,
    summary: 'at most this many rounds of si-tandem',
  }),
  tandemTolerance: numberOption({
    default: 0.1,
    least: 0,
    most: 1,
    placeholder: '<x>',
    summary: 'si-tandem stops below this relative change',
  }),
};

function parseDonors(name: string, word: string): DonorOption {
  if (word === 'greedy' || word === 'all' || word === 'test') return word;
  const max = /^max=(\d+)$/.exec(word)?.[1];
  if (max && Number(max) > 0) return { max: Number(max) };
  throw new OptionError(name, word, ['greedy', 'all', 'test', 'max=N']);
}

/** `none`, `hsvt=ENERGY` (0 < energy < 1), `soft`, `soft=λ`, `gavish-donoho`, `universal`. */
function parseDenoise(name: string, word: string): DenoiseOption {
  const [kind, value] = word.split('=') as [string, string | undefined];
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  if (kind === 'hsvt') {
    const energy = value === undefined ? 0.95 : number;
    if (energy > 0 && energy < 1) return { kind, energy };
    throw new OptionError(name, word, 'hsvt=ENERGY with 0 < ENERGY < 1, such as hsvt=0.95');
  }
  if (kind === 'soft') {
    if (value === undefined) return { kind, threshold: null };
    if (number >= 0 && number < Number.POSITIVE_INFINITY) return { kind, threshold: number };
    throw new OptionError(name, word, 'soft or soft=THRESHOLD with THRESHOLD at least 0');
  }
  if (value === undefined && (kind === 'none' || kind === 'gavish-donoho' || kind === 'universal'))
    return { kind };
  throw new OptionError(name, word, ['none', 'hsvt=0.95', 'soft', 'gavish-donoho', 'universal']);
}
