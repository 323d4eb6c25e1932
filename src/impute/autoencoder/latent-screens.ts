/**
 * Latent spaces of a screen, trained as often as honesty asks and no more.
 *
 * Leave-one-out would train a network a pair. Instead the treated pairs fall into groups, by a hash of their names and
 * the seed; pairs hidden from one group only get the network that was trained without the *whole* group. It has seen
 * less than it might, never what is hidden. With nothing hidden there is one network of everything; pairs hidden from
 * several groups, or controls, get a network of exactly what is visible. What is done with the latents afterwards may
 * use every visible pair.
 */
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import type { LatentSpace } from '../../represent/index.js';
import { groupsOf, pairGroups } from '../pair-groups.js';
import { Training } from '../training.js';

/** Trains on profiles `rows` (nRows, nGenes), in the order of contexts and actions. */
export type TrainSpace = (rows: Float64Array, nRows: number) => Promise<LatentSpace>;

export interface LatentScreen {
  readonly space: LatentSpace;
  /** The screen with latents (width) in the place of profiles; hidden pairs have theirs too, and stay hidden. */
  readonly latents: OutcomeTensor;
  /** Which network this is, for people. */
  readonly note: string;
}

export class LatentScreens {
  /** Group of each pair, −1 of controls: those are never hidden with a group. */
  private readonly groupOf: Int32Array;
  private readonly kept = new Map<string, Promise<LatentScreen>>();
  /** The one network that was trained for one set of hidden pairs; the next set takes its place. */
  private last: { readonly key: string; readonly screen: Promise<LatentScreen> } | undefined;

  constructor(
    private readonly tensor: OutcomeTensor,
    options: { readonly latentGroups: number; readonly seed: number },
    private readonly train: TrainSpace,
  ) {
    this.groupOf = pairGroups(tensor, options.latentGroups, options.seed);
  }

  /** The latent screen that `training` may use. Throws DataError where nothing is visible. */
  of(training: Training): Promise<LatentScreen> {
    const hidden = training.hiddenPairs;
    if (hidden.length === 0) return this.keep('all', training, 'trained on every profile');
    const groups = groupsOf(hidden, this.groupOf);
    if (groups?.length === 1) {
      const [group] = groups;
      const members = Array.from(this.groupOf.keys()).filter((pair) => this.groupOf[pair] === group);
      const without = new Training(this.tensor, members);
      if (without.visiblePairs().length >= 2) {
        return this.keep(`group ${group}`, without, `trained without the ${members.length} pairs of a group`);
      }
    }
    const key = Array.from(hidden)
      .sort((a, b) => a - b)
      .join();
    if (this.last?.key !== key) {
      this.last = { key, screen: this.trainOn(training, 'trained on the visible profiles') };
    }
    return this.last.screen;
  }

  private keep(key: string, training: Training, note: string): Promise<LatentScreen> {
    const known = this.kept.get(key);
    if (known) return known;
    const made = this.trainOn(training, note);
    this.kept.set(key, made);
    return made;
  }

  private async trainOn(training: Training, note: string): Promise<LatentScreen> {
    const { tensor } = this;
    const pairs = training.visiblePairs();
    if (pairs.length === 0) throw new DataError('there is no profile left to learn from');
    const rows = new Float64Array(pairs.length * tensor.nGenes);
    pairs.forEach((pair, row) => rows.set(tensor.profile(pair), row * tensor.nGenes));
    const space = await this.train(rows, pairs.length);
    const latents = new OutcomeTensor({
      ...tensor,
      genes: Array.from({ length: space.width }, (_, i) => `latent ${i + 1}`),
      profiles: space.encode(tensor.profiles, tensor.nPairs),
    });
    return { space, latents, note: `${space.notes.join('; ')} (${note})` };
  }
}
