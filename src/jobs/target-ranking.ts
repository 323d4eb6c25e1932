/** The genes of every group of a context, ranked by a method; by `de` where the method cannot. */
import { type Matrix, type PerturbationData, swapCompression } from '../data/index.js';
import { isMechanistError, NumericalError } from '../errors.js';
import { subsampleSize, subsamples } from '../evaluate/index.js';
import type { Random } from '../random/index.js';
import { variance } from '../stats/index.js';
import {
  columnsOfMatrix,
  differentialExpression,
  type TargetMethod,
  type TargetRun,
  type TargetScores,
  type TargetScreen,
} from '../target/index.js';
import {
  candidateGenes,
  denseCells,
  type GroupDifferences,
  ranksOf,
  withRanks,
} from './target-candidates.js';
import type { CellGroup, ContextGroups } from './target-groups.js';

export interface RankingSettings {
  readonly method: TargetMethod;
  readonly options: Readonly<Record<string, unknown>>;
  /** Genes of each perturbation, or of all together where the method is joint; `Infinity`: all. */
  readonly candidates: number;
  /** Rounds of subsampling; 0: none. */
  readonly rounds: number;
  /** Of the context. */
  readonly random: Random;
  readonly runtime: TargetRun['runtime'];
  readonly trained?: TargetRun['trained'];
  readonly signal?: AbortSignal;
  /** `done` groups of `total`, rounds of subsampling counted. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface RankedGroup {
  readonly context: string | null;
  readonly perturbation: string;
  readonly cells: number;
  readonly controls: number;
  /** Over all genes. */
  readonly differences: GroupDifferences;
  /** Numbers of the candidates, rising; what follows is of them, in their order. */
  readonly genes: Int32Array;
  readonly score: Float64Array;
  readonly rank: Int32Array;
  readonly probability?: Float64Array;
  /** Standard deviation of the rank when fewer cells are seen; absent where all of them always are. */
  readonly deviation?: Float64Array;
  /** What ranked: the method asked for, or `de` in its place. */
  readonly method: string;
  /** Why `de` ranks in the place of the method; '' where the method ranks. */
  readonly fallback: string;
  readonly notes: readonly string[];
}

/** Throws what the method throws; groups that it gives up (NumericalError) are ranked by `de`. */
export async function rankContext(
  data: PerturbationData,
  compared: ContextGroups,
  settings: RankingSettings,
): Promise<RankedGroup[]> {
  const sets = [compared.control, ...compared.groups.map(({ rows }) => rows)];
  const setOf = new Int32Array(data.nObs).fill(-1);
  sets.forEach((rows, set) => {
    for (const row of rows) setOf[row] = set;
  });
  const columns = columnsOfMatrix(data.X, setOf, sets.length);
  const found = await differentialExpression(columns, { signal: settings.signal });
  const ranking = new Ranking(data, compared, found.map(withRanks), settings);
  return ranking.all();
}

/** Values that are made dense at a time, where groups do not need one another. */
const MOST_VALUES = 2e7;

/** Groups that are shown to the method together. */
interface Batch {
  /** Numbers of groups. */
  readonly members: readonly number[];
  readonly genes: Int32Array;
}

class Ranking {
  readonly #cells: Matrix;
  #done = 0;

  constructor(
    private readonly data: PerturbationData,
    private readonly compared: ContextGroups,
    private readonly differences: readonly GroupDifferences[],
    private readonly settings: RankingSettings,
  ) {
    this.#cells = data.X.kind === 'csc' ? swapCompression(data.X) : data.X;
  }

  async all(): Promise<RankedGroup[]> {
    const { groups } = this.compared;
    const ranked = new Array<RankedGroup>(groups.length);
    const { leastCells } = this.settings.method;
    const able = (group: number) =>
      Math.min(groups[group].rows.length, this.compared.control.length) >= leastCells;
    const fewOf = (group: number) =>
      groups[group].rows.length < leastCells ? 'perturbed cells' : 'control cells';
    const numbers = [...groups.keys()];
    for (const group of numbers.filter((group) => !able(group))) {
      ranked[group] = this.#byDe(group, `${this.settings.method.name} needs ${leastCells} ${fewOf(group)}`);
      this.#advance(1 + this.settings.rounds);
    }
    for (const batch of this.#batches(numbers.filter(able))) {
      const found = await this.#rank(batch);
      batch.members.forEach((group, i) => {
        ranked[group] = found[i];
      });
    }
    return ranked;
  }

  /** One for joint methods and where it is not too large; groups with candidates of their own stand alone. */
  #batches(members: readonly number[]): Batch[] {
    const { method, candidates } = this.settings;
    const genesOf = (some: readonly number[]) =>
      candidateGenes(
        some.map((group) => this.differences[group]),
        candidates,
      );
    if (members.length === 0) return [];
    if (method.joint) return [{ members, genes: genesOf(members) }];
    if (candidates < this.data.nVars)
      return members.map((group) => ({ members: [group], genes: genesOf([group]) }));
    const batches: number[][] = [[]];
    let values = 0;
    for (const group of members) {
      values += this.compared.groups[group].rows.length * this.data.nVars;
      if (values > MOST_VALUES) {
        batches.push([]);
        values = 0;
      }
      batches[batches.length - 1].push(group);
    }
    return batches.filter((some) => some.length > 0).map((some) => ({ members: some, genes: genesOf(some) }));
  }

  /** Groups that are given up together are tried alone; one that is given up alone is ranked by `de`. */
  async #rank(batch: Batch): Promise<RankedGroup[]> {
    const { members, genes } = batch;
    const { groups } = this.compared;
    const before = this.#done;
    try {
      const scores = await this.#scores(batch, ({ rows }) => rows);
      const ranks: Int32Array[][] = members.map(() => []);
      const samples = new Map(members.map((group) => [groups[group], this.#samples(groups[group])]));
      for (let round = 0; round < this.settings.rounds; round++) {
        const again = await this.#scores(batch, (group) => samples.get(group)![round], true);
        again.forEach(({ score }, i) => {
          ranks[i].push(ranksOf(score, this.#changes(members[i], genes)));
        });
      }
      return members.map((group, i) => this.#ranked(group, genes, scores[i], ranks[i]));
    } catch (error) {
      if (!isMechanistError(error, 'NumericalError')) throw error;
      this.#done = before;
      const ranked: RankedGroup[] = [];
      for (const group of members) {
        const alone = members.length > 1 && !this.settings.method.joint;
        if (alone) ranked.push(...(await this.#rank({ members: [group], genes })));
        else {
          ranked.push(this.#byDe(group, error.message));
          this.#advance(1 + this.settings.rounds);
        }
      }
      return ranked;
    }
  }

  async #scores(
    { members, genes }: Batch,
    rowsOf: (group: CellGroup) => Int32Array,
    ranksOnly = false,
  ): Promise<readonly TargetScores[]> {
    const { method, options, random, runtime, trained, signal } = this.settings;
    const groups = members.map((member) => this.compared.groups[member]);
    const screen: TargetScreen = {
      genes: Array.from(genes, (gene) => this.data.var.index[gene]),
      control: denseCells(this.#cells, this.compared.control, genes),
      groups: groups.map((group) => ({
        name: group.perturbation,
        cells: denseCells(this.#cells, rowsOf(group), genes),
      })),
    };
    const found = await method.score(screen, options, {
      random: method.joint ? random : random.split(groups[0].perturbation),
      ofControl: random.split('of the control'),
      runtime,
      trained,
      ranksOnly,
      signal,
      onProgress: (part, of) => this.#report((members.length * part) / of),
    });
    for (const { score } of found) {
      const bad = score.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0)
        throw new NumericalError(`${method.name} gave '${screen.genes[bad]}' the score ${score[bad]}`);
    }
    this.#advance(members.length);
    return found;
  }

  #samples({ rows, perturbation }: CellGroup): Int32Array[] {
    const random = this.settings.random.split('cells', perturbation);
    return subsamples(rows.length, random, this.settings.rounds).map((places) =>
      places.map((place) => rows[place]),
    );
  }

  #byDe(group: number, why: string): RankedGroup {
    const genes = candidateGenes([this.differences[group]], this.settings.candidates);
    const score = pick(this.differences[group].score, genes);
    return { ...this.#ranked(group, genes, { score, notes: [] }, []), method: 'de', fallback: why };
  }

  #ranked(
    group: number,
    genes: Int32Array,
    { score, probability, notes }: TargetScores,
    ranks: readonly Int32Array[],
  ): RankedGroup {
    const { perturbation, rows } = this.compared.groups[group];
    return {
      context: this.compared.context,
      perturbation,
      cells: rows.length,
      controls: this.compared.control.length,
      differences: this.differences[group],
      genes,
      score,
      rank: ranksOf(score, this.#changes(group, genes)),
      probability,
      // where every round sees all cells there is nothing to see
      deviation:
        ranks.length > 1 && subsampleSize(rows.length) < rows.length
          ? Float64Array.from(genes, (_, i) => Math.sqrt(variance(ranks.map((rank) => rank[i]))))
          : undefined,
      method: this.settings.method.name,
      fallback: '',
      notes,
    };
  }

  #changes(group: number, genes: Int32Array): Float64Array {
    return pick(this.differences[group].logFoldChange, genes);
  }

  #advance(groups: number): void {
    this.#done += groups;
    this.#report(0);
  }

  #report(part: number): void {
    const total = this.compared.groups.length * (1 + this.settings.rounds);
    this.settings.onProgress?.(this.#done + part, total);
  }
}

const pick = (values: Float64Array, places: Int32Array): Float64Array =>
  Float64Array.from(places, (place) => values[place]);
