/**
 * UT-IGSP: one causal graph over all groups, learned from independences among control cells and from what changes in
 * which group (Squires, Wang & Uhler 2020, UAI). A gene is a target of a group where, given its parents, it is not
 * distributed there as in the control.
 */
import type { OptionValues } from '../../impute/option.js';
import { fisherZ } from '../../stats/index.js';
import { drawCells, type Moments, momentsOf, standardise } from '../gaussian/moments.js';
import { Regressions } from '../gaussian/regressions.js';
import { turns } from '../gaussian/turn.js';
import type { TargetRun, TargetScores } from '../method.js';
import type { TargetScreen } from '../screen.js';
import { type Dag, without } from './dag.js';
import { type Fit, invarianceLogP, regress } from './invariance.js';
import {
  type Candidate,
  compare,
  graphOfOrder,
  greedySearch,
  initialOrder,
  type SearchTests,
} from './search.js';
import type { utigspOptions } from './utigsp-options.js';

type UtigspOptions = OptionValues<typeof utigspOptions>;

/** Scores of every group, of one graph over all. */
export async function utigspScores(
  { control, groups }: TargetScreen,
  given: Readonly<Record<string, unknown>>,
  { random, signal, onProgress }: TargetRun,
): Promise<TargetScores[]> {
  const options = given as UtigspOptions;
  const most = options.utigspMostCells;
  const sets = [
    drawCells(control, most, random.split('utigsp', 'control')),
    ...groups.map(({ name, cells }) => drawCells(cells, most, random.split('utigsp', 'group', name))),
  ];
  standardise(sets);
  const [ofControl, ...ofGroups] = sets.map(momentsOf);
  const { nGenes } = ofControl;
  const regimes = new Regimes(ofControl, ofGroups);
  const { tests, adjacent, notes } = testsOf(ofControl, regimes, options);
  const turn = turns(signal);
  const limits = { depth: options.utigspDepth, mostVisits: options.utigspMostVisits };
  let best: Candidate | undefined;
  for (let run = 0; run < options.utigspRuns; run++) {
    const draws = random.split('utigsp', 'run', run);
    // Elimination starts near, but always in the same few places: every other run starts anywhere.
    const order = run % 2 === 0 ? initialOrder(nGenes, adjacent, draws) : [...draws.permutation(nGenes)];
    const start = graphOfOrder(order, tests);
    const found = await greedySearch(start, tests, limits, draws, turn);
    if (!best || compare(found, best) < 0) best = found;
    onProgress?.(run + 1, options.utigspRuns);
  }
  return scoresOf(best?.dag ?? [], regimes, options).map((score) => ({ score, notes }));
}

/** What a gene given its parents looks like in each regime, kept, as graphs that are looked at share most of it. */
class Regimes {
  readonly #known = new Map<string, Float64Array>();

  constructor(
    private readonly control: Moments,
    private readonly groups: readonly Moments[],
  ) {}

  /** (nGroups): log p-values that the gene given its parents is as in the control. */
  logP(gene: number, parents: readonly number[]): Float64Array {
    const key = `${gene}|${parents}`;
    const known = this.#known.get(key);
    if (known) return known;
    const ofControl: Fit | undefined = regress(this.control, gene, parents);
    const found = Float64Array.from(this.groups, (group) =>
      invarianceLogP(ofControl, regress(group, gene, parents)),
    );
    this.#known.set(key, found);
    return found;
  }
}

interface Tests {
  readonly tests: SearchTests;
  /** Do two genes depend on each other given all others? */
  readonly adjacent: (i: number, j: number) => boolean;
  readonly notes: readonly string[];
}

function testsOf(control: Moments, regimes: Regimes, options: UtigspOptions): Tests {
  const { nCells, nGenes } = control;
  const regressions = new Regressions(control);
  const logAlpha = Math.log(options.utigspAlphaInvariance);
  const known = new Map<string, boolean>();
  const independent = (i: number, j: number, others: readonly number[]): boolean => {
    const key = `${Math.min(i, j)},${Math.max(i, j)}|${others}`;
    let found = known.get(key);
    if (found === undefined) {
      const { m00, m01, m11 } = regressions.conditional([i, j, ...others]);
      found = fisherZ(m01 / Math.sqrt(m00 * m11), nCells, others.length).p > options.utigspAlpha;
      known.set(key, found);
    }
    return found;
  };
  const variants = (gene: number, parents: readonly number[]): number =>
    regimes.logP(gene, parents).reduce((sum, logP) => sum + Number(logP < logAlpha), 0);
  // With no cells to spare, dependence given all others cannot be seen: dependence as it is then starts the search.
  const enough = nCells > nGenes + 1;
  const all = Array.from({ length: nGenes }, (_, gene) => gene);
  return {
    tests: { independent, variants },
    adjacent: (i, j) => !independent(i, j, enough ? without(all, i, j) : []),
    notes: enough
      ? []
      : [
          `${nCells} control cells for ${nGenes} genes: the search starts from correlations, not partial ones`,
        ],
  };
}

/** 1 for a learned target, and e / (1 + e) more for the evidence e = −log p that the gene changed; of each group. */
function scoresOf(dag: Dag, regimes: Regimes, options: UtigspOptions): Float64Array[] {
  const logAlpha = Math.log(options.utigspAlphaInvariance);
  const logP = dag.map((parents, gene) => regimes.logP(gene, parents));
  return Array.from(logP[0], (_, group) =>
    Float64Array.from(logP, (ofGene) => {
      const evidence = options.utigspEvidence ? Math.max(0, -ofGene[group]) : 0;
      return Number(ofGene[group] < logAlpha) + evidence / (1 + evidence);
    }),
  );
}
