/** What the benchmarks share: where things are, medians, and the table of last results. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const python = process.env.MECHANIST_PYTHON ?? '/usr/bin/python3';

/** A file of the shared reference data; leaves when it is not there. */
export function shared(path) {
  const file = join(root, process.env.MECHANIST_SHARED ?? '../shared', path);
  if (existsSync(file)) return file;
  console.error(`skipped: ${path} is not there; set MECHANIST_SHARED`);
  process.exit(0);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Prints a result, keeps it as `results/NAME.json` and writes `RESULTS.md` anew from all of them. */
export function record(name, numbers) {
  const machine = `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const result = { date: new Date().toISOString().slice(0, 10), machine, ...numbers };
  console.log(JSON.stringify(result, null, 2));
  const folder = join(root, 'bench', 'results');
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const sections = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => section(file.slice(0, -5), JSON.parse(readFileSync(join(folder, file), 'utf8'))));
  const text = [
    '# Last results',
    '',
    'Written by `npm run bench`. Ratios are paired: both sides in turn on the same machine.',
    ...sections,
  ];
  writeFileSync(join(root, 'bench', 'RESULTS.md'), `${text.join('\n')}\n`);
}

function section(name, { date, machine, ...numbers }) {
  const show = (value) => (typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value));
  const rows = Object.entries(numbers).map(([what, value]) => `| ${what} | ${show(value)} |`);
  return ['', `## ${name}`, '', `${date}, ${machine}`, '', '| what | value |', '|---|---|', ...rows].join(
    '\n',
  );
}
