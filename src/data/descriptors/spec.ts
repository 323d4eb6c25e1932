/** Which columns of `obs` describe an environment (a treatment: drug, dose, time, cell line, …). */
import { ColumnError, listNames, nearest, OptionError, RoleError } from '../../errors.js';
import type { FingerprintOptions } from '../fingerprint/index.js';
import { isControlValue } from '../roles.js';
import { columnStrings, type Table } from '../table.js';
import type { QuantityColumn } from './quantity.js';

export interface SmilesSpec extends FingerprintOptions {
  /** Column of `obs` with the SMILES. */
  readonly column?: string;
  /** SMILES of actions, by the action's name; beside a column they fill in what it lacks. */
  readonly of?: ReadonlyMap<string, string>;
  /** Keep also bits that are the same in all training compounds. Default false. */
  readonly allBits?: boolean;
}

export interface DescriptorSpec {
  /** Column of the actions. */
  readonly action: string;
  /** The untreated action; `null`: there is none. Default: the one that is called so ('DMSO', 'control', …). */
  readonly control?: string | null;
  readonly smiles?: SmilesSpec;
  readonly dose?: QuantityColumn;
  readonly time?: QuantityColumn;
  /** Columns of names, one indicator a value: cell line, tissue, … */
  readonly categories?: readonly string[];
  /** Columns of numbers, standardised. */
  readonly numeric?: readonly string[];
}

/** What of a specification tells environments apart; plain JSON. */
export interface EnvironmentColumns {
  readonly action: string;
  readonly control: string | null;
  readonly dose: QuantityColumn | null;
  readonly time: QuantityColumn | null;
  readonly categories: readonly string[];
  readonly numeric: readonly string[];
}

/** Checks `spec` against `obs` and settles the control. Throws ColumnError, OptionError, RoleError. */
export function environmentColumns(obs: Table, spec: DescriptorSpec): EnvironmentColumns {
  const { action, dose, time, categories = [], numeric = [], smiles } = spec;
  if (smiles && smiles.column === undefined && smiles.of === undefined) {
    throw new OptionError('smiles', 'neither', 'a column of obs, or the SMILES of the actions by name');
  }
  const named = [action, dose?.column, dose?.unitColumn, time?.column, time?.unitColumn, smiles?.column];
  for (const column of [...named, ...categories, ...numeric]) {
    if (column !== undefined && !obs.has(column)) throw new ColumnError(column, 'obs', obs.names);
  }
  const described = [...categories, ...numeric];
  const twice = described.find((column, k) => described.indexOf(column) !== k);
  if (twice !== undefined) {
    throw new OptionError('descriptors', twice, 'named once: it is among the categories and numbers twice');
  }
  return {
    action,
    control: controlOf(obs, action, spec.control),
    dose: dose ?? null,
    time: time ?? null,
    categories: [...categories],
    numeric: [...numeric],
  };
}

function controlOf(obs: Table, action: string, control: string | null | undefined): string | null {
  if (control === null) return null;
  const labels = [...new Set(columnStrings(obs.column(action, 'obs')))].filter((label) => label !== null);
  if (control !== undefined) {
    if (labels.includes(control)) return control;
    const near = nearest(control, labels);
    throw new RoleError(
      'control',
      labels,
      `control '${control}' is no value of '${action}', found ${listNames(labels, 5)}` +
        (near ? `; did you mean '${near}'?` : ''),
    );
  }
  const fitting = labels.filter(isControlValue);
  if (fitting.length > 1) {
    throw new RoleError(
      'control',
      fitting,
      `which value of '${action}' is the control? ${listNames(fitting)}`,
    );
  }
  return fitting[0] ?? null;
}
