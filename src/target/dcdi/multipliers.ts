/**
 * The augmented Lagrangian of DCDI: when γ and μ, the multipliers of the acyclicity constraint h (a share of that of the
 * full graph), grow.
 */
import { cyclesOfFullGraph } from './acyclicity.js';

export interface Multipliers {
  readonly gamma: number;
  readonly mu: number;
  /** To be called after every window of steps: h, and the loss of cells held out, as it is asked for. */
  see(h: number, heldOut: () => Promise<number>): Promise<void>;
}

/** What a cycle of two undecided edges costs at the end of a schedule, on the scale of the loss. */
const COST_OF_A_CYCLE = 1;
/** h of two edges with probability ½ each that form a cycle, before it is divided. */
const SMALL_CYCLE = 2 * (Math.cosh(0.5) - 1);

/**
 * μ grows geometrically from `first`, at every window, so that after `windows` a cycle costs more than it explains: the
 * graph is settled when it should be, however few the steps. γ stays 0: sums of μ h from a time when every edge is still
 * in a cycle would take all edges away.
 */
export function scheduled(nGenes: number, windows: number, first: number): Multipliers {
  const last = (2 * COST_OF_A_CYCLE * cyclesOfFullGraph(nGenes) ** 2) / SMALL_CYCLE ** 2;
  const factor = Math.max(1, last / first) ** (1 / Math.max(1, windows));
  let mu = first;
  return {
    gamma: 0,
    get mu() {
      return mu;
    },
    async see() {
      mu *= factor;
    },
  };
}

/** A fall by less than this a step is none. */
const STEADY = 1e-4;
/** What h must come down to, else μ grows. */
const ENOUGH = 0.9;

/**
 * The rules of the authors' program: every other window, where the last three held-out Lagrangians neither turned nor
 * fell by more than a little, γ grows by μ h, and μ doubles where h is above nine tenths of what it was then.
 */
export function validated(window: number, first: number): Multipliers {
  let [gamma, mu] = [0, first];
  let seen: number[] = [];
  let windows = 0;
  let lastH = Infinity;
  const cost = (h: number) => gamma * h + (mu * h ** 2) / 2;
  return {
    get gamma() {
      return gamma;
    },
    get mu() {
      return mu;
    },
    async see(h, heldOut) {
      seen = [...seen.slice(-2), (await heldOut()) + cost(h)];
      if (windows++ % 2 === 1 || seen.length < 3) return;
      const [before, middle, now] = seen;
      const turned = middle <= Math.min(before, now) || middle >= Math.max(before, now);
      if (turned || (now - before) / window <= -STEADY) return;
      const old = cost(h);
      gamma += mu * h;
      if (h > lastH * ENOUGH) mu *= 2;
      lastH = h;
      // as if it had been seen with the new ones, else the next would seem to rise
      seen[2] += cost(h) - old;
    },
  };
}
