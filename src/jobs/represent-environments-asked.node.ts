/** Environments that somebody asks for: a table with the columns that describe those of the data, and no profiles. */
import { columnStrings, dense, PerturbationData, Table } from '../data/index.js';
import { ColumnError, DataError } from '../errors.js';
import { readTable } from '../formats/index.node.js';
import { withJoinedColumns } from './pair-labels.js';
import {
  type EnvironmentScreen,
  type EnvironmentsRequest,
  namedSmiles,
  withIndexColumn,
} from './represent-environments-data.node.js';
import { askedEnvironments, type DescribedEnvironment } from './represent-environments-names.js';

export interface AskedRequest extends EnvironmentsRequest {
  /** Table with the columns that describe environments; their profiles are predicted. Default none. */
  readonly predict?: string;
}

export interface AskedEnvironments {
  readonly environments: readonly DescribedEnvironment[];
  /** (nEnvironments, nColumns). */
  readonly descriptors: Float64Array;
  readonly sentences: readonly string[];
}

/** Throws ColumnError and DataError naming the table, and what reading it throws. */
export async function readAsked(
  request: AskedRequest,
  screen: EnvironmentScreen,
): Promise<AskedEnvironments> {
  const { predict: path, smiles } = request;
  if (path === undefined) return { environments: [], descriptors: new Float64Array(0), sentences: [] };
  const { encoder, roles } = screen;
  const obs = joined(withIndexColumn(await readTable(path)), request);
  if (obs.nRows === 0) throw new DataError(`${path}: no environment in it to predict`);
  const { columns } = encoder.toJSON();
  const quantities = [columns.dose, columns.time].flatMap((one) => (one ? [one.column] : []));
  for (const column of [columns.action, ...quantities, ...columns.categories, ...columns.numeric]) {
    if (!obs.has(column)) throw new ColumnError(column, path, obs.names);
  }
  const unnamed = columnStrings(obs.column(columns.action, path)).findIndex((name) => !name);
  if (unnamed >= 0) throw new DataError(`${path}: row ${unnamed + 1} has no '${columns.action}'`);
  const isTable = smiles !== undefined && !screen.data.obs.has(smiles);
  const matched = isTable ? await namedSmiles(obs, smiles, columns.action, roles.control) : undefined;
  const made = await encoder.encode(obs, { smilesOf: matched?.of });
  return {
    environments: askedEnvironments(made, obs, roles, screen.environments),
    descriptors: made.values,
    sentences: [...(matched?.sentences ?? []), ...made.sentences].map((sentence) => `${path}: ${sentence}`),
  };
}

/** With the columns that the request joins from two. */
const joined = (obs: Table, { action, context, control }: EnvironmentsRequest): Table =>
  withJoinedColumns(new PerturbationData({ X: dense(obs.nRows, 0), obs, var: new Table([]) }), {
    ...{ action, context, control },
  }).obs;
