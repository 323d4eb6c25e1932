/** The files that examples of the documentation speak of, tiny, so that the examples run in a moment. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { columnStrings, dense, type PerturbationData } from '../../src/data/index.js';
import { writeData } from '../../src/formats/index.node.js';
import { simulateCells, simulateScreen } from '../../src/simulate/index.js';

/** What `simulate screen` is given in the place of its full size. */
export const TINY = { contexts: 5, actions: 6, genes: 30 };

/** Writes them into `folder`, which is made. */
export async function writeDocumentedFiles(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const screen = simulateScreen({ ...TINY, seed: 1 });
  const counts = Float64Array.from({ length: screen.nObs * screen.nVars }, (_, i) => (i * 7) % 11);
  const dropouts = Float64Array.from(screen.X.values, (value, i) => (i === 3 ? 1 : Math.max(value, 50)));
  await writeData(join(folder, 'screen.h5ad'), screen);
  await writeData(join(folder, 'my-screen.h5ad'), screen);
  await writeData(join(folder, 'screen.tsv'), screen);
  await writeData(join(folder, 'counts.h5ad'), screen.with({ X: dense(screen.nObs, screen.nVars, counts) }));
  await writeData(join(folder, 'level2.csv'), screen.with({ X: dense(screen.nObs, screen.nVars, dropouts) }));
  const cells = simulateCells({
    perturbations: 6,
    cellsPerPerturbation: 20,
    controlCells: 20,
    genes: 15,
    latents: 3,
  });
  await writeData(join(folder, 'my-cells.h5ad'), cells);
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  const pairs = treatedPairs(screen);
  write('held-out.csv', ['context,action', ...pairs.slice(0, 3).map(([c, a]) => `${c},${a}`)]);
  write('wanted.csv', ['context,action', `${pairs[0][0]},${pairs.at(-1)![1]}`, 'cell-5,compound-1']);
  write('folds.csv', ['context,action,fold', ...pairs.map(([c, a]) => `${c},${a},${c}`)]);
  // three genes, two cells
  write('counts.mtx', [
    '%%MatrixMarket matrix coordinate integer general',
    '3 2 3',
    '1 1 4',
    '2 2 1',
    '3 1 7',
  ]);
  const smiles = ['CC', 'CCO', 'c1ccccc1', 'CC(=O)O', 'C1CCCCC1', 'CN'];
  write('compounds.csv', ['name,smiles', ...smiles.map((text, i) => `compound-${i + 1},${text}`)]);
  write('lines.csv', [
    'cell,tissue',
    'cell-1,skin',
    'cell-2,lung',
    'cell-3,skin',
    'cell-4,lung',
    'cell-5,skin',
  ]);
  write('cells.csv', ['cell,cell_line,perturbation', 'c1,A,DMSO', 'c2,B,DMSO']);
  write('sets.gmt', [
    'FIRST\tmade up\tgene-01\tgene-02\tgene-03\tTP53',
    'SECOND\t\tgene-04\tgene-05\tgene-06',
  ]);
  write('genes.csv', ['gene,chromosome', 'G1,1', 'G2,2', 'G3,X']);
}

/** Context and action of every measured pair but the controls. */
function treatedPairs({ obs }: PerturbationData): [string, string][] {
  const contexts = columnStrings(obs.column('cell_iname'));
  const actions = columnStrings(obs.column('pert_iname'));
  const keys = new Set(contexts.map((context, row) => JSON.stringify([context, actions[row]])));
  return [...keys]
    .map((key) => JSON.parse(key) as [string, string])
    .filter(([, action]) => action !== 'DMSO');
}
