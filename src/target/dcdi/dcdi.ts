/**
 * DCDI with unknown targets (Brouillard et al. 2020, https://arxiv.org/abs/2007.01754) as a method that finds targets:
 * the graph, the densities and the targets of all groups are learned together; a gene's score is the learned probability
 * that the group's perturbation hit it. See docs/methods/dcdi.md.
 */
import type { TargetRun, TargetScores } from '../method.js';
import { checkScreen, type TargetScreen } from '../screen.js';
import { type DcdiOptions, dcdiOptions } from './dcdi-options.js';
import { type Density, gaussian, sigmoidalFlow } from './densities.js';
import { momentsOfGroups, type Regimes, regimesOf } from './regimes.js';
import { settingsOf } from './settings.js';
import { trainDcdi } from './train.js';

/** Parameters that a target costs under `bic`: where the gene is then, and how far it spreads. */
const PARAMETERS_OF_A_TARGET = 2;
/** Of the deviation over all cells: a gene with one value in a group has no density of its own. */
const LEAST_DEVIATION = 0.1;

/** Scores of every group, of densities that are Gaussian or flows. */
export async function dcdiScores(
  density: 'gaussian' | 'flow',
  screen: TargetScreen,
  options: Readonly<Record<string, unknown>>,
  run: TargetRun,
): Promise<TargetScores[]> {
  checkScreen(screen);
  if (screen.groups.length === 0) return [];
  const settings = settingsOf(dcdiOptions, options);
  const regimes = regimesOf(screen, { scaledBy: 'all' }, run.random.split('cells'));
  const family =
    density === 'gaussian' ? gaussian : sigmoidalFlow(settings.dcdiFlowLayers, settings.dcdiFlowUnits);
  return scores(screen, regimes, family, settings, run);
}

async function scores(
  { groups, genes }: TargetScreen,
  regimes: Regimes,
  density: Density,
  settings: DcdiOptions,
  run: TargetRun,
): Promise<TargetScores[]> {
  const d = genes.length;
  const trained = await trainDcdi(
    await run.runtime(),
    regimes,
    {
      nGenes: d,
      nRegimes: groups.length,
      density,
      hidden: Array<number>(settings.dcdiLayers).fill(settings.dcdiUnits),
      ...momentsOfGroups(regimes, LEAST_DEVIATION),
    },
    { edges: settings.dcdiEdgePenalty, targets: groups.map(({ cells }) => targetCost(cells.nRows)) },
    settings,
    run,
  );
  return groups.map((_, k) => ({
    // a gene that never varies was never seen to be hit
    score: Float64Array.from(regimes.constant, (constant, i) =>
      constant ? 0 : 1 - trained.untouched[k * d + i],
    ),
    notes: trained.acyclic ? [] : [NOT_ACYCLIC],
  }));

  /** Half the logarithm of the group's cells for each parameter, on the scale of the loss, a cell and gene. */
  function targetCost(nCells: number): number {
    if (settings.dcdiTargetPenalty !== 'bic') return settings.dcdiTargetPenalty;
    return (PARAMETERS_OF_A_TARGET * Math.log(nCells)) / (2 * regimes.group.length * d);
  }
}

const NOT_ACYCLIC =
  'the graph had cycles when the steps were over; their least likely edges were taken out (more --dcdi-steps help)';
