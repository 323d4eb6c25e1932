/** The computation alone, for `si.mjs`: all held-out pairs by SI-A on this thread, cold and then warm. */
import { evaluateFolds, leaveOneOut, summarise } from '../dist/evaluate/index.js';
import { defaultImputerOptions, imputerNamed, Training } from '../dist/impute/index.js';
import { loadScreen } from '../dist/jobs/load-screen.node.js';

const { tensor } = await loadScreen({ path: process.argv[2] });
const folds = leaveOneOut(tensor);

async function run() {
  const begin = performance.now();
  const imputer = imputerNamed('si-a').create(tensor, defaultImputerOptions);
  for (const fold of folds) {
    const fitted = await imputer.fit(new Training(tensor, fold));
    for (const pair of fold) fitted.predict(tensor.pairContext[pair], tensor.pairAction[pair]);
  }
  return (performance.now() - begin) / 1000;
}

const coldSeconds = await run();
for (let i = 0; i < 3; i++) await run();
const warmSeconds = await run();
const scores = [];
const imputer = imputerNamed('si-a').create(tensor, defaultImputerOptions);
await evaluateFolds(tensor, 'si-a', imputer, folds, (score) => scores.push(score));
console.log(JSON.stringify({ coldSeconds, warmSeconds, medianNrmse: summarise(scores)[0].median_nrmse }));
