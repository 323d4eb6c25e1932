/** The graph of a run written out: as a matrix of marks, or as the tokens that networks read. */
import type { Marks } from './orientation.js';

/** What stands at one end of an edge. The numbers are those of causal-learn. */
export const MARK = { tail: -1, none: 0, arrow: 1, circle: 2 } as const;

/** (nVariables, nVariables): entry (i, j) is the mark at i on the edge i–j; i → j has a tail there, an arrow at (j, i). */
export function markMatrix({ nVariables, arrow, tail, circle }: Marks): Int8Array {
  const marks = new Int8Array(nVariables * nVariables);
  for (let i = 0; i < nVariables; i++) {
    for (let j = 0; j < nVariables; j++) {
      const at = i * nVariables + j;
      if ((arrow[i] >>> j) & 1) marks[at] = MARK.arrow;
      else if ((tail[i] >>> j) & 1) marks[at] = MARK.tail;
      else if ((circle[i] >>> j) & 1) marks[at] = MARK.circle;
    }
  }
  return marks;
}

/** What a token says of the ordered pair (i, j). 0 is for padding, no estimate at all. */
export const TOKEN = {
  padding: 0,
  none: 1,
  /** i → j */
  causes: 2,
  /** i ← j */
  causedBy: 3,
  /** i ↔ j */
  confounded: 4,
  /** i ←o j: an arrowhead at i, unknown at j. */
  perhapsCausedBy: 5,
  /** i o→ j */
  perhapsCauses: 6,
  /** i o–o j */
  unknown: 7,
} as const;

/** How many different tokens there are, padding among them. */
export const TOKENS = 8;

/** How many tokens `writeTokens` writes: the ordered pairs. */
export const tokensOf = (nVariables: number): number => nVariables * (nVariables - 1);

/**
 * Writes one token for each ordered pair of different variables, (0, 1), (0, 2), …, (1, 0), (1, 2), …, from `offset` on.
 */
export function writeTokens({ nVariables, adjacent, arrow, tail }: Marks, out: Uint8Array, offset = 0): void {
  let at = offset;
  for (let i = 0; i < nVariables; i++) {
    for (let j = 0; j < nVariables; j++) {
      if (i === j) continue;
      const mine = 2 * ((tail[i] >>> j) & 1) + ((arrow[i] >>> j) & 1);
      const theirs = 2 * ((tail[j] >>> i) & 1) + ((arrow[j] >>> i) & 1);
      out[at++] = (adjacent[i] >>> j) & 1 ? TOKEN_OF[3 * mine + theirs] : TOKEN.none;
    }
  }
}

/** By the marks at i and j, each 0 circle, 1 arrow, 2 tail. A tail is always opposite an arrowhead: R1 and R4 make both. */
const TOKEN_OF = Uint8Array.of(
  TOKEN.unknown,
  TOKEN.perhapsCauses,
  TOKEN.padding,
  TOKEN.perhapsCausedBy,
  TOKEN.confounded,
  TOKEN.causedBy,
  TOKEN.padding,
  TOKEN.causes,
  TOKEN.padding,
);
