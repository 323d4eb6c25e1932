/** A peer in Python that answers requests, one line of JSON each, so that both sides can take turns in one run. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { python, root } from './harness.mjs';

export function startPeer(script, threads = 2) {
  const env = { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: '1' };
  delete env.OPENBLAS_CORETYPE;
  const child = spawn(python, [script], { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended; is python3-torch installed?`);
      return JSON.parse(value);
    },
    stop: () => child.stdin.end(),
  };
}
