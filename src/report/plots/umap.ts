/** UMAP of the profiles, coloured by context: Fig. 3 of Squires et al. 2022. */
import { median } from '../../stats/index.js';
import { count, plural } from '../numbers.js';
import type { Drawing, Figure } from './drawing.js';
import { categorical, halo, shortName } from './theme.js';

export interface EmbeddedProfile {
  readonly x: number;
  readonly y: number;
  readonly context: string;
  readonly action: string;
}

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross'] as const;
const MAX_LABELS = 40;
/** A tooltip a dot is worth its bytes while dots are few. */
const MAX_TITLES = 600;

/** `profiles`: the embedded ones; `nProfiles`: how many there are in all. */
export function umapFigure(
  drawing: Drawing,
  profiles: readonly EmbeddedProfile[],
  nProfiles: number,
): Figure {
  const title = 'Profiles by context (UMAP)';
  const contexts = [...new Set(profiles.map(({ context }) => context))].sort();
  const number = new Map(contexts.map((context, i) => [context, i]));
  const look = ({ context }: { context: string }) => {
    const i = number.get(context) ?? 0;
    return {
      color: categorical[i % categorical.length],
      symbol: SYMBOLS[Math.floor(i / categorical.length) % SYMBOLS.length],
    };
  };
  const labels = contexts.length <= MAX_LABELS ? centres(profiles, contexts) : [];
  const { Plot } = drawing;
  const svg = drawing.svg(
    `${title}: ${plural(profiles.length, 'profile')} of ${plural(contexts.length, 'context')}`,
    {
      height: 460,
      margin: 26,
      x: { axis: null, inset: 6 },
      y: { axis: null, inset: 6 },
      symbol: { type: 'identity' },
      marks: [
        Plot.frame({ strokeOpacity: 0.2 }),
        Plot.dot(profiles, {
          x: 'x',
          y: 'y',
          r: profiles.length > 1000 ? 1.8 : 3,
          fill: (p: EmbeddedProfile) => look(p).color,
          symbol: (p: EmbeddedProfile) => look(p).symbol,
          fillOpacity: 0.8,
          title:
            profiles.length <= MAX_TITLES ? (p: EmbeddedProfile) => `${p.context} · ${p.action}` : undefined,
        }),
        Plot.text(labels, {
          x: 'x',
          y: 'y',
          text: ({ context }) => shortName(context, 16),
          stroke: halo,
          strokeWidth: 3,
          fill: 'currentColor',
          fontSize: 11,
          fontWeight: 600,
        }),
      ],
    },
  );
  const sampled = profiles.length < nProfiles ? ` (a sample of ${count(nProfiles)})` : '';
  const unnamed =
    labels.length === 0 ? ' Colours and symbols repeat: there are too many contexts to name.' : '';
  const caption =
    `${plural(profiles.length, 'measured profile')}${sampled}, near each other where their expression is alike; names stand at the median of a context. ` +
    'Tight islands by context mean that contexts differ more than actions do: averages over the actions of a context ' +
    `are then a strong baseline. Distances between islands and their sizes have no meaning.${unnamed}`;
  return { stem: 'umap', title, svg, caption };
}

function centres(profiles: readonly EmbeddedProfile[], contexts: readonly string[]) {
  return contexts.map((context) => {
    const own = profiles.filter((profile) => profile.context === context);
    const middle = (axis: 'x' | 'y') => median(Float64Array.from(own, (profile) => profile[axis]));
    return { context, x: middle('x'), y: middle('y') };
  });
}
