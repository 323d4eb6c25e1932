/**
 * From a file to an outcome tensor, with a sentence for everything that was understood or left out.
 */
import {
  canonicaliseCombinations,
  columnStrings,
  completeLines,
  dataScale,
  labelledObs,
  OutcomeTensor,
  type PerturbationData,
  preprocess,
  type Roles,
  resolveRoles,
  toOutcomeTensor,
  uniqueGenes,
} from '../data/index.js';
import { ColumnError, DataError, OptionError } from '../errors.js';
import { readData } from '../formats/index.node.js';
import type { Random } from '../random/index.js';
import { mixedConditions, pairKeys, withJoinedColumns } from './pair-labels.js';
import { sharedProfiles } from './shared-tensor.js';
import { type SideInformationRequest, sideInformation } from './side-information.node.js';

export interface ScreenRequest extends SideInformationRequest {
  readonly path: string;
  readonly context?: string;
  readonly action?: string;
  /** A value of the action column; 'none': there is no control. */
  readonly control?: string;
  /** A layer in the place of X. */
  readonly layer?: string;
  /** Steps of `preprocess`, comma separated. */
  readonly preprocess?: string;
  /** Write combinations of actions one way; a text is what stands between their parts (default '+'). */
  readonly combinations?: boolean | string;
  /** What to do with missing values: `refuse` (default), `drop-genes` or `drop-rows`. */
  readonly missing?: string;
  /** Keep one sample a pair, drawn by this, in the place of averaging them. */
  readonly singleReplicate?: Random;
  /** Tables of a loose Matrix Market file. */
  readonly cells?: string;
  readonly genes?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Screen {
  readonly data: PerturbationData;
  readonly roles: Roles;
  readonly tensor: OutcomeTensor;
  /** What was understood and what was left out, for the user. */
  readonly sentences: readonly string[];
}

/** What of a request determines the screen, beside the file itself: as plain JSON, to compare two runs by. */
export function screenOptions(request: ScreenRequest) {
  const { layer, preprocess: steps, combinations, missing, cells, genes } = request;
  const { smiles, actionFeatures, contextFeatures } = request;
  return {
    layer,
    preprocess: steps,
    combinations,
    missing,
    cells,
    genes,
    smiles,
    actionFeatures,
    contextFeatures,
  };
}

/** Reads, labels, preprocesses and averages. Throws what reading, roles and the tensor throw. */
export async function loadScreen(request: ScreenRequest): Promise<Screen> {
  const { cells, genes, signal, onProgress } = request;
  return screenOf(await readData(request.path, { cells, genes, signal, onProgress }), request);
}

/**
 * Throws DataError for a screen of one context: what an action does is learned from other contexts, so every
 * method would answer with the same average.
 */
export function expectSeveralContexts({ tensor }: Screen): void {
  if (tensor.nContexts > 1) return;
  throw new DataError(
    `one context only ('${tensor.contexts[0]}'): what an action does here is learned from other contexts, and ` +
      'there is none; name the column of the contexts with --context',
    { contexts: tensor.contexts },
  );
}

/** The same for data that were read before. */
export async function screenOf(read: PerturbationData, request: ScreenRequest): Promise<Screen> {
  if (read.nObs === 0 || read.nVars === 0) {
    throw new DataError(`nothing to work on: ${read.nObs} rows × ${read.nVars} genes`);
  }
  let data = withJoinedColumns(withLayer(read, request.layer), request);
  const sentences = readingNotes(data);
  const roles = resolveRoles(data.obs, {
    context: request.context,
    action: request.action,
    control: request.control === 'none' ? null : request.control,
  });
  sentences.push(...roles.sentences);
  data = data.with({ obs: labelledObs(data.obs, roles) });
  if (request.combinations) {
    const separator = request.combinations === true ? undefined : request.combinations;
    const { control } = roles;
    data = data.with({ obs: canonicaliseCombinations(data.obs, roles.action, { separator, control }) });
    sentences.push(`combinations of actions are written one way: ${combinedActions(data, roles)} of them`);
  }
  if (request.preprocess) {
    data = preprocess(data, request.preprocess);
    sentences.push(`preprocessing: ${request.preprocess}`);
  }
  data = completed(data, missingRule(request.missing), sentences);
  if (new Set(data.var.index).size < data.nVars) {
    data = uniqueGenes(data);
    sentences.push("repeated gene names were made unique with '-1', '-2', …");
  }
  if (request.singleReplicate) {
    const rows = oneRowAPair(data, roles, request.singleReplicate);
    sentences.push(`one replicate a pair: ${rows.length} of ${data.nObs} rows, drawn at random`);
    data = data.takeObs(rows);
  }
  sentences.push(...mixedConditions(data, roles));
  if (!request.preprocess && dataScale(data) === 'counts') {
    sentences.push('the values are raw counts: consider --preprocess normalize-total,log1p');
  }
  const { tensor, unlabelled } = toOutcomeTensor(data, roles, sharedProfiles);
  if (unlabelled > 0)
    sentences.push(`${unlabelled} of ${data.nObs} rows have no context or action and are left out`);
  sentences.push(
    `${tensor.nPairs} of ${tensor.nContexts} × ${tensor.nActions} pairs measured, ${tensor.nGenes} genes` +
      (data.nObs - unlabelled > tensor.nPairs ? `, averaged from ${data.nObs - unlabelled} rows` : ''),
  );
  const known = await sideInformation(tensor, data, roles, request);
  sentences.push(...known.sentences);
  const { features } = known;
  return {
    data,
    roles,
    tensor: features ? new OutcomeTensor({ ...tensor, features }) : tensor,
    sentences,
  };
}

/** How many actions are combinations. */
function combinedActions(data: PerturbationData, { action }: Roles): number {
  const labels = new Set(columnStrings(data.obs.column(action, 'obs')));
  return [...labels].filter((label) => label?.includes('+')).length;
}

/** Throws ColumnError. */
export function withLayer(data: PerturbationData, layer?: string): PerturbationData {
  if (layer === undefined) return data;
  const X = data.layers.get(layer);
  if (!X) throw new ColumnError(layer, 'layers', [...data.layers.keys()], 'pass --layer with one of these');
  return data.with({ X });
}

/** What the reader of the format wants the user to know. */
export function readingNotes(data: PerturbationData): string[] {
  const notes = data.uns.get('reading_notes');
  const isTexts = notes !== null && typeof notes === 'object' && 'kind' in notes && notes.kind === 'array';
  return isTexts ? Array.from(notes.values as ArrayLike<unknown>, String) : [];
}

type MissingRule = 'refuse' | 'drop-genes' | 'drop-rows';

/** Throws OptionError. */
export function missingRule(text = 'refuse'): MissingRule {
  if (text === 'refuse' || text === 'drop-genes' || text === 'drop-rows') return text;
  throw new OptionError('--missing', text, ['refuse', 'drop-genes', 'drop-rows']);
}

/** Without genes or rows that have missing values, where that is asked for. */
export function completed(
  data: PerturbationData,
  missing: MissingRule,
  sentences: string[],
): PerturbationData {
  if (missing === 'refuse') return data;
  const { rows, cols } = completeLines(data.X);
  const [what, kept, all] =
    missing === 'drop-genes' ? ['genes', cols.length, data.nVars] : ['rows', rows.length, data.nObs];
  if (kept < all) sentences.push(`${all - kept} of ${all} ${what} have missing values and are left out`);
  return missing === 'drop-genes' ? data.takeVar(cols) : data.takeObs(rows);
}

/** One row of each (context, action), drawn by `random`, in the order of the file. */
function oneRowAPair(data: PerturbationData, roles: Roles, random: Random): Int32Array {
  const rowsOf = new Map<string, number[]>();
  pairKeys(data, roles).forEach((key, row) => {
    const rows = rowsOf.get(key);
    if (rows) rows.push(row);
    else rowsOf.set(key, [row]);
  });
  return Int32Array.from(rowsOf.values(), (rows) => rows[random.integer(rows.length)]).sort();
}
