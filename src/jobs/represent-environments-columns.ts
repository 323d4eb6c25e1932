/** Which columns describe an environment: the words of a request, looked up in the annotations. */
import {
  columnStrings,
  type DescriptorSpec,
  type QuantityColumn,
  type Roles,
  type SmilesSpec,
  type Table,
} from '../data/index.js';
import { ColumnError, OptionError } from '../errors.js';

export interface DescriptorsRequest {
  /** A column of `obs`, or a table `FILE[:idcolumn:smilescolumn]`, with the SMILES of the actions. */
  readonly smiles?: string;
  /** Of fingerprints; default 2 and 1024. */
  readonly radius?: number;
  readonly bits?: number;
  /** `COLUMN` or `COLUMN:UNIT`. */
  readonly dose?: string;
  readonly time?: string;
  /** Columns of names, comma-separated; the context is always among them. */
  readonly categories?: string;
  /** Columns of numbers, comma-separated; `shift_*` are all that begin so. */
  readonly numeric?: string;
}

/** Columns that name a compound beside the action. */
const IDENTIFIERS = ['pert_id', 'pert_iname'];

/** The columns of a request. `smiles` is what they say of molecules. Throws ColumnError and OptionError. */
export function descriptorSpec(
  obs: Table,
  { action, context, control }: Roles,
  request: DescriptorsRequest,
  smiles: SmilesSpec | undefined,
): DescriptorSpec {
  const { dose, time, categories, numeric } = request;
  return {
    action,
    control,
    smiles,
    dose: dose === undefined ? undefined : quantityColumn(obs, '--dose', dose),
    time: time === undefined ? undefined : quantityColumn(obs, '--time', time),
    categories: [
      ...new Set([...(context === null ? [] : [context]), ...listed(obs, '--categories', categories)]),
    ],
    numeric: listed(obs, '--numeric', numeric),
  };
}

const columnsOfSpec = ({ action, dose, time, categories = [], numeric = [] }: DescriptorSpec) => [
  action,
  ...[dose, time].flatMap((quantity) => (quantity ? [quantity.column] : [])),
  ...categories,
  ...numeric,
];

/** Columns other than the action that name its compound. */
export const identifiersOf = (obs: Table, action: string): string[] =>
  IDENTIFIERS.filter((name) => name !== action && obs.has(name));

/** `COLUMN`, or `COLUMN:UNIT` where no column is called so. */
function quantityColumn(obs: Table, option: string, word: string): QuantityColumn {
  if (obs.has(word)) return { column: word };
  const [, column, unit] = /^(.+):([^:]+)$/s.exec(word) ?? [];
  if (column !== undefined && obs.has(column)) return { column, unit };
  throw new ColumnError(column ?? word, 'obs', obs.names, `pass ${option} with COLUMN or COLUMN:UNIT`);
}

function listed(obs: Table, option: string, words?: string): string[] {
  if (words === undefined) return [];
  const named = words.split(',').map((word) => word.trim());
  if (named.includes('')) throw new OptionError(option, words, 'a list of columns: A,B,C');
  const found = named.flatMap((word) => {
    if (obs.has(word) || !word.endsWith('*')) return [word];
    const all = obs.names.filter((name) => name.startsWith(word.slice(0, -1)));
    if (all.length === 0) throw new ColumnError(word, 'obs', obs.names, `no column begins so`);
    return all;
  });
  const unknown = found.find((name) => !obs.has(name));
  if (unknown !== undefined) throw new ColumnError(unknown, 'obs', obs.names, `pass ${option} with these`);
  return [...new Set(found)];
}

/** Names that columns of conditions have: dose, concentration, time. */
const CONDITIONS = /dose|conc|time|duration/i;

/** A sentence for every condition that differs between profiles of one environment, and so describes none. */
export function undescribedConditions(obs: Table, labels: Int32Array, spec: DescriptorSpec): string[] {
  const described = columnsOfSpec(spec);
  return obs.names.flatMap((name) => {
    if (!CONDITIONS.test(name) || described.includes(name)) return [];
    const first = new Map<number, string | null>();
    const mixed = new Set<number>();
    columnStrings(obs.column(name, 'obs')).forEach((text, row) => {
      const label = labels[row];
      if (!first.has(label)) first.set(label, text);
      else if (first.get(label) !== text) mixed.add(label);
    });
    if (mixed.size === 0) return [];
    return [
      `profiles of ${mixed.size} environments differ in '${name}': --dose, --time or --numeric describe it`,
    ];
  });
}
