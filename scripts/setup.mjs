/**
 * What `npm start` and `npm test` need before they can run: dependencies installed, TypeScript built.
 * Each is done only when something changed since, so that a second start takes seconds.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMPS = join(root, 'node_modules', '.mechanist');

/** Installs the locked dependencies unless they are there already. */
export function ensureInstalled() {
  once('installed', ['package.json', 'package-lock.json'], 'installing dependencies', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
  );
}

/** Compiles `src` to `dist` unless nothing changed. */
export function ensureBuilt() {
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join('src', name));
  const files = sources.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort();
  const present = existsSync(join(root, 'dist', 'cli', 'main.js'));
  once(
    'built',
    ['tsconfig.json', 'package.json', ...files],
    'building',
    () => run('npm', ['run', '--silent', 'build']),
    present,
  );
}

/** Runs a program in the project and leaves with its code when it fails. */
export function run(program, args, options = {}) {
  const { status, error, signal } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

/** Runs `work` unless it was done for exactly this content of `files`. */
function once(name, files, what, work, present = true) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(contentOf(join(root, file)));
  const digest = hash.digest('hex');
  const stamp = join(STAMPS, name);
  if (present && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.error(`${what} …`);
  work();
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, digest);
}

function contentOf(path) {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path) : '';
}
