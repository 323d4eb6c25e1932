/** Which cells are compared with which: the groups of every context, and what is left out of the ranking. */
import { columnStrings, type PerturbationData, type Roles } from '../data/index.js';
import { OptionError } from '../errors.js';

export interface CellGroup {
  readonly perturbation: string;
  readonly rows: Int32Array;
}

export interface ContextGroups {
  /** `null` where all cells are one context. */
  readonly context: string | null;
  readonly control: Int32Array;
  readonly groups: readonly CellGroup[];
}

export interface LeftOut {
  readonly context: string | null;
  readonly perturbation: string;
  readonly cells: number;
  readonly reason: string;
}

export interface GroupedCells {
  /** Those with a control and at least one group of two cells. */
  readonly contexts: readonly ContextGroups[];
  readonly leftOut: readonly LeftOut[];
  /** Cells without a label. */
  readonly unlabelled: number;
}

/** One cell has no spread: what is its own cannot be told from what the perturbation did. */
const LEAST_CELLS = 2;

/** Groups in the order of their names. Throws OptionError for contexts that are not there. */
export function groupCells(
  data: PerturbationData,
  roles: Roles & { readonly control: string },
  wanted?: readonly string[],
): GroupedCells {
  const actions = columnStrings(data.obs.column(roles.action, 'obs'));
  const contexts = roles.context === null ? null : columnStrings(data.obs.column(roles.context, 'obs'));
  const rowsOf = new Map<string | null, Map<string, number[]>>();
  let unlabelled = 0;
  actions.forEach((action, row) => {
    const context = contexts === null ? null : contexts[row] || undefined;
    if (!action || context === undefined) {
      unlabelled++;
      return;
    }
    const ofContext = rowsOf.get(context) ?? new Map<string, number[]>();
    rowsOf.set(context, ofContext);
    const rows = ofContext.get(action) ?? [];
    ofContext.set(action, rows);
    rows.push(row);
  });
  const names = [...rowsOf.keys()].sort();
  for (const name of wanted ?? []) {
    if (!rowsOf.has(name))
      throw new OptionError(
        '--context',
        name,
        names.map((known) => known ?? ''),
      );
  }
  const leftOut: LeftOut[] = [];
  const kept = names
    .filter((name) => wanted === undefined || wanted.includes(name ?? ''))
    .flatMap((context): ContextGroups[] => {
      const ofContext = rowsOf.get(context)!;
      const control = Int32Array.from(ofContext.get(roles.control) ?? []);
      const groups = [...ofContext]
        .filter(([perturbation]) => perturbation !== roles.control)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([perturbation, rows]): CellGroup[] => {
          const reason = whyNot(rows.length, control.length);
          if (reason === '') return [{ perturbation, rows: Int32Array.from(rows) }];
          leftOut.push({ context, perturbation, cells: rows.length, reason });
          return [];
        });
      return groups.length > 0 ? [{ context, control, groups }] : [];
    });
  return { contexts: kept, leftOut, unlabelled };
}

function whyNot(cells: number, controls: number): string {
  if (controls === 0) return 'there are no control cells to compare with';
  if (controls < LEAST_CELLS)
    return 'one control cell alone has no spread: its own peculiarities cannot be told from an effect; two or more are needed';
  if (cells < LEAST_CELLS)
    return 'one cell alone has no spread: its own peculiarities cannot be told from an effect; two or more are needed';
  return '';
}
