/** UMAP of the profiles, coloured by context: Fig. 3 of Squires et al. 2022. */
import { median } from '../../stats/index.js';
import { count, plural } from '../numbers.js';
import type { Drawing, Figure } from './drawing.js';
import { categorical, halo, shortName, textWidth, width } from './theme.js';

export interface EmbeddedProfile {
  readonly x: number;
  readonly y: number;
  readonly context: string;
  readonly action: string;
}

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross'] as const;
const HEIGHT = 440;
const LABEL_SIZE = 11;
/** A tooltip a dot is worth its bytes while dots are few. */
const MAX_TITLES = 600;

/** `profiles`: the embedded ones; `nProfiles`: how many there are in all. */
export function umapFigure(
  drawing: Drawing,
  profiles: readonly EmbeddedProfile[],
  nProfiles: number,
): Figure {
  const title = 'Profiles by context (UMAP)';
  const { svg, unnamed } = embedding(drawing, profiles, (groups) => {
    return `${title}: ${plural(profiles.length, 'profile')} of ${plural(groups, 'context')}`;
  });
  const sampled = profiles.length < nProfiles ? ` (a sample of ${count(nProfiles)})` : '';
  const without =
    unnamed === 0
      ? ''
      : ` ${plural(unnamed, 'context')} could not be named for want of room; colours and symbols repeat.`;
  const caption =
    `${plural(profiles.length, 'measured profile')}${sampled}, near each other where their expression is alike; a name stands ` +
    'beside the median of its context. Tight islands by context mean that contexts differ more than actions do: averages ' +
    'over the actions of a context are then a strong baseline. Distances between islands and their sizes have no ' +
    `meaning.${without}`;
  return { stem: 'umap', title, svg, caption };
}

/** Dots coloured by context, a name beside the median of each, and how many contexts could not be named. */
export function embedding(
  drawing: Drawing,
  profiles: readonly EmbeddedProfile[],
  titleOf: (nGroups: number) => string,
): { readonly svg: string; readonly unnamed: number } {
  const contexts = [...new Set(profiles.map(({ context }) => context))].sort();
  const number = new Map(contexts.map((context, i) => [context, i]));
  const look = ({ context }: EmbeddedProfile) => {
    const i = number.get(context) ?? 0;
    return {
      color: categorical[i % categorical.length],
      symbol: SYMBOLS[Math.floor(i / categorical.length) % SYMBOLS.length],
    };
  };
  const dots = onPaper(profiles);
  const labels = placeLabels(dots, contexts);
  const { Plot } = drawing;
  const svg = drawing.svg(titleOf(contexts.length), {
    height: HEIGHT,
    margin: 0,
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    symbol: { type: 'identity' },
    marks: [
      Plot.frame({ strokeOpacity: 0.2 }),
      Plot.dot(dots, {
        x: 'x',
        y: 'y',
        r: dots.length > 1000 ? 1.8 : 3,
        fill: (dot: EmbeddedProfile) => look(dot).color,
        symbol: (dot: EmbeddedProfile) => look(dot).symbol,
        fillOpacity: 0.8,
        title:
          dots.length <= MAX_TITLES ? (dot: EmbeddedProfile) => `${dot.context} · ${dot.action}` : undefined,
      }),
      Plot.text(labels, {
        x: 'x',
        y: 'y',
        text: 'name',
        stroke: halo,
        strokeWidth: 3,
        fill: 'currentColor',
        fontSize: LABEL_SIZE,
      }),
    ],
  });
  return { svg, unnamed: contexts.length - labels.length };
}

/** Coordinates in pixels, filling the figure but for a border. */
function onPaper(profiles: readonly EmbeddedProfile[]): EmbeddedProfile[] {
  const scale = (values: readonly number[], from: number, to: number) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return (value: number) =>
      high > low ? from + ((value - low) / (high - low)) * (to - from) : (from + to) / 2;
  };
  const border = 24;
  const x = scale(
    profiles.map((profile) => profile.x),
    border,
    width - border,
  );
  const y = scale(
    profiles.map((profile) => profile.y),
    HEIGHT - border,
    border,
  );
  return profiles.map((profile) => ({ ...profile, x: x(profile.x), y: y(profile.y) }));
}

interface Label {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/**
 * A name above, below or beside the median of each context, where it covers no name placed before; contexts
 * with most profiles choose first, and a name that finds no place is left out.
 */
function placeLabels(dots: readonly EmbeddedProfile[], contexts: readonly string[]): Label[] {
  const members = new Map<string, EmbeddedProfile[]>(contexts.map((context) => [context, []]));
  for (const dot of dots) members.get(dot.context)?.push(dot);
  const bySize = [...members].sort((a, b) => b[1].length - a[1].length);
  const placed: (Label & { readonly reach: number })[] = [];
  for (const [context, own] of bySize) {
    const name = shortName(context, 16);
    const reach = textWidth(name, LABEL_SIZE) / 2 + 2;
    const free = around(middle(own), reach).find(
      (spot) =>
        spot.x > reach &&
        spot.x < width - reach &&
        spot.y > LABEL_SIZE &&
        spot.y < HEIGHT - LABEL_SIZE &&
        placed.every(
          (label) =>
            Math.abs(label.x - spot.x) > label.reach + reach || Math.abs(label.y - spot.y) > LABEL_SIZE + 1,
        ),
    );
    if (free) placed.push({ name, reach, ...free });
  }
  return placed;
}

/** The dot nearest to the median: the median itself may lie between two islands, where there is nothing. */
function middle(dots: readonly EmbeddedProfile[]): EmbeddedProfile {
  const x = median(dots.map((dot) => dot.x));
  const y = median(dots.map((dot) => dot.y));
  const away = (dot: EmbeddedProfile) => Math.hypot(dot.x - x, dot.y - y);
  return dots.reduce((nearest, dot) => (away(dot) < away(nearest) ? dot : nearest));
}

/** Places for the middle of a text near a dot, the best first. */
function around({ x, y }: EmbeddedProfile, reach: number): { x: number; y: number }[] {
  return [14, 24, 36].flatMap((away) => [
    { x, y: y - away },
    { x, y: y + away },
    { x: x + reach + away / 2, y },
    { x: x - reach - away / 2, y },
  ]);
}
