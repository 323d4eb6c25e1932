/** The work of `mechanist target`: from a file of cells to a table of ranked genes for each perturbation. */
import { OptionError } from '../errors.js';
import { checkNotInput, checkOutput } from '../formats/index.node.js';
import { Random } from '../random/index.js';
import { type TargetMethod, targetMethodNamed, targetOptionsFromWords } from '../target/index.js';
import { trainedNetwork } from '../target/index.node.js';
import { nodeResources } from './resources.node.js';
import { readTargetCells, type TargetCellsRequest } from './target-cells.node.js';
import { groupCells, type LeftOut } from './target-groups.js';
import { type NamedTarget, namedGenes, namedSentences, namedTargets } from './target-named.js';
import { type RankedGroup, rankContext } from './target-ranking.js';
import {
  groupedSentences,
  nothingToRank,
  rankingSentences,
  summaryOf,
  type TargetSummary,
} from './target-sentences.js';
import { writeRanking } from './target-table.node.js';

export interface TargetFileRequest extends TargetCellsRequest {
  readonly out: string;
  readonly method: string;
  /** A number, or `all`; default 1000, or as many as the method can do with. */
  readonly candidates?: string;
  /** Rounds of subsampling cells; 0: none. */
  readonly subsamples: number;
  readonly seed: number;
  readonly threads?: number;
  /** Options of methods as words. */
  readonly words: Readonly<Record<string, string | undefined>>;
  readonly overwrite?: boolean;
  readonly onUnderstood?: (...sentences: readonly string[]) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface TargetFileResult {
  readonly out: string;
  readonly method: string;
  readonly perturbations: readonly TargetSummary[];
  readonly leftOut: readonly LeftOut[];
  readonly named: readonly NamedTarget[];
  readonly sentences: readonly string[];
}

const DEFAULT_CANDIDATES = 1000;

/** Throws what reading and the method throw; DataError where no group can be ranked; FileError, OptionError. */
export async function targetFile(request: TargetFileRequest): Promise<TargetFileResult> {
  const { out, overwrite = false, signal, path, cells, genes } = request;
  const method = targetMethodNamed(request.method);
  const options = targetOptionsFromWords(method, request.words);
  await checkOutput(out, { overwrite });
  await checkNotInput(out, [path, cells, genes]);
  const { data, roles, contexts: wanted, sentences: understood } = await readTargetCells(request);
  const candidates = candidatesOf(request.candidates, method, data.nVars);
  const grouped = groupCells(data, roles, wanted);
  const said = [...understood, ...groupedSentences(grouped, roles.context)];
  if (candidates < data.nVars) {
    const most =
      request.candidates === undefined && candidates < DEFAULT_CANDIDATES
        ? `, the most that ${method.name} takes`
        : '';
    // what is measured but not looked at is, for a method of dependences, not there
    const alone =
      method.name === 'de'
        ? ''
        : `; ${method.name} sees no others, so where one that was hit is not among them its effects look hit`;
    said.push(
      `candidates: the ${candidates} of ${data.nVars} genes that differ most from the control${most}${alone}`,
    );
  }
  request.onUnderstood?.(...said);
  if (grouped.contexts.length === 0) throw nothingToRank(grouped.leftOut, roles.action, roles.control);

  const random = Random.fromSeed(request.seed).split('target');
  const { runtime } = nodeResources(request.threads);
  const ranked: RankedGroup[] = [];
  const total =
    grouped.contexts.reduce((sum, { groups }) => sum + groups.length, 0) * (1 + request.subsamples);
  let done = 0;
  for (const compared of grouped.contexts) {
    const from = done;
    const found = await rankContext(data, compared, {
      method,
      options,
      candidates,
      rounds: request.subsamples,
      random: random.split(compared.context ?? 'all cells'),
      runtime,
      trained: trainedNetwork,
      signal,
      onProgress: (part, of) => {
        done = from + of;
        request.onProgress?.(from + part, total);
      },
    });
    ranked.push(...found);
  }
  await writeRanking(out, ranked, data.var.index, { overwrite });

  const named = namedTargets(ranked, data.var, namedGenes(data.var, roles.control));
  const perturbations = ranked.map((group) => summaryOf(group, data.var.index));
  const sentences = [
    ...rankingSentences(out, method.name, perturbations, ranked, request.subsamples),
    ...namedSentences(named, method.name),
  ];
  return { out, method: method.name, perturbations, leftOut: grouped.leftOut, named, sentences };
}

/** Throws OptionError for a word that is no number, and for more than the method can do with. */
function candidatesOf(asked: string | undefined, method: TargetMethod, nGenes: number): number {
  if (asked === undefined) return Math.min(DEFAULT_CANDIDATES, method.mostGenes, nGenes);
  const number = asked === 'all' ? nGenes : Number(asked);
  if (asked.trim() === '' || !Number.isInteger(number) || number < 1)
    throw new OptionError('--candidates', asked, "a whole number of at least 1, or 'all'");
  const most = Math.min(number, nGenes);
  if (most > method.mostGenes)
    throw new OptionError(
      '--candidates',
      asked,
      `at most ${method.mostGenes}, what ${method.name} can do with in reasonable time`,
    );
  return most;
}
