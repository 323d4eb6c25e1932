/** What tells the pairs of a screen apart: labels joined from several columns, conditions that are averaged over. */
import { columnStrings, isControlValue, type PerturbationData, type Roles, strings } from '../data/index.js';

export interface LabelRequest {
  readonly context?: string;
  readonly action?: string;
  readonly control?: string;
}

/**
 * `a+b` names two columns as one where there is no column of that name, as in `--action pert_iname+pert_idose`;
 * a row whose first label is the control keeps it alone.
 */
export function withJoinedColumns(data: PerturbationData, request: LabelRequest): PerturbationData {
  let { obs } = data;
  for (const name of [request.context, request.action]) {
    const parts = name?.split('+') ?? [];
    if (!name || obs.has(name) || parts.length < 2 || !parts.every((part) => obs.has(part))) continue;
    const columns = parts.map((part) => columnStrings(obs.column(part, 'obs')));
    const isControl = (label: string) =>
      request.control === undefined ? isControlValue(label) : label === request.control;
    const labels = columns[0].map((label, row) => {
      if (!label || isControl(label)) return label;
      const all = columns.map((column) => column[row]);
      return all.includes(null) ? null : all.join(' ');
    });
    obs = obs.with(name, strings(labels));
  }
  return data.with({ obs });
}

/** Names that columns of conditions have: dose, concentration, time. */
const CONDITIONS = /dose|conc|time|duration/i;

/** A sentence for every condition that differs between the rows of a pair, and so is averaged over. */
export function mixedConditions(data: PerturbationData, roles: Roles): string[] {
  const keys = pairKeys(data, roles);
  return data.obs.names.flatMap((name) => {
    if (!CONDITIONS.test(name) || name === roles.action || name === roles.context) return [];
    const labels = columnStrings(data.obs.column(name, 'obs'));
    const first = new Map<string, string | null>();
    const mixed = new Set<string>();
    keys.forEach((key, row) => {
      if (!first.has(key)) first.set(key, labels[row]);
      else if (first.get(key) !== labels[row]) mixed.add(key);
    });
    if (mixed.size === 0) return [];
    const advice = `to keep them apart: --action ${roles.action}+${name}`;
    return [`${mixed.size} pairs average over rows that differ in '${name}'; ${advice}`];
  });
}

/** One key a row, the same for rows of one (context, action). */
export function pairKeys(data: PerturbationData, roles: Roles): string[] {
  const action = columnStrings(data.obs.column(roles.action, 'obs'));
  const context = roles.context === null ? null : columnStrings(data.obs.column(roles.context, 'obs'));
  return action.map((label, row) => JSON.stringify([context?.[row], label]));
}
