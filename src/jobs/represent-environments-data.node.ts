/**
 * From a file to what models of environments see: profiles, the environment of each, and what describes the
 * environments, learned from those that train.
 */
import {
  columnStrings,
  type DescriptorEncoder,
  type Descriptors,
  dataScale,
  fitDescriptors,
  labelledObs,
  type Matrix,
  matchSmiles,
  morganFingerprints,
  type PerturbationData,
  preprocess,
  type Roles,
  resolveRoles,
  type SmilesSpec,
  type SplitBy,
  swapCompression,
  type Table,
  uniqueGenes,
} from '../data/index.js';
import { DataError, OptionError } from '../errors.js';
import { readData, readTable } from '../formats/index.node.js';
import type { Random } from '../random/index.js';
import type { EnvironmentProfiles } from '../represent/index.js';
import { completed, missingRule, readingNotes, withLayer } from './load-screen.node.js';
import { withJoinedColumns } from './pair-labels.js';
import {
  type DescriptorsRequest,
  descriptorSpec,
  identifiersOf,
  undescribedConditions,
} from './represent-environments-columns.js';
import {
  checkHeldOut,
  type HeldOutName,
  type HeldOutRequest,
  heldOutSplit,
} from './represent-environments-held-out.js';
import { type DescribedEnvironment, describedEnvironments } from './represent-environments-names.js';
import {
  checkValidation,
  drawValidation,
  type ValidationRequest,
} from './represent-environments-validation.js';
import { smilesOfTable } from './side-information.node.js';

export interface EnvironmentsRequest extends DescriptorsRequest, HeldOutRequest, ValidationRequest {
  readonly path: string;
  /** Column of the action (compound), or two joined; guessed by name. */
  readonly action?: string;
  /** Column of the context (cell line); guessed; 'none': there is none. */
  readonly context?: string;
  /** The action that means untreated; guessed; 'none': there is none. */
  readonly control?: string;
  readonly layer?: string;
  readonly preprocess?: string;
  /** What to do with missing values: `refuse` (default), `drop-genes` or `drop-rows`. */
  readonly missing?: string;
  /** Tables of a loose Matrix Market file. */
  readonly cells?: string;
  readonly genes?: string;
  readonly signal?: AbortSignal;
}

export interface EnvironmentScreen {
  readonly data: PerturbationData;
  readonly roles: Roles;
  readonly encoder: DescriptorEncoder;
  /** In the order of the rows of the descriptors. */
  readonly environments: readonly DescribedEnvironment[];
  readonly profiles: EnvironmentProfiles;
  /** Bits of the fingerprint by action; `null` without SMILES. */
  readonly fingerprints: ReadonlyMap<string, readonly number[]> | null;
  readonly sentences: readonly string[];
}

/** Of the profiles as they are trained on: 4 GiB of float32. */
const MOST_VALUES = 2 ** 30;

/** Throws what reading, roles and descriptors throw; DataError where there is nothing to tell apart. */
export async function readEnvironments(
  request: EnvironmentsRequest,
  random: Random,
): Promise<EnvironmentScreen> {
  const { path, cells, genes, signal } = request;
  checkHeldOut(request);
  checkValidation(request);
  checkFingerprint(request);
  const named = await namesOfFile(request.heldOutFile);
  const read = await readData(path, { cells, genes, signal });
  const { data, roles, sentences } = usable(read, request);
  const { obs } = data;
  const split = heldOutSplit(obs, roles, request, named, random);
  const smiles = await smilesSpec(obs, roles, request, sentences);
  const spec = descriptorSpec(obs, roles, request, smiles);
  const encoder = await fitDescriptors(obs, split.train, spec);
  const made = await encoder.encode(obs);
  const chosen = drawValidation(
    describedEnvironments(made, obs, roles, split.validation),
    unitOf(request, named),
    request,
    random.split('validation'),
  );
  const { environments } = chosen;
  sentences.push(...split.sentences, chosen.sentence, ...encoder.sentences, ...made.sentences);
  sentences.push(...undescribedConditions(obs, made.of, spec), ...expectDescribed(made, environments));
  sentences.push(...withoutControl(environments));
  const X = data.X;
  return {
    data,
    roles,
    encoder,
    environments,
    profiles: { X, labels: made.of, descriptors: made.values, columns: made.columns },
    fingerprints: await fingerprintsOf(encoder),
    sentences,
  };
}

/** What is held out together. */
const unitOf = ({ heldOut, heldOutBy }: EnvironmentsRequest, named: readonly HeldOutName[]): SplitBy =>
  (heldOutBy as SplitBy | undefined) ??
  (heldOut?.includes('|') || named.some(({ context }) => context !== undefined) ? 'pair' : 'action');

function checkFingerprint({ smiles, radius, bits }: EnvironmentsRequest): void {
  if (smiles !== undefined) return void morganFingerprints({ radius, bits });
  if (radius !== undefined) throw new OptionError('--radius', radius, 'of use without --smiles');
  if (bits !== undefined) throw new OptionError('--bits', bits, 'of use without --smiles');
}

/** Profiles with labels and finite values, preprocessed; what was understood. */
function usable(read: PerturbationData, request: EnvironmentsRequest) {
  if (read.nObs === 0 || read.nVars === 0) {
    throw new DataError(`nothing to work on: ${read.nObs} profiles × ${read.nVars} genes`);
  }
  const context = request.context === 'none' ? null : request.context;
  const control = request.control === 'none' ? null : request.control;
  const joined = withJoinedColumns(withLayer(read, request.layer), {
    ...{ context: context ?? undefined, action: request.action },
    control: request.control,
  });
  const sentences = readingNotes(joined);
  const roles = resolveRoles(joined.obs, { context, action: request.action, control });
  sentences.push(...roles.sentences);
  const obs = labelledObs(joined.obs, roles);
  let data = labelled(joined.with({ obs, layers: [], raw: undefined }), roles, sentences);
  if (request.preprocess) {
    data = preprocess(data, request.preprocess);
    sentences.push(`preprocessing: ${request.preprocess}`);
  } else if (dataScale(data) === 'counts') {
    throw new DataError(
      'the values are raw counts, and models of environments see real values: pass --preprocess normalize-total,log1p',
    );
  }
  data = completed(data, missingRule(request.missing), sentences);
  if (new Set(data.var.index).size < data.nVars) {
    data = uniqueGenes(data);
    sentences.push("repeated gene names were made unique with '-1', '-2', …");
  }
  const X = data.X.kind === 'csc' ? swapCompression(data.X) : data.X;
  if (X.nRows === 0 || X.nCols === 0) {
    throw new DataError(`nothing is left to work on: ${X.nRows} profiles × ${X.nCols} genes`);
  }
  if (X.nRows * X.nCols > MOST_VALUES) {
    throw new DataError(
      `${X.nRows} profiles × ${X.nCols} genes are too many to train on; --preprocess hvg=2000 keeps the most variable`,
    );
  }
  checkFinite(X, data);
  return { data: data.with({ X }), roles, sentences };
}

/** Rows that have an action and a context. */
function labelled(data: PerturbationData, { action, context }: Roles, sentences: string[]): PerturbationData {
  const actions = columnStrings(data.obs.column(action, 'obs'));
  const contexts = context === null ? null : columnStrings(data.obs.column(context, 'obs'));
  const rows = [...actions.keys()].filter((row) => actions[row] && (contexts === null || contexts[row]));
  if (rows.length === data.nObs) return data;
  const left = `${data.nObs - rows.length} of ${data.nObs} profiles have no action or context and are left out`;
  if (rows.length === 0) throw new DataError(left);
  sentences.push(left);
  return data.takeObs(rows);
}

function checkFinite(X: Exclude<Matrix, { kind: 'csc' }>, { obs, var: genes }: PerturbationData): void {
  const at = X.values.findIndex((value: number) => !Number.isFinite(value));
  if (at < 0) return;
  const row = X.kind === 'dense' ? Math.floor(at / X.nCols) : rowOfEntry(X.indptr, at);
  const column = X.kind === 'dense' ? at % X.nCols : X.indices[at];
  throw new DataError(
    `profile '${obs.index[row]}', gene '${genes.index[column]}' holds ${X.values[at]}, which is no number; ` +
      'leave out what is missing: --missing drop-genes or drop-rows',
    { profile: obs.index[row], gene: genes.index[column], value: X.values[at] },
  );
}

function rowOfEntry(indptr: ArrayLike<number>, at: number): number {
  let row = 0;
  while (indptr[row + 1] <= at) row++;
  return row;
}

async function smilesSpec(
  obs: Table,
  { action, control }: Roles,
  { smiles, radius, bits }: EnvironmentsRequest,
  sentences: string[],
): Promise<SmilesSpec | undefined> {
  if (smiles === undefined) return undefined;
  if (obs.has(smiles)) return { column: smiles, radius, bits };
  const matched = await namedSmiles(obs, smiles, action, control);
  sentences.push(...matched.sentences);
  return { of: matched.of, radius, bits };
}

/** SMILES of the actions of `obs` from a table `FILE[:ID:SMILES]`, by name or identifier. */
export async function namedSmiles(obs: Table, word: string, action: string, control: string | null) {
  const ids = identifiersOf(obs, action);
  const names = [action, ...ids].flatMap((column) => columnStrings(obs.column(column, 'obs')));
  const wanted = [...new Set(names)].filter((name): name is string => Boolean(name) && name !== control);
  return matchSmiles(obs, await smilesOfTable(word, wanted, obs.names), { action, ids, control });
}

async function fingerprintsOf(encoder: DescriptorEncoder) {
  const { molecules } = encoder.toJSON();
  if (!molecules) return null;
  const fingerprintOf = morganFingerprints(molecules);
  const found = new Map<string, readonly number[]>();
  for (const [action, smiles] of Object.entries(molecules.smiles)) {
    const bits = await fingerprintOf(smiles);
    if (bits) found.set(action, bits);
  }
  return found;
}

/** Throws DataError where models could not tell environments apart; a sentence where they cannot tell some. */
function expectDescribed(made: Descriptors, environments: readonly DescribedEnvironment[]): string[] {
  const n = environments.length;
  if (n < 2) {
    throw new DataError(
      `there is one environment, '${environments[0]?.name}': models of environments learn from how several differ`,
    );
  }
  const width = made.columns.length;
  const rowOf = (e: number) => made.values.subarray(e * width, (e + 1) * width).join();
  const treated = [...environments.keys()].filter((e) => environments[e].treated);
  const distinct = new Set(treated.map(rowOf)).size;
  if (treated.length > 1 && distinct === 1) {
    throw new DataError(
      `nothing describes the ${treated.length} treated environments: name what does with --smiles, --dose, --time, ` +
        '--categories or --numeric',
    );
  }
  if (distinct === treated.length) return [];
  return [`${treated.length} treated environments have ${distinct} descriptors: some cannot be told apart`];
}

/** A sentence where the shifts of held-out environments have no origin. */
function withoutControl(environments: readonly DescribedEnvironment[]): string[] {
  const origins = new Set(environments.filter(({ treated }) => !treated).map(({ context }) => context));
  const held = environments.filter(({ part }) => part === 'held-out');
  const without = held.filter(({ context }) => !origins.has(context));
  if (without.length === 0) return [];
  const which = without.length === held.length ? '' : ' there';
  return [
    `${without.length} of ${held.length} held-out environments have no control in their context: no shift is scored${which}`,
  ];
}

/** Names of a table with the columns `action` (or `perturbation`) and perhaps `context`. */
async function namesOfFile(path?: string): Promise<HeldOutName[]> {
  if (path === undefined) return [];
  const table = withIndexColumn(await readTable(path));
  const column = !table.has('action') && table.has('perturbation') ? 'perturbation' : 'action';
  const actions = columnStrings(table.column(column, path));
  const contexts = table.has('context') ? columnStrings(table.column('context', path)) : null;
  const names = actions.flatMap((action, row) =>
    action ? [{ action, context: contexts?.[row] ?? undefined }] : [],
  );
  if (names.length === 0) throw new DataError(`${path}: no environment in it to hold out`);
  return names;
}

/** The column that was taken for names of rows is one like others. */
export function withIndexColumn(table: Table): Table {
  const { indexName } = table;
  if (indexName === undefined || table.has(indexName)) return table;
  return table.with(indexName, { kind: 'string', values: table.index });
}
