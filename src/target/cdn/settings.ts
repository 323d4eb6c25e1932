/** What a differential network is built from. */
import { OptionError } from '../../errors.js';
import type { FeatureGroup } from './known.js';

export const CDN_VARIANTS = ['graph', 'axial', 'mlp'] as const;
export const CDN_STATISTICS = ['all', 'inverse', 'correlation', 'correlation+covariance', 'none'] as const;
export const CDN_PAIRINGS = ['concatenate', 'difference'] as const;
export const CDN_MARGINALS = ['invariance', 'fci', 'both', 'off'] as const;

/** Fewest cells of a set that anything can be said of pairs. */
export const LEAST_CELLS = 8;

export interface CdnSettings {
  /** How pairs of genes speak with each other. Default 'graph'. */
  readonly variant: (typeof CDN_VARIANTS)[number];
  /** Global statistics of pairs: partial correlations ('inverse'), correlations, covariances. Default 'all'. */
  readonly statistics: (typeof CDN_STATISTICS)[number];
  /** What is known of a pair in both sets: side by side, or as the difference. Default 'concatenate'. */
  readonly pairing: (typeof CDN_PAIRINGS)[number];
  /** Estimates from a few genes at a time: of what changed given sets of causes, FCI's graphs. Default 'invariance'. */
  readonly marginals: (typeof CDN_MARGINALS)[number];
  /** Default 48. */
  readonly width: number;
  /** Default 3. */
  readonly blocks: number;
  /** Of attention; divides the width. Default 4. */
  readonly heads: number;
}

export const CDN_DEFAULTS: CdnSettings = {
  variant: 'graph',
  statistics: 'all',
  pairing: 'concatenate',
  marginals: 'invariance',
  width: 48,
  blocks: 3,
  heads: 4,
};

const STATISTICS: Readonly<Record<CdnSettings['statistics'], readonly FeatureGroup[]>> = {
  all: ['partial', 'correlation', 'covariance'],
  inverse: ['partial'],
  correlation: ['correlation'],
  'correlation+covariance': ['correlation', 'covariance'],
  none: [],
};

export function usesGroup({ statistics, marginals }: CdnSettings, group: FeatureGroup): boolean {
  if (group === 'moments') return true;
  if (group === 'invariance') return marginals === 'invariance' || marginals === 'both';
  return STATISTICS[statistics].includes(group);
}

export const usesFci = ({ marginals }: Pick<CdnSettings, 'marginals'>): boolean =>
  marginals === 'fci' || marginals === 'both';

/** Throws OptionError. */
export function checkSettings(settings: CdnSettings): void {
  const { variant, statistics, pairing, marginals, width, blocks, heads } = settings;
  if (!CDN_VARIANTS.includes(variant)) throw new OptionError('variant', variant, CDN_VARIANTS);
  if (!CDN_STATISTICS.includes(statistics)) throw new OptionError('statistics', statistics, CDN_STATISTICS);
  if (!CDN_PAIRINGS.includes(pairing)) throw new OptionError('pairing', pairing, CDN_PAIRINGS);
  if (!CDN_MARGINALS.includes(marginals)) throw new OptionError('marginals', marginals, CDN_MARGINALS);
  if (statistics === 'none' && marginals === 'off') {
    throw new OptionError('statistics', statistics, 'used with marginals, or nothing is known of pairs');
  }
  for (const [name, value] of Object.entries({ width, blocks, heads })) {
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw new OptionError(name, value, 'a whole number ≥ 1');
  }
  if (width % heads !== 0) throw new OptionError('heads', heads, `a divisor of the width ${width}`);
}
