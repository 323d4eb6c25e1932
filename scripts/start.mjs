/**
 * `npm start`: the main jobs on embedded demos. Simulates a screen shaped like CMAP, evaluates methods by leave-one-out,
 * imputes all missing pairs; simulates perturbed cells and finds which latents each perturbation shifts; says where
 * everything is and how to run one's own file.
 */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

/** One of each kind and every average: all methods would take minutes. */
const METHODS = [
  'auto',
  'matrix-normal',
  'si-a',
  'snn',
  'two-way-mean',
  'mean-over-actions',
  'mean-over-contexts',
  'fixed-effect',
];

const CELLS = [
  ...['--definition', 'paper', '--perturbations', '60', '--held-out', '0', '--latents', '8'],
  ...['--cells-per-perturbation', '100', '--control-cells', '300', '--library', '3000'],
];

const begin = performance.now();
ensureInstalled();
ensureBuilt();

const demo = join(root, 'demo');
mkdirSync(demo, { recursive: true });
const [screen, report, imputed, cells, mechanisms] = [
  'screen.h5ad',
  'report',
  'imputed.h5ad',
  'cells.h5ad',
  'mechanisms',
].map((name) => relative(root, join(demo, name)));
const mechanist = (...args) => run(process.execPath, ['bin/mechanist.js', ...args]);

console.log(
  '\n1. Simulate a screen: 24 cell lines, 20 compounds and DMSO, 978 genes, 302 of 480 pairs measured',
);
mechanist('simulate', 'screen', '--out', screen, '--overwrite');
console.log('\n2. Leave every measured pair out once and predict it, with some methods and every average');
mechanist('evaluate', screen, '--out', report, '--overwrite', '--methods', METHODS.join());
console.log('\n3. Impute every missing pair, with intervals');
mechanist('impute', screen, '--out', imputed, '--overwrite', '--quiet');

console.log(
  '\n4. Simulate single cells: 60 perturbations that shift 1 to 3 of 8 latents, and untreated cells',
);
mechanist('simulate', 'cells', '--out', cells, '--overwrite', ...CELLS);
console.log('\n5. Which latents does each perturbation shift, and how surely?');
mechanist('represent', cells, '--out', mechanisms, '--overwrite', '--latent', '8', '--epochs', '120');

console.log(`${imputed}: every missing pair, by auto, with the layers lower and upper
${mechanisms}/graph.csv: perturbation, latent, probability and shift; report.html beside it

Done in ${((performance.now() - begin) / 1000).toFixed(1)} s. Open ${report}/report.html and
${mechanisms}/report.html in a browser.

Your own file (h5ad, gctx, gct, csv, tsv, 10x, mtx, parquet or zarr; one row a profile, or a cell for represent):

  node bin/mechanist.js info FILE                                what is in it, what is understood
  node bin/mechanist.js evaluate FILE --out results              how far each method is to be trusted
  node bin/mechanist.js impute FILE --out imputed.h5ad           every missing (context, action)
  node bin/mechanist.js design FILE --out next.csv --budget 10   which experiments to run next
  node bin/mechanist.js represent CELLS --out mechanisms         which latents each perturbation shifts
  node bin/mechanist.js target CELLS --out targets.csv           which genes each perturbation hit
`);
