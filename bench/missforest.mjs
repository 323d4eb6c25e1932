/**
 * `missforest` against scikit-learn's IterativeImputer with RandomForestRegressor, both of 100 trees, in turn, one thread
 * each. Usage: node bench/missforest.mjs [ROUNDS]. The screen is that of `chained-screen.mjs`.
 *
 * A fifth of the pairs is hidden. The peer is compared twice: as it is by default, where it also grows forests for columns
 * that lack nothing, and with `skip_complete`, which spares it those. Random numbers differ, so answers are compared by
 * their error.
 */
import { imputerNamed, imputerOptions } from '../dist/impute/index.js';
import { error, hidden, impute, startImputer, tensor } from './chained-screen.mjs';
import { median, record } from './harness.mjs';

const rounds = Number(process.argv[2] ?? 3);
const peer = await startImputer('missforest');
const turns = [];
for (let seed = 0; seed < 3; seed++)
  await impute(imputerNamed('missforest').create(tensor, imputerOptions({ seed })));
for (let seed = 0; seed < rounds; seed++) {
  const theirs = await peer.ask({ skip_complete: true, seed });
  const ours = await impute(imputerNamed('missforest').create(tensor, imputerOptions({ seed })));
  turns.push({ ours, theirs });
}
const whole = await peer.ask({ seed: 0 });
peer.stop();
const ourSeconds = median(turns.map(({ ours }) => ours.seconds));
record('missforest', {
  peer: peer.versions,
  hidden: hidden.length,
  'IterativeImputer with skip_complete, s': median(turns.map(({ theirs }) => theirs.seconds)),
  'IterativeImputer by default, s (once)': whole.seconds,
  'mechanist, s': ourSeconds,
  'times faster than with skip_complete': median(
    turns.map(({ ours, theirs }) => theirs.seconds / ours.seconds),
  ),
  'times faster than by default': whole.seconds / ourSeconds,
  'root mean squared error, IterativeImputer': median(turns.map(({ theirs }) => error(theirs.filled))),
  'root mean squared error, mechanist': median(turns.map(({ ours }) => error(ours.profiles))),
});
