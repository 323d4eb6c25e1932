/**
 * `npm start`: the main job on the embedded demo. Simulates a screen shaped like CMAP, evaluates every method by
 * leave-one-out, imputes all missing pairs, and says where everything is and how to run one's own file.
 */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

const begin = performance.now();
ensureInstalled();
ensureBuilt();

const demo = join(root, 'demo');
mkdirSync(demo, { recursive: true });
const [screen, report, imputed] = ['screen.h5ad', 'report', 'imputed.h5ad'].map((name) =>
  relative(root, join(demo, name)),
);
const mechanist = (...args) => run(process.execPath, ['bin/mechanist.js', ...args]);

console.log(
  '\n1. Simulate a screen: 24 cell lines, 20 compounds and DMSO, 978 genes, 302 of 480 pairs measured',
);
mechanist('simulate', 'screen', '--out', screen, '--overwrite');
console.log('\n2. Leave every measured pair out once and predict it, with every method and baseline');
mechanist('evaluate', screen, '--out', report, '--overwrite');
console.log('\n3. Impute every missing pair');
mechanist('impute', screen, '--out', imputed, '--overwrite');

console.log(`
Done in ${((performance.now() - begin) / 1000).toFixed(1)} s. Open ${report}/report.html in a browser.

Your own file (h5ad, gctx, gct, csv, tsv, 10x, mtx, parquet or zarr; one row a profile):

  node bin/mechanist.js info FILE                        what is in it, what is understood
  node bin/mechanist.js evaluate FILE --out results      how far each method is to be trusted
  node bin/mechanist.js impute FILE --out imputed.h5ad   every missing (context, action)
`);
