/**
 * BaCaDI (Hägele et al. 2023, https://arxiv.org/abs/2206.01665) as a method that finds targets: particles approximate the
 * posterior of graph, mechanisms and targets of all groups; a gene's score is its posterior probability of being a target.
 * Particles count alike (`bacadi-e`, empirical), or by the posterior density of each (`bacadi-m`, mixture). See
 * docs/methods/bacadi.md.
 */
import { regimesOf } from '../dcdi/regimes.js';
import { settingsOf } from '../dcdi/settings.js';
import type { TargetRun, TargetScores } from '../method.js';
import { checkScreen, type TargetScreen } from '../screen.js';
import { bacadiOptions } from './bacadi-options.js';
import { environmentsOf } from './environments.js';
import { climb } from './particles.js';

/** Scores of every group; particles count alike, or by the posterior density of each. */
export async function bacadiScores(
  weigh: 'alike' | 'by density',
  screen: TargetScreen,
  options: Readonly<Record<string, unknown>>,
  run: TargetRun,
): Promise<TargetScores[]> {
  checkScreen(screen);
  if (screen.groups.length === 0) return [];
  const settings = settingsOf(bacadiOptions, options);
  const regimes = regimesOf(
    screen,
    {
      scaledBy: 'control',
      controlCells: settings.bacadiControlCells,
      groupCells: settings.bacadiCells,
    },
    run.random.split('cells'),
  );
  const particles = await climb(await run.runtime(), environmentsOf(regimes), settings, run);
  const weights =
    weigh === 'alike'
      ? particles.logPosterior.map(() => 1 / particles.logPosterior.length)
      : softmax(particles.logPosterior);
  const d = screen.genes.length;
  return screen.groups.map((_, group) => ({
    // a gene that never varies was never seen to be hit
    score: Float64Array.from(regimes.constant, (constant, gene) =>
      constant
        ? 0
        : weights.reduce(
            (sum, w, p) => sum + w * particles.targets[(p * screen.groups.length + group) * d + gene],
            0,
          ),
    ),
    notes: [],
  }));
}

function softmax(logs: Float64Array): Float64Array {
  const most = logs.reduce((a, b) => Math.max(a, b));
  const raised = logs.map((value) => Math.exp(value - most));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}
