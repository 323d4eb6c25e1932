/** Runs a method of targets as the jobs do, with its default options. */
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import type { TargetMethod, TargetScores } from '../method.js';
import type { TargetScreen } from '../screen.js';

export function scored(
  method: TargetMethod,
  screen: TargetScreen,
  options: Readonly<Record<string, unknown>> = {},
  { seed = 1, signal }: { seed?: number; signal?: AbortSignal } = {},
): Promise<TargetScores[]> {
  const defaults = Object.fromEntries(
    Object.entries(method.options).map(([name, option]) => [name, option.default]),
  );
  return method.score(
    screen,
    { ...defaults, ...options },
    {
      random: Random.fromSeed(seed),
      runtime: () => Promise.reject(new Error('no network is needed')),
      signal,
    },
  );
}

/** The screen with `change(value, gene)` in the place of every value of the control, of the groups, or of both. */
export function changed(
  screen: TargetScreen,
  where: readonly ('control' | 'groups')[],
  change: (value: number, gene: number) => number,
): TargetScreen {
  const apply = ({ nRows, nCols, values }: TargetScreen['control']) =>
    dense(
      nRows,
      nCols,
      Float64Array.from(values, (value: number, k: number) => change(value, k % nCols)),
    );
  return {
    genes: screen.genes,
    control: where.includes('control') ? apply(screen.control) : screen.control,
    groups: screen.groups.map(({ name, cells }) => ({
      name,
      cells: where.includes('groups') ? apply(cells) : cells,
    })),
  };
}
