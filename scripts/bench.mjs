/** `npm run bench [NAME …]`: the benchmarks of `bench/`, in turn; all of them without a name. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
const all = [
  'si',
  'h5ad',
  'startup',
  'linalg',
  'train-step',
  'axial',
  'epoch',
  'full-cmap',
  'autoencoder',
  'kang',
  'mice',
  'missforest',
  'ntk',
  'cntk',
  'svae',
  'environments',
  'dcdi',
  'fci',
];
const names = process.argv.slice(2);
const known = readdirSync(join(root, 'bench')).filter((file) => file.endsWith('.mjs'));
for (const name of names.length > 0 ? names : all) {
  if (!known.includes(`${name}.mjs`)) {
    console.error(`no benchmark '${name}'; there are ${all.join(', ')}`);
    process.exit(2);
  }
  console.log(`\n${name}`);
  run(process.execPath, [join('bench', `${name}.mjs`)]);
}
