/** Cold start of the command line: `mechanist --help` in fresh processes, beside Node doing nothing. */
import { spawnSync } from 'node:child_process';
import { median, record, root } from './harness.mjs';

const time = (...args) => {
  const begin = performance.now();
  spawnSync(process.execPath, args, { cwd: root });
  return performance.now() - begin;
};
const rounds = Array.from({ length: 21 }, () => ({
  help: time('bin/mechanist.js', '--help'),
  node: time('-e', ''),
}));
record('startup', {
  'mechanist --help, ms': median(rounds.map((round) => round.help)),
  'slowest of 21, ms': Math.max(...rounds.map((round) => round.help)),
  'node -e "", ms': median(rounds.map((round) => round.node)),
});
