/** `npm test`: installs, builds, type-checks, lints and runs every test. Arguments go to vitest. */
import { ensureBuilt, ensureInstalled, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
const args = process.argv.slice(2);
if (args.length === 0) run('npm', ['run', '--silent', 'check']);
run('npx', ['vitest', 'run', ...args]);
