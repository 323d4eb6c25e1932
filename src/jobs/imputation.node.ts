/** An imputation over threads, part by part on disk, then streamed in order into the output file. */
import { writeFile } from 'node:fs/promises';
import {
  type BooleanColumn,
  type CategoricalColumn,
  numeric,
  type OutcomeTensor,
  Table,
  type UnsDict,
} from '../data/index.js';
import type { RowSink } from '../formats/index.js';
import { removeStaleLayers, streamData, writeAtomically } from '../formats/index.node.js';
import type { MethodSpec, PairTarget } from '../impute/index.js';
import type { ImputationPart, ImputationSetup } from './imputation-part.js';
import type { PartStore } from './parts.node.js';
import { interrupted, type JobOptions, runParts } from './pool.node.js';
import { rowName } from './row-name.js';
import { sharedParts } from './shared-tensor.js';

/** So many targets are predicted and kept together: enough parts to share out, none larger than memory likes. */
const targetsAPart = (nTargets: number) => Math.min(4096, Math.max(64, Math.ceil(nTargets / 64)));

/** What comes beside the profiles of a method that gives intervals. */
export const INTERVAL_LAYERS = ['lower', 'upper'] as const;

/** A pair to impute by name; a name that the data does not have is answered by what can be known of it. */
export interface NamedTarget {
  readonly context: string;
  readonly action: string;
}

export interface ImputationRequest {
  readonly tensor: OutcomeTensor;
  readonly method: MethodSpec;
  /** Default: every missing pair. */
  readonly targets?: readonly NamedTarget[];
  readonly dtype: 'float32' | 'float64';
  readonly explain?: boolean;
}

export interface ImputationOutput {
  readonly path: string;
  readonly overwrite: boolean;
  /** Where explanations go, one JSON object a line. */
  readonly explainPath?: string;
  readonly uns?: UnsDict;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ImputationSummary {
  readonly nRows: number;
  readonly rejected: number;
  /** Rows that something else answered for, by what. */
  readonly fallbacks: ReadonlyMap<string, number>;
}

/** What is asked for, laid out: contexts and actions by number and name, cut into parts. */
interface Layout {
  readonly contexts: Int32Array;
  readonly actions: Int32Array;
  readonly names: (at: number) => NamedTarget;
  readonly starts: readonly number[];
}

export async function runImputation(
  request: ImputationRequest,
  output: ImputationOutput,
  store: PartStore,
  options: JobOptions,
): Promise<ImputationSummary> {
  const { tensor, method, dtype } = request;
  const layout = layOut(tensor, request.targets);
  const nParts = layout.starts.length - 1;
  const setup: ImputationSetup = {
    tensor: options.threads > 1 ? sharedParts(tensor) : tensor,
    method: method.name,
    options: method.options,
    contexts: layout.contexts,
    actions: layout.actions,
    starts: layout.starts,
    dtype,
    explain: request.explain ?? false,
  };
  await runParts(new URL('./imputation-part.js', import.meta.url), setup, nParts, store, options);
  const hasIntervals = await givesIntervals(store, nParts);
  const header = {
    var: new Table(tensor.genes),
    nRows: layout.contexts.length,
    dtype,
    layers: hasIntervals ? INTERVAL_LAYERS : [],
    uns: output.uns,
  };
  const fallbacks = new Map<string, number>();
  let rejected = 0;
  const explanations: string[] = [];
  await streamData(output.path, header, output, async (sink) => {
    for (let part = 0; part < nParts; part++) {
      if (options.signal?.aborted) throw interrupted();
      const result = await store.read<ImputationPart>(part);
      await append(sink, result, layout, part, method.label, hasIntervals);
      for (const name of result.fallback) if (name) fallbacks.set(name, (fallbacks.get(name) ?? 0) + 1);
      for (const flag of result.rejected) if (flag === 1) rejected++;
      for (const explanation of result.explanations ?? []) explanations.push(JSON.stringify(explanation));
      output.onProgress?.(part + 1, nParts);
    }
  });
  if (!hasIntervals && output.overwrite) await removeStaleLayers(output.path, INTERVAL_LAYERS);
  if (output.explainPath) {
    await writeAtomically(output.explainPath, output, (temporary) =>
      writeFile(temporary, explanations.map((line) => `${line}\n`).join('')),
    );
  }
  return { nRows: layout.contexts.length, rejected, fallbacks };
}

/** Parts that an average answered altogether do not tell: the method may give intervals for its own answers. */
async function givesIntervals(store: PartStore, nParts: number): Promise<boolean> {
  for (let part = 0; part < nParts; part++) {
    const { lower, fallback } = await store.read<ImputationPart>(part);
    if (lower) return true;
    if (fallback.includes('')) return false;
  }
  return false;
}

function layOut(tensor: OutcomeTensor, named?: readonly NamedTarget[]): Layout {
  let targets: PairTarget[];
  if (named) {
    const contextNumber = new Map(tensor.contexts.map((name, i) => [name, i]));
    const actionNumber = new Map(tensor.actions.map((name, i) => [name, i]));
    targets = named.map(({ context, action }) => ({
      context: contextNumber.get(context) ?? -1,
      action: actionNumber.get(action) ?? -1,
    }));
  } else targets = Array.from(tensor.missingPairs());
  const contexts = Int32Array.from(targets, (target) => target.context);
  const actions = Int32Array.from(targets, (target) => target.action);
  const size = targetsAPart(targets.length);
  const starts = Array.from({ length: Math.ceil(targets.length / size) + 1 }, (_, part) =>
    Math.min(part * size, targets.length),
  );
  const names = (at: number) =>
    named?.[at] ?? { context: tensor.contexts[contexts[at]], action: tensor.actions[actions[at]] };
  return { contexts, actions, names, starts };
}

async function append(
  sink: RowSink,
  result: ImputationPart,
  { names, starts }: Layout,
  part: number,
  method: string,
  hasIntervals: boolean,
): Promise<void> {
  const rows = Array.from({ length: starts[part + 1] - starts[part] }, (_, i) => names(starts[part] + i));
  const obs = new Table(
    rows.map(({ context, action }) => rowName(context, action)),
    [
      ['context', codes(rows.map((row) => row.context))],
      ['action', codes(rows.map((row) => row.action))],
      ['method', codes(rows.map(() => method))],
      ['donors', numeric(result.donors)],
      ['training_contexts', numeric(result.trainingContexts)],
      ['tau', numeric(result.tau)],
      ['rejected', rejectedColumn(result.rejected)],
      ['fallback', codes(result.fallback)],
    ],
  );
  const none = hasIntervals && !result.lower ? result.profiles.map(() => Number.NaN) : undefined;
  const layers = new Map<string, Float32Array | Float64Array>();
  for (const name of INTERVAL_LAYERS) {
    const ends = result[name] ?? none;
    if (ends) layers.set(name, ends);
  }
  await sink.append({ obs, X: result.profiles, layers });
}

/** Categories in the order of first appearance: sorting them in every block would cost more than it is worth. */
function codes(values: readonly string[]): CategoricalColumn {
  const number = new Map<string, number>();
  const list = Int32Array.from(values, (value) => {
    let code = number.get(value);
    if (code === undefined) {
      code = number.size;
      number.set(value, code);
    }
    return code;
  });
  return { kind: 'categorical', codes: list, categories: [...number.keys()], ordered: false };
}

/** 2 stands for "no test applies". */
function rejectedColumn(flags: Uint8Array): BooleanColumn {
  const values = flags.map((flag) => Number(flag === 1));
  if (!flags.includes(2)) return { kind: 'boolean', values };
  return { kind: 'boolean', values, mask: flags.map((flag) => Number(flag === 2)) };
}
