/**
 * FCI on five variables against the same in NumPy (`peers/fci.py`), in turn, one thread each, from the same correlations;
 * the graphs are compared. NumPy applies rules one after the other, ours together, so they may differ where rules
 * contradict each other. And what the networks need: batches of five variables in 500 cells drawn out of 2,000, the
 * correlations included.
 * Usage: node bench/fci.mjs [ROUNDS]
 */
import { dense } from '../dist/data/index.js';
import { Random } from '../dist/random/index.js';
import { Fci, markMatrix, tokensOf, writeTokens } from '../dist/target/fci/index.js';
import { globalStatistics, marginalEstimates, standardGenes } from '../dist/target/features/index.js';
import { median, record } from './harness.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 5);
const [VARIABLES, ROWS, GENES, CELLS] = [5, 500, 20, 2000];
const PROBLEMS = 2000;
const [OURS, THEIRS] = [50_000, 400];
const random = Random.fromSeed(0);

/** Cells of a random linear model, two causes a gene on average. */
function simulated(nCells, nGenes) {
  const values = random.fillNormal(new Float64Array(nCells * nGenes));
  for (let j = 1; j < nGenes; j++) {
    for (let i = 0; i < j; i++) {
      if (!random.bernoulli(Math.min(0.5, 4 / (nGenes - 1)))) continue;
      const weight = (random.bernoulli(0.5) ? 1 : -1) * (0.2 + 0.8 * random.uniform());
      for (let cell = 0; cell < nCells; cell++)
        values[cell * nGenes + j] += weight * values[cell * nGenes + i];
    }
  }
  return standardGenes(dense(nCells, nGenes, values));
}

const problems = Array.from(
  { length: PROBLEMS },
  () => globalStatistics(simulated(ROWS, VARIABLES)).correlation,
);
const fci = new Fci(VARIABLES);
const tokens = new Uint8Array(tokensOf(VARIABLES));

/** Of the processor, as in NumPy's turn: a busy machine does not count. */
function secondsSince(begin) {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

function ours(count) {
  const begin = process.cpuUsage();
  for (let i = 0; i < count; i++) writeTokens(fci.run(problems[i % PROBLEMS], ROWS), tokens);
  return secondsSince(begin);
}

const cells = simulated(CELLS, GENES);
const { correlation } = globalStatistics(cells);
function batches(count) {
  const begin = process.cpuUsage();
  marginalEstimates(cells, correlation, { batches: count, rows: ROWS, random });
  return secondsSince(begin);
}

const peer = startPeer('bench/peers/fci.py', 1);
const { numpy } = await peer.ask({
  op: 'load',
  n: VARIABLES,
  rows: ROWS,
  correlations: problems.map((c) => [...c]),
});
ours(OURS);
batches(OURS / 10);
const [rates, theirRates, batchRates, ratios] = [[], [], [], []];
let same = 0;
for (let round = 0; round < rounds; round++) {
  const first = round * THEIRS;
  const { seconds, marks } = await peer.ask({ op: 'run', first, count: THEIRS });
  same += marks.filter((found, i) => {
    const graph = markMatrix(fci.run(problems[(first + i) % PROBLEMS], ROWS));
    return found.every((mark, at) => mark === graph[at]);
  }).length;
  theirRates.push(THEIRS / seconds);
  rates.push(OURS / ours(OURS));
  batchRates.push(OURS / 10 / batches(OURS / 10));
  ratios.push(rates[round] / theirRates[round]);
}
peer.stop();

record('fci', {
  peer: `NumPy ${numpy}`,
  problems: `${VARIABLES} variables, ${ROWS} rows, two causes a variable`,
  'runs a second of one processor': median(rates),
  'NumPy, runs a second of one processor': median(theirRates),
  'times as many runs': median(ratios),
  'same graphs': `${same} of ${rounds * THEIRS}`,
  'batches a second of one processor, correlations included': median(batchRates),
});
