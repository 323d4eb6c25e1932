/**
 * Methods of `reproduce cdn` on real screens whose targets are known: ECCITE-seq (Papalexi et al. 2021; 25 perturbations, nine of
 * genes that were measured) and flow cytometry (Sachs et al. 2005; five targets of eleven proteins).
 */
import { join } from 'node:path';
import { screenMetrics } from '../evaluate/index.js';
import { Random } from '../random/index.js';
import { type TargetRun, targetMethodNamed, targetOptions, trainedNetwork } from '../target/index.node.js';
import type { RealRun, RealScreen } from './reproduce-cdn-plan.js';
import { readTargetCells, type TargetCells, type TargetCellsRequest } from './target-cells.node.js';
import { groupCells } from './target-groups.js';
import { namedGenes } from './target-named.js';
import { rankContext } from './target-ranking.js';

export interface RealScores {
  readonly rank: number;
  readonly recall1: number;
  readonly recall5: number;
  readonly recall20: number;
  /** Top-1 Pearson. */
  readonly r: number;
  /** Perturbations of genes that are measured, and how many of these genes are candidates. */
  readonly targets: number;
  readonly ranked: number;
  /** Perturbations that `de` ranked in the place of the method. */
  readonly fallbacks: number;
  /** Of all perturbations, the choice of candidates included. */
  readonly seconds: number;
}

/** Files of each screen, in the folder of real data. */
const requestOf = (screen: RealScreen, data: string): TargetCellsRequest =>
  screen === 'sachs'
    ? { path: join(data, 'sachs/sachs_5846x11_utigsp.csv'), perturbation: 'target', control: '' }
    : {
        path: join(data, 'papalexi2021/counts_genes_x_cells.mtx.gz'),
        cells: join(data, 'papalexi2021/cells.csv.gz'),
        genes: join(data, 'papalexi2021/genes.csv'),
        perturbation: 'target',
        control: 'non-targeting',
        context: 'none',
      };

/** Runs on the screens of a folder, each read once. Throws what reading throws. */
export function realScreens(
  data: string,
): (run: RealRun, runtime: TargetRun['runtime']) => Promise<RealScores> {
  const read = new Map<RealScreen, Promise<TargetCells>>();
  return async ({ screen, model, options, candidates, seed }, runtime) => {
    const reading = read.get(screen) ?? readTargetCells(requestOf(screen, data));
    read.set(screen, reading);
    const { data: cells, roles } = await reading;
    const { contexts } = groupCells(cells, roles);
    const method = targetMethodNamed(model);
    const start = performance.now();
    const ranked = await rankContext(cells, contexts[0], {
      method,
      options: targetOptions(method, options),
      candidates: candidates ?? Number.POSITIVE_INFINITY,
      rounds: 0,
      random: Random.fromSeed(seed).split('reproduce-cdn', screen),
      runtime,
      trained: trainedNetwork,
    });
    const seconds = (performance.now() - start) / 1000;
    const genesOf = namedGenes(cells.var, roles.control);
    const names = (genes: Iterable<number>) => Array.from(genes, (gene) => cells.var.index[gene]);
    const perturbations = ranked.map(({ perturbation, genes, score }) => ({
      name: perturbation,
      genes: names(genes),
      score,
      targets: names(genesOf(perturbation)),
    }));
    const changes = new Map(
      ranked.map(({ perturbation, differences }) => [perturbation, differences.logFoldChange]),
    );
    const named = perturbations.filter(({ targets }) => targets.length > 0);
    const { rank, recall, r, targets, ranked: found } = screenMetrics(named, changes);
    return {
      rank,
      recall1: recall[1],
      recall5: recall[5],
      recall20: recall[20],
      r,
      targets,
      ranked: found,
      fallbacks: ranked.filter(({ fallback }) => fallback !== '').length,
      seconds,
    };
  };
}
