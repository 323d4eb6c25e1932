/** From a file to the cells that a model of mechanisms sees: no averaging, sparse stays sparse. */
import {
  columnStrings,
  labelledObs,
  preprocess,
  type Roles,
  resolveRoles,
  uniqueGenes,
} from '../data/index.js';
import { DataError, OptionError, RoleError } from '../errors.js';
import { readData, readTable } from '../formats/index.node.js';
import {
  type Combinations,
  type Likelihood,
  type PreparedCells,
  preparePerturbedCells,
} from '../represent/index.js';
import { withLayer } from './load-screen.node.js';
import { withJoinedColumns } from './pair-labels.js';

export interface CellsRequest {
  readonly path: string;
  /** Column of the perturbation, or two joined; guessed by name. */
  readonly perturbation?: string;
  /** Its value that means untreated; guessed; `none`: there is none; `''`: cells without a label. */
  readonly control?: string;
  readonly layer?: string;
  readonly preprocess?: string;
  /** Tables of a loose Matrix Market file. */
  readonly cells?: string;
  readonly genes?: string;
  /** `additive` or `own`; default: labels as they are written. */
  readonly combinations?: string;
  readonly separator?: string;
  /** Names, comma-separated. */
  readonly heldOut?: string;
  /** Table with the column `perturbation`. */
  readonly heldOutFile?: string;
  readonly signal?: AbortSignal;
}

export interface ReadCells extends PreparedCells {
  readonly roles: Roles;
  /** Names that are held out, sorted. */
  readonly heldOutNames: readonly string[];
}

/** Throws what reading, roles and `preparePerturbedCells` throw. */
export async function readCells(request: CellsRequest, likelihood: Likelihood): Promise<ReadCells> {
  const combinations = combinationsNamed(request.combinations);
  const heldOut = await heldOutNames(request);
  const { path, cells, genes, signal, layer, control } = request;
  const read = await readData(path, { cells, genes, signal });
  if (read.nObs === 0 || read.nVars === 0) {
    throw new DataError(`nothing to work on: ${read.nObs} cells × ${read.nVars} genes`);
  }
  let data = withJoinedColumns(read, { action: request.perturbation, control });
  const roles = rolesOf(data.obs, request);
  data = data.with({
    obs: labelledObs(data.obs, roles),
    layers: [],
    raw: undefined,
    X: withLayer(data, layer).X,
  });
  const sentences = [...roles.sentences.slice(1).map((text) => text.replace(/^action:/, 'perturbation:'))];
  if (request.preprocess) {
    data = preprocess(data, request.preprocess);
    sentences.push(`preprocessing: ${request.preprocess}`);
  }
  if (new Set(data.var.index).size < data.nVars) {
    data = uniqueGenes(data);
    sentences.push("repeated gene names were made unique with '-1', '-2', …");
  }
  const { separator } = request;
  const prepared = preparePerturbedCells(data, roles, { likelihood, combinations, separator, heldOut });
  return { ...prepared, roles, heldOutNames: heldOut, sentences: [...sentences, ...prepared.sentences] };
}

/** Action and control; the option has another name here. */
function rolesOf(obs: PreparedCells['data']['obs'], { perturbation, control }: CellsRequest): Roles {
  try {
    return resolveRoles(obs, {
      context: null,
      action: perturbation,
      control: control === 'none' ? null : control,
    });
  } catch (error) {
    if (!(error instanceof RoleError)) throw error;
    throw new RoleError(error.role, error.candidates, error.message.replaceAll('--action', '--perturbation'));
  }
}

function combinationsNamed(text?: string): Combinations | undefined {
  if (text === undefined || text === 'additive' || text === 'own') return text;
  throw new OptionError('--combinations', text, ['additive', 'own']);
}

async function heldOutNames({ heldOut, heldOutFile }: CellsRequest): Promise<string[]> {
  const named = heldOut?.split(',').map((name) => name.trim()) ?? [];
  if (heldOut !== undefined && named.some((name) => name === '')) {
    throw new OptionError('--held-out', heldOut, 'a list of perturbations: A,B,C');
  }
  if (heldOutFile === undefined) return [...new Set(named)].sort();
  const table = await readTable(heldOutFile);
  const column = 'perturbation';
  const listed =
    !table.has(column) && table.indexName === column
      ? table.index
      : columnStrings(table.column(column, heldOutFile));
  const names = listed.filter((name): name is string => name !== null && name !== '');
  return [...new Set([...named, ...names])].sort();
}
