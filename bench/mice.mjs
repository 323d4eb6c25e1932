/**
 * `mice` against scikit-learn's IterativeImputer with its default BayesianRidge, in turn, both warm; one thread each.
 * Usage: node bench/mice.mjs [ROUNDS]. The screen is that of `chained-screen.mjs`.
 *
 * Twice: one hidden pair, as a fold of leave-one-out, where both answer the same; and a fifth of the pairs at once, for
 * ten rounds. The answer is the same in both.
 */
import { imputerNamed, imputerOptions } from '../dist/impute/index.js';
import { greatestDifference, hidden, impute, startImputer, tensor } from './chained-screen.mjs';
import { median, record } from './harness.mjs';

const rounds = Number(process.argv[2] ?? 7);
const peer = await startImputer('mice');
const make = (options) => imputerNamed('mice').create(tensor, imputerOptions(options));
const cases = {
  'one pair': { pairs: hidden.slice(0, 1), imputer: make({}), more: {} },
  'a fifth of the pairs': { pairs: hidden, imputer: make({ miceTolerance: 0 }), more: { tol: 0 } },
};

const rows = {};
for (const [name, { pairs, imputer, more }] of Object.entries(cases)) {
  const turns = [];
  for (let round = -2; round < rounds; round++) {
    const theirs = await peer.ask({ pairs, ...more });
    const ours = await impute(imputer, pairs);
    if (round >= 0) turns.push({ ours, theirs });
  }
  const [{ ours, theirs }] = turns;
  rows[`${name}: IterativeImputer, s`] = median(turns.map((turn) => turn.theirs.seconds));
  rows[`${name}: mechanist, s`] = median(turns.map((turn) => turn.ours.seconds));
  rows[`${name}: times faster`] = median(turns.map((turn) => turn.theirs.seconds / turn.ours.seconds));
  rows[`${name}: greatest difference of a value`] = greatestDifference(ours.profiles, theirs.filled);
}
peer.stop();
record('mice', { peer: peer.versions, hidden: hidden.length, ...rows });
