/** The entry of every worker thread: prepares its job once, then runs and keeps the parts it is given. */
import { workerData } from 'node:worker_threads';
import { keepPart } from './parts.node.js';
import type { Prepare, WorkerAnswer, WorkerSetup } from './pool.node.js';
import { nodeResources } from './resources.node.js';

// tinypool hands over [its own data, ours]
const { job, setup, folder } = (workerData as [unknown, WorkerSetup])[1];
const prepared = import(job).then((module: { prepare: Prepare<unknown, unknown> }) =>
  module.prepare(setup, nodeResources(1)),
);

export default async function runPart(part: number): Promise<WorkerAnswer> {
  try {
    const run = await prepared;
    await keepPart(folder, part, await run(part));
    return {};
  } catch (error) {
    const { message, stack } = error as Error;
    return { error: { ...(error as object), message, stack } };
  }
}
