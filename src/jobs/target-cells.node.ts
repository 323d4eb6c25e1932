/** From a file to the cells that methods of `target` see: labelled, on a logarithmic or signed scale, all of them finite. */
import {
  columnStrings,
  dataScale,
  labelledObs,
  type Matrix,
  type PerturbationData,
  preprocess,
  type Roles,
  resolveRoles,
  uniqueGenes,
} from '../data/index.js';
import { DataError, listNames, RoleError } from '../errors.js';
import { readData } from '../formats/index.node.js';
import { completed, missingRule, readingNotes, withLayer } from './load-screen.node.js';
import { withJoinedColumns } from './pair-labels.js';

export interface TargetCellsRequest {
  readonly path: string;
  /** Column of the perturbation, or two joined; guessed by name. */
  readonly perturbation?: string;
  /** Its value that means untreated; guessed; `''`: cells without a label. */
  readonly control?: string;
  /** Column of the context; `COLUMN=VALUE,…`: only these; `none`: all cells are one; guessed by name. */
  readonly context?: string;
  readonly layer?: string;
  /** Steps of `preprocess`; `none`: values as they are. Default: what the values need. */
  readonly preprocess?: string;
  readonly missing?: string;
  /** Tables of a loose Matrix Market file. */
  readonly cells?: string;
  readonly genes?: string;
  readonly signal?: AbortSignal;
}

export interface TargetCells {
  readonly data: PerturbationData;
  readonly roles: Roles & { readonly control: string };
  /** Contexts that were asked for; all where undefined. */
  readonly contexts?: readonly string[];
  readonly sentences: readonly string[];
}

/** Throws what reading, roles and preprocessing throw; RoleError without a control, DataError on values not finite. */
export async function readTargetCells(request: TargetCellsRequest): Promise<TargetCells> {
  const { path, cells, genes, signal, layer } = request;
  const read = await readData(path, { cells, genes, signal });
  if (read.nObs === 0 || read.nVars === 0) {
    throw new DataError(`nothing to work on: ${read.nObs} cells × ${read.nVars} genes`);
  }
  const asked = contextAsked(read, request.context);
  const labels = {
    context: asked.column ?? undefined,
    action: request.perturbation,
    control: request.control,
  };
  const joined = withJoinedColumns(withLayer(read, layer), labels);
  const roles = rolesOf(joined, request, asked.column);
  const sentences = [...readingNotes(joined), ...roles.sentences.map(inOurWords)];
  let data = joined.with({ obs: labelledObs(joined.obs, roles), layers: [], raw: undefined });
  data = completed(data, missingRule(request.missing), sentences);
  data = scaled(data, request.preprocess, sentences);
  if (new Set(data.var.index).size < data.nVars) {
    data = uniqueGenes(data);
    sentences.push("repeated gene names were made unique with '-1', '-2', …");
  }
  checkFinite(data.X, data);
  return { data, roles, contexts: asked.values, sentences };
}

const inOurWords = (text: string) => text.replace(/^action:/, 'perturbation:');

/** `undefined` column: guessed; `null`: none. */
function contextAsked(
  data: PerturbationData,
  text: string | undefined,
): { column?: string | null; values?: string[] } {
  if (text === undefined) return {};
  if (text === 'none') return { column: null };
  const at = text.indexOf('=');
  if (at < 0 || data.obs.has(text)) return { column: text };
  return { column: text.slice(0, at), values: text.slice(at + 1).split(',') };
}

function rolesOf(
  data: PerturbationData,
  { perturbation, control }: TargetCellsRequest,
  context: string | null | undefined,
): TargetCells['roles'] {
  try {
    const roles = resolveRoles(data.obs, { context, action: perturbation, control });
    const named = roles.control;
    if (named !== null) return { ...roles, control: named };
    const advice = 'targets are found by comparing with untreated cells; name their value with --control';
    const values = commonest(columnStrings(data.obs.column(roles.action, 'obs')));
    throw new RoleError(
      'control',
      values,
      `${roles.sentences[2]}: ${advice}; its values, the commonest first: ${listNames(values)}`,
    );
  } catch (error) {
    if (!(error instanceof RoleError)) throw error;
    throw new RoleError(error.role, error.candidates, error.message.replaceAll('--action', '--perturbation'));
  }
}

/** Labels, that of most cells first. */
function commonest(labels: readonly (string | null)[]): string[] {
  const counts = new Map<string, number>();
  for (const label of labels) if (label) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([label]) => label);
}

/** What was asked for; else counts and intensities are made logarithms. */
function scaled(data: PerturbationData, steps: string | undefined, sentences: string[]): PerturbationData {
  if (steps === 'none') return data;
  const isNegative = data.X.values.some((value: number) => value < 0);
  const scale = isNegative ? 'signed' : dataScale(data);
  const needed = { counts: 'normalize-total,log1p', intensities: 'log1p', logarithms: '', signed: '' };
  const chosen = steps ?? needed[scale ?? 'signed'];
  const why: Record<string, string> = {
    counts: 'the values are raw counts, and became log(1 + x) of 10,000 a cell',
    intensities: 'the values are intensities or normalised counts, and became log(1 + x)',
    logarithms: 'the values look like logarithms, and are taken as they are',
    signed: 'the values are of both signs (z-scores, differences), and are taken as they are',
  };
  if (steps !== undefined) sentences.push(`preprocessing: ${steps}`);
  else sentences.push(`${why[scale ?? 'signed']} (--preprocess says otherwise)`);
  return chosen === '' ? data : preprocess(data, chosen);
}

/** Squares of larger values, and sums of them, are beyond what numbers can be. */
const LARGEST = 1e100;

function checkFinite(X: Matrix, data: PerturbationData): void {
  const at = X.values.findIndex((value: number) => !(Math.abs(value) <= LARGEST));
  if (at < 0) return;
  const gene = X.kind === 'dense' ? at % X.nCols : X.kind === 'csr' ? X.indices[at] : lastStart(X.indptr, at);
  throw new DataError(
    `gene '${data.var.index[gene]}' holds ${X.values[at]}, which is ${Number.isFinite(X.values[at]) ? 'too large to reckon with' : 'no number'}; leave such genes or cells out ` +
      '(--missing drop-genes, --missing drop-rows)',
    { gene: data.var.index[gene] },
  );
}

const lastStart = (indptr: ArrayLike<number>, at: number): number =>
  Array.from(indptr).findLastIndex((start) => start <= at);
