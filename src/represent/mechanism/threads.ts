/**
 * How many threads a training gains from. The steps of small networks are hundreds of operations of microseconds, and
 * handing each to several threads takes longer than it saves: `svae+` on 100 genes is 1.2 to 1.6 times as fast on one
 * thread as on two, `svae-bayes` on 2,000 genes 1.4 to 1.6 times as slow.
 */
import type { MechanismSettings } from './settings.js';

/** Multiplications in the first layer of a batch from which two threads were faster: between 300 and 1,000 genes. */
const WORTH_SHARING = 2.5e7;

/** All `cores`, or one where sharing costs more than it gains. */
export function threadsFor(
  { batchSize, hidden }: Pick<MechanismSettings, 'batchSize' | 'hidden'>,
  nGenes: number,
  cores: number,
): number {
  return batchSize * hidden * nGenes < WORTH_SHARING ? 1 : cores;
}
