/**
 * Difference causal inference with stability selection (Belyaeva, Squires & Uhler 2021, Bioinformatics 37, 3067): which
 * edges of the linear causal graph changed between control and perturbed cells. A perturbation changes the edges into
 * the genes that it hit.
 */
import type { OptionValues } from '../../impute/option.js';
import type { Random } from '../../random/index.js';
import { mean } from '../../stats/index.js';
import { type Cells, cellsAt, drawCells, genesAt, standardise } from '../gaussian/moments.js';
import { turns } from '../gaussian/turn.js';
import type { TargetRun, TargetScores } from '../method.js';
import type { TargetScreen } from '../screen.js';
import type { dciOptions } from './dci-options.js';
import { type DifferenceSettings, differenceGraphs } from './draw.js';
import { type Variation, variationOf } from './variation.js';

type DciOptions = OptionValues<typeof dciOptions>;

/** Fewer cells a draw than this beyond the genes make an inverse covariance of all of them mostly noise. */
const SPARE_CELLS = 10;

/** Scores of every group, each alone against the control. */
export async function dciScores(
  { control, groups }: TargetScreen,
  options: Readonly<Record<string, unknown>>,
  run: TargetRun,
): Promise<TargetScores[]> {
  const settings = options as DciOptions;
  const { random, onProgress } = run;
  const unperturbed = drawCells(control, settings.dciMostCells, random.split('dci', 'control'));
  const scores: TargetScores[] = [];
  for (const { name, cells } of groups) {
    const draws = random.split('dci', 'group', name);
    const perturbed = drawCells(cells, settings.dciMostCells, draws.split('cells'));
    const variation = variationOf(unperturbed, perturbed);
    const { usable } = variation;
    const pair = [genesAt(unperturbed, usable), genesAt(perturbed, usable)] as const;
    standardise(pair);
    const progress = (share: number) => onProgress?.(scores.length + share, groups.length);
    const stability = await edgeStability(pair, settings, draws, { ...run, onProgress: progress });
    scores.push(scoresOf(stability, variation));
  }
  return scores;
}

interface Stability {
  /** (nGenes, nGenes): of the edge from row to column, the share of draws that found it. */
  readonly edges: Float64Array;
  readonly notes: readonly string[];
}

async function edgeStability(
  [control, perturbed]: readonly [Cells, Cells],
  options: DciOptions,
  random: Random,
  { signal, onProgress }: Pick<TargetRun, 'signal' | 'onProgress'>,
): Promise<Stability> {
  const { nGenes } = control;
  const sizes = [control, perturbed].map(({ nCells }) =>
    Math.max(2, Math.floor(options.dciFraction * nCells)),
  );
  const { settings, notes } = settingsFor(Math.min(...sizes), nGenes, options);
  const nDraws = options.dciFraction === 1 ? 1 : options.dciBootstraps;
  const turn = turns(signal);
  const found: Float64Array[] = [];
  for (let draw = 0; draw < nDraws; draw++) {
    await turn();
    const [a, b] = [control, perturbed].map((cells, side) =>
      cellsAt(cells, random.split('draw', draw, side).sample(cells.nCells, sizes[side])),
    );
    differenceGraphs(a, b, settings).forEach((arcs, combination) => {
      found[combination] ??= new Float64Array(nGenes * nGenes);
      for (const [from, to] of arcs) found[combination][from * nGenes + to] += 1 / nDraws;
    });
    onProgress?.((draw + 1) / nDraws, 1);
  }
  const { dciSelection: least, dciCombine: combine } = options;
  const edges = found[0].map((_, k) => {
    const shares = found.map((ofEdges) => ofEdges[k]);
    const share = combine === 'max' ? Math.max(...shares) : mean(shares);
    return least === null ? share : Number(share > least);
  });
  return { edges, notes };
}

/** What so many cells allow, and what a reader has to know of it. */
function settingsFor(
  nCells: number,
  nGenes: number,
  options: DciOptions,
): { settings: DifferenceSettings; notes: string[] } {
  const notes: string[] = [];
  let how = options.dciDifference;
  if (how === 'precision' && nCells < nGenes + SPARE_CELLS) {
    how = 'complete';
    notes.push(
      `a draw has ${nCells} cells for ${nGenes} genes, too few for an inverse covariance: all pairs were looked at`,
    );
  }
  const mostGiven = Math.min(options.dciMostGiven, Math.max(0, nCells - 2 - SPARE_CELLS / 2));
  if (mostGiven < options.dciMostGiven)
    notes.push(`a draw has ${nCells} cells: at most ${mostGiven} genes were conditioned on`);
  const levels = {
    difference: options.dciAlphaDifference,
    skeleton: options.dciAlphaSkeleton,
    orientation: options.dciAlphaOrientation,
  };
  return { settings: { how, levels, edgeThreshold: options.dciEdgeThreshold, mostGiven }, notes };
}

/** The share of the other genes whose edge into a gene changed; 1 where a gene began or ceased to vary. */
function scoresOf(
  { edges, notes }: Stability,
  { usable, changed, nGenes, notes: more }: Variation,
): TargetScores {
  const score = new Float64Array(nGenes);
  const n = usable.length;
  usable.forEach((gene, to) => {
    for (let from = 0; from < n; from++) score[gene] += edges[from * n + to] / Math.max(1, n - 1);
  });
  for (const gene of changed) score[gene] = 1;
  return { score, notes: [...notes, ...more] };
}
