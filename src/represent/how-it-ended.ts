/** What a training came to, in words. */
import type { Trained } from '../compute/index.js';

/** The epochs and the last errors of a training, in words. */
export function howItEnded({ history, epoch }: Trained): string {
  const last = history[epoch - 1];
  if (!last) return 'no epoch';
  const held =
    last['valid.loss'] === undefined ? '' : `, ${last['valid.loss'].toPrecision(3)} on rows held back`;
  return `${epoch} epochs, loss ${last['train.loss'].toPrecision(3)}${held}`;
}
