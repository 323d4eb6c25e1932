/**
 * An axial-attention layer, 100 × 100 tokens of width 128, 8 heads: forward, and backward to all parameters and the
 * input, against PyTorch eager, in turn, two threads each. Usage: node bench/axial.mjs [ROUNDS]
 */
import * as c from '../dist/compute/index.node.js';
import { Random } from '../dist/random/index.js';
import { median, record } from './harness.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 9);
const STEPS = 5;

const scope = new c.Scope({ training: true });
const x = c.input('x', [100, 100, 128]);
const loss = c.mean(c.square(c.axialLayer(scope, x, { heads: 8, feedForward: 512 })));
const by = [x, ...scope.parameters];
const derivatives = Object.fromEntries(c.gradients(loss, by).map((d, i) => [`d ${by[i].name}`, d]));
const store = new c.Store(await c.nodeRuntime({ threads: 2 }));
scope.initialise(store, Random.fromSeed(0));
const program = await c.Program.compile(store, { outputs: { loss, ...derivatives } });
const values = { x: Random.fromSeed(1).fillNormal(new Float32Array(x.size)) };

async function steps(count) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    await program.run(values);
    times.push(performance.now() - begin);
  }
  return times;
}

const peer = startPeer('bench/peers/axial.py');
const [version] = await peer.ask({ version: true });
const ours = [];
const torch = [];
for (let round = -1; round < rounds; round++) {
  const theirs = median(await peer.ask({ steps: STEPS }));
  const own = median(await steps(STEPS));
  // the first round warms both up
  if (round < 0) continue;
  torch.push(theirs);
  ours.push(own);
}
peer.stop();

record('axial', {
  'PyTorch, eager, 2 threads': version,
  'axial layer (100 × 100, width 128, 8 heads), PyTorch, ms': median(torch),
  'axial layer, ours, ms': median(ours),
  'axial layer, ours / PyTorch': median(ours.map((own, i) => own / torch[i])),
});
