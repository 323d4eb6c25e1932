/**
 * The graph among latents, by kind, and its weights.
 *
 * Latents are numbered so that parents come before their children. Every latent has a stream of its own: more latents
 * leave those before them as they were.
 */
import { OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import type { SystemSettings } from './options.js';

/** One latent's parents, in order, each with the weight ±1 of its edge. */
export interface LatentParents {
  readonly parents: Int32Array;
  readonly weights: Float64Array;
}

export function drawGraph(settings: SystemSettings, random: Random): LatentParents[] {
  const degrees = new Int32Array(settings.latents);
  const graph = Array.from({ length: settings.latents }, (_, child) => {
    const stream = random.split(child);
    const parents = drawParents(child, degrees, settings, stream).sort();
    for (const parent of parents) degrees[parent]++;
    degrees[child] += parents.length;
    return { parents, weights: signs(parents.length, stream.split('weights')) };
  });
  checkReach(graph, settings);
  return graph;
}

/** With offsets up to 1e6, and networks on top, float32 is left behind from here on. */
const MOST_PATHS = 1e24;

/** Throws OptionError where a latent is reached on so many paths that its values could overflow. */
function checkReach(graph: readonly LatentParents[], { latentParents }: SystemSettings): void {
  const paths: number[] = [];
  for (const { parents } of graph) {
    paths.push(parents.reduce((sum, parent) => sum + paths[parent], 1));
    if (paths[paths.length - 1] > MOST_PATHS) {
      const allowed = 'few enough for so many latents and layers: their values grow beyond float32';
      throw new OptionError('latentParents', latentParents, allowed);
    }
  }
}

/** `count` numbers of 1 and −1, each as likely. */
export const signs = (count: number, random: Random): Float64Array =>
  random.fill(new Float64Array(count), (r) => (r.bernoulli(0.5) ? 1 : -1));

/** `degrees`: edges of each latent so far. */
function drawParents(
  child: number,
  degrees: Int32Array,
  { graph, latents, latentParents, layers }: SystemSettings,
  random: Random,
): Int32Array {
  if (child === 0 || graph === 'empty') return new Int32Array(0);
  if (graph === 'growing') return Int32Array.of(byDegree(child, degrees, random));
  if (graph === 'multi-growing') {
    return random.sample(child, Math.min(child, random.integer(latentParents + 1)));
  }
  const layer = Math.floor((child * layers) / latents);
  if (layer === 0) return new Int32Array(0);
  const [start, end] = [layer - 1, layer].map((number) => Math.ceil((number * latents) / layers));
  const count = Math.min(end - start, 1 + random.integer(latentParents));
  return random.sample(end - start, count).map((place) => start + place);
}

/** One of the latents before `child`, as likely as it has edges: the growing network of networkx's `gn_graph`. */
function byDegree(child: number, degrees: Int32Array, random: Random): number {
  if (child === 1) return 0;
  // Every latent but the first brought one edge, which has two ends.
  let left = random.integer(2 * (child - 1));
  let parent = 0;
  while (left >= degrees[parent]) left -= degrees[parent++];
  return parent;
}
