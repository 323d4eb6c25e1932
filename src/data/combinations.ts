/**
 * Combined perturbations: 'A+B' (CPA), 'A+ctrl' and 'ctrl+A' (GEARS), 'A_B' (scPerturb), all stored as 'A+B'.
 *
 * Only on request: names of single genes and drugs may hold the separators themselves.
 */
import { OptionError } from '../errors.js';
import { isControlValue } from './roles.js';
import { categorical, columnStrings, type Table } from './table.js';

export interface CombinationOptions {
  /** What stands between the parts; default '+'. */
  readonly separator?: string;
  /** The control's name, dropped from combinations; the words of `CONTROL_VALUES` always are. */
  readonly control?: string | null;
}

/** Between the parts in the one form that is stored. */
const JOIN = '+';

/** The perturbations of a label: sorted, each once, without the control; `[]` for the control itself. */
export function combinationParts(label: string, options: CombinationOptions = {}): string[] {
  const { separator = JOIN, control = null } = options;
  if (separator === '') throw new OptionError('separator', separator, 'a text of at least one character');
  const isControl = (part: string) => part === control || isControlValue(part);
  if (isControl(label)) return [];
  const parts = label.split(separator).map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== '' && !isControl(part)))].sort();
}

/**
 * The one form of a label: 'B+A', 'A_B' (separator '_') and 'A+B+ctrl' are all 'A+B'; a label of nothing but
 * controls is `control` (when not named: 'control').
 */
export function canonicalCombination(label: string, options: CombinationOptions = {}): string {
  const parts = combinationParts(label, options);
  return parts.length > 0 ? parts.join(JOIN) : (options.control ?? 'control');
}

/** `obs` with every label of `column` in its one form; missing labels stay. Throws ColumnError. */
export function canonicaliseCombinations(obs: Table, column: string, options?: CombinationOptions): Table {
  const forms = new Map<string, string>();
  const labels = columnStrings(obs.column(column, 'obs')).map((label) => {
    if (!label) return label;
    const form = forms.get(label) ?? canonicalCombination(label, options);
    forms.set(label, form);
    return form;
  });
  return obs.with(column, categorical(labels));
}
