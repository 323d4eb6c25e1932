/**
 * How every figure looks: one palette, one font, one set of sizes.
 *
 * The colours are those of Okabe and Ito 2008 ("Color universal design"), told apart with every kind of colour
 * vision. Text and axes are `currentColor`, so that a figure takes the ink of the page it stands in; the
 * report's style sheet brightens the two blues on a dark page.
 */

export const palette = {
  blue: '#0072b2',
  sky: '#56b4e9',
  orange: '#e69f00',
  green: '#009e73',
  vermillion: '#d55e00',
  purple: '#cc79a7',
  grey: '#8a8f98',
} as const;

/** For groups without an order, strongest contrast first. */
export const categorical: readonly string[] = [
  palette.blue,
  palette.orange,
  palette.green,
  palette.vermillion,
  palette.sky,
  palette.purple,
  palette.grey,
];

/** Light to dark, one hue, readable without colour: shares and errors. */
export const sequential: readonly string[] = [
  '#dbeaf4',
  '#a9cfe6',
  '#6aaed6',
  '#2f87bd',
  '#0b5c92',
  '#083a5e',
];

/** What a method is drawn in: the one the report is about, other estimators, the plain averages. */
export const inkOf = { main: palette.blue, other: palette.sky, baseline: palette.grey } as const;
export type MethodKind = keyof typeof inkOf;

/** Ink of a halo under text on marks; the page's style sheet turns it to the colour of the page. */
export const halo = 'white';

/** DejaVu Sans is named for renderers without system fonts (`svgToPng` brings it along). */
export const fontFamily = "system-ui, 'DejaVu Sans', sans-serif";
export const fontSize = 12;

/** Pixels; figures scale with the page, so these set the proportions. */
export const width = 640;
export const rowHeight = 26;

/** Room for the longest of `labels` left of an axis, in pixels, within sensible limits. */
export function marginFor(labels: readonly string[]): number {
  const longest = labels.reduce((most, label) => Math.max(most, label.length), 0);
  return Math.min(200, Math.max(48, 16 + longest * 6.8));
}

/** A name short enough for an axis; the middle goes first, since names differ at the ends. */
export function shortName(name: string, limit = 26): string {
  if (name.length <= limit) return name;
  const head = Math.ceil((limit - 1) / 2);
  return `${name.slice(0, head)}…${name.slice(name.length - (limit - 1 - head))}`;
}
