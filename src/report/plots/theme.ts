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
export const width = 540;
export const rowHeight = 26;

/** Room for the longest of `labels` beside an axis, in pixels. */
export function marginFor(labels: readonly string[]): number {
  return 18 + labels.reduce((most, label) => Math.max(most, textWidth(label)), 24);
}

/** About how wide a text is in DejaVu Sans (wider than most), in pixels: nothing here can measure it. */
export function textWidth(text: string, size = fontSize): number {
  let ems = 0;
  for (const letter of text)
    ems += /[A-Z0-9@#%&+=~<>—]/.test(letter) ? 0.68 : /[ijlftI.,:;'|!()[\]-]/.test(letter) ? 0.38 : 0.61;
  return ems * size;
}

/** A name short enough for an axis; the middle goes first, since names differ at the ends. */
export function shortName(name: string, limit = 26): string {
  if (name.length <= limit) return name;
  const head = Math.ceil((limit - 1) / 2);
  return `${name.slice(0, head)}…${name.slice(name.length - (limit - 1 - head))}`;
}
