/** The work of `mechanist impute`: from a file to a file of predictions. */
import type { OutcomeTensor } from '../data/index.js';
import { listNames, nearest, OptionError } from '../errors.js';
import { checkNotInput, checkOutput, checkStreamable, fileState } from '../formats/index.node.js';
import { methodSpec } from '../impute/index.js';
import {
  type ImputationSummary,
  INTERVAL_LAYERS,
  type NamedTarget,
  runImputation,
} from './imputation.node.js';
import { expectSeveralContexts, loadScreen, type ScreenRequest, screenOptions } from './load-screen.node.js';
import { readPairs } from './pair-lists.node.js';
import { PartStore } from './parts.node.js';

/** Of so many unknown names the nearest is looked for. */
const NEAREST_SHOWN = 5;

export interface ImputeFileRequest extends Omit<ScreenRequest, 'onProgress' | 'singleReplicate'> {
  readonly out: string;
  readonly method: string;
  /** Options of the method as words, see `methodSpec`. */
  readonly words: Readonly<Record<string, string | undefined>>;
  /** CSV with the columns context and action. */
  readonly pairs?: string;
  readonly explain?: boolean;
  readonly dtype: string;
  readonly threads: number;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly onUnderstood?: (...sentences: readonly string[]) => void;
  readonly onProgress?: (done: number, total: number) => void;
  readonly onWriting?: (done: number, total: number) => void;
}

export interface ImputeFileResult extends ImputationSummary {
  readonly out: string;
  readonly method: string;
  readonly sentences: readonly string[];
}

export async function imputeFile(request: ImputeFileRequest): Promise<ImputeFileResult> {
  const { path, out, overwrite = false } = request;
  const method = methodSpec(request.method, request.words);
  const dtype = floatType(request.dtype);
  const explainPath = request.explain ? `${out.replace(/\.[^.]+$/, '')}.explain.jsonl` : undefined;
  await checkStreamable(out, overwrite, INTERVAL_LAYERS);
  const { pairs, cells, genes, smiles, actionFeatures, contextFeatures } = request;
  await checkNotInput(out, [path, pairs, cells, genes, smiles, actionFeatures, contextFeatures]);
  if (explainPath) await checkOutput(explainPath, { overwrite });
  const before = await fileState(path);
  const screen = await loadScreen({ ...request, onProgress: undefined });
  const { tensor, roles, sentences } = screen;
  request.onUnderstood?.(...sentences);
  expectSeveralContexts(screen);
  const targets = request.pairs === undefined ? undefined : await readPairs(request.pairs);
  if (targets) request.onUnderstood?.(...unseenNames(targets, tensor), ...measuredPairs(targets, tensor));
  const determinants = {
    version: request.version,
    path,
    before,
    screen: screenOptions(request),
    roles,
    method,
    targets,
    dtype,
    explain: request.explain ?? false,
  };
  const store = await PartStore.open(`${out}.partial`, determinants, request.resume ?? false);
  const summary = await runImputation(
    { tensor, method, targets, dtype, explain: request.explain },
    {
      path: out,
      overwrite,
      explainPath,
      onProgress: request.onWriting,
      uns: new Map([
        ['mechanist_method', method.label],
        ['mechanist_source', path],
        ['mechanist_scale', 'predicted profiles on the scale of the input; the control is not subtracted'],
      ]),
    },
    store,
    request,
  );
  await store.remove();
  return {
    ...summary,
    out,
    method: method.label,
    sentences: resultSentences(summary, out, method.label, targets),
  };
}

function resultSentences(
  { nRows, rejected, fallbacks }: ImputationSummary,
  out: string,
  method: string,
  targets?: readonly NamedTarget[],
): string[] {
  const what = targets ? 'pairs asked for' : 'missing pairs';
  const sentences = [
    `${out}: ${nRows} ${nRows === 1 ? what.replace('pairs', 'pair') : what} imputed by ${method}`,
  ];
  if (nRows === 0) sentences.push('every pair was measured: there is nothing to impute');
  if (rejected > 0)
    sentences.push(`the subspace test rejects ${rejected} of them: see the column 'rejected'`);
  for (const [fallback, count] of fallbacks)
    sentences.push(`${count} answered by ${fallback} (column 'fallback')`);
  return sentences;
}

/** A sentence for the contexts, and one for the actions, that the data do not have: slips of the hand, or new. */
function unseenNames(targets: readonly NamedTarget[], tensor: OutcomeTensor): string[] {
  return (['context', 'action'] as const).flatMap((role) => {
    const known = role === 'context' ? tensor.contexts : tensor.actions;
    const names = new Set(known);
    const unseen = [...new Set(targets.map((target) => target[role]))].filter((name) => !names.has(name));
    if (unseen.length === 0) return [];
    const near = unseen.slice(0, NEAREST_SHOWN).flatMap((name) => {
      const candidate = nearest(name, known);
      return candidate === undefined ? [] : `'${candidate}' for '${name}'`;
    });
    const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
    return [
      `${role}s that the data do not have: ${listNames(unseen)}; their pairs are marked in 'fallback'${hint}`,
    ];
  });
}

/** What is said of pairs that were measured. */
function measuredPairs(targets: readonly NamedTarget[], tensor: OutcomeTensor): string[] {
  const count = targets.filter(
    ({ context, action }) =>
      tensor.pair(tensor.contexts.indexOf(context), tensor.actions.indexOf(action)) >= 0,
  ).length;
  return count > 0
    ? [`${count} of these pairs were measured: they are predicted as if they had not been`]
    : [];
}

function floatType(text: string): 'float32' | 'float64' {
  if (text === 'float32' || text === 'float64') return text;
  throw new OptionError('--dtype', text, ['float64', 'float32']);
}
