/**
 * What a trained representation means, written beside it: genes of the latents, gene sets, who shares latents,
 * interactions of combinations, and the page that shows them.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { History, Runtime } from '../compute/index.js';
import { InterruptedError, isMechanistError, OptionError } from '../errors.js';
import { type SetTests, testGeneSets } from '../evaluate/index.js';
import type { GeneSets } from '../formats/index.js';
import { writeAtomically } from '../formats/index.node.js';
import type { Random } from '../random/index.js';
import {
  buildRepresentationReport,
  type ComparedModel,
  type ExplainedLatent,
  type PerturbationRow,
} from '../report/index.js';
import { removeReport, writeReport } from '../report/index.node.js';
import {
  type Attributions,
  attributeLatents,
  fitEdges,
  type Interaction,
  interactions,
  isEdge,
  type Latents,
  type MechanismGraph,
  type MechanismRepresentation,
  namedCombinations,
  type PerturbedCells,
  sharedLatents,
} from '../represent/index.js';
import {
  effectsCsv,
  geneSetsCsv,
  genesCsv,
  interactionsCsv,
  latentsCsv,
  sharedCsv,
} from './interpret-tables.js';
import { calibrationOf, type MechanismTruth } from './interpret-truth.js';

/** An entry of the graph of perturbations that did not train. */
export interface HeldOutEdge {
  readonly perturbation: string;
  readonly latent: number;
  /** NaN of models that give none. */
  readonly probability: number;
  readonly shift: number;
}

export interface InterpretationOptions {
  /** Genes of each latent in `genes.csv`, and in the lists that gene sets are tested with. Default 50. */
  readonly topGenes?: number;
  /** Write `report.html` and `figures/`. Default true. */
  readonly report?: boolean;
  /** Name of the file that the cells came from. */
  readonly source: string;
  readonly version: string;
  readonly command?: string;
  /** Sentences on what was understood of the file. */
  readonly understood?: readonly string[];
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Interpretation {
  readonly runtime: Runtime;
  readonly representation: MechanismRepresentation;
  /** That trained. */
  readonly cells: PerturbedCells;
  /** Of these cells. */
  readonly latents: Latents;
  readonly history: History;
  readonly geneSets?: GeneSets;
  /** Every latent of each perturbation that did not train. */
  readonly heldOut?: readonly HeldOutEdge[];
  /** The model first. */
  readonly comparison?: readonly ComparedModel[];
  /** Of these cells, where they were simulated. */
  readonly truth?: MechanismTruth;
  readonly options: InterpretationOptions;
}

/** Names that `writeInterpretation` may write into the folder, beside `figures/`. */
export const INTERPRETATION_FILES: readonly string[] = [
  'genes.csv',
  'gene-sets.csv',
  'latents.csv',
  'effects.csv',
  'shared-latents.csv',
  'interactions.csv',
  'report.html',
];

/**
 * Writes tables, figures and page into `folder`, which is there; what an earlier interpretation wrote is replaced. Gives
 * the files in the order of writing, and what to tell the user. Throws OptionError, FileError, InterruptedError; before
 * the first file is written, unless the disk is full.
 */
export async function writeInterpretation(
  folder: string,
  work: Interpretation,
): Promise<{ readonly files: readonly string[]; readonly sentences: readonly string[] }> {
  const { representation, cells, latents, geneSets, options } = work;
  const { topGenes = 50, report = true, random, signal, onProgress } = options;
  if (!(Number.isSafeInteger(topGenes) && topGenes >= 1)) {
    throw new OptionError('topGenes', topGenes, 'a whole number ≥ 1');
  }
  const { latent, config } = representation;
  const attributions = await attributeLatents(work.runtime, representation, {
    cells,
    random: random.split('attribution'),
    signal,
    onProgress,
  }).catch((error) => {
    if (!isMechanistError(error, 'InterruptedError')) throw error;
    throw new InterruptedError('interrupted while explaining latents; --resume explains them again');
  });
  const explained = explainedLatents(attributions, config.genes, topGenes);
  const sets = geneSets ? testedSets(explained, config.genes, geneSets) : null;
  const { rows, graph } = allRows(work);
  const shared = graph ? sharedLatents(graph, latent) : [];
  const combined = await combinationsOf(representation, cells);
  const variance = meanVariance(latents.variance, latent);
  const names = rows.map(({ name }) => name);
  const edges = Array.from({ length: latent }, (_, j) =>
    names.filter((_, i) => graph && isEdge(graph.probability[i * latent + j])),
  );
  const tables = new Map([
    ['genes.csv', genesCsv(explained)],
    ['latents.csv', latentsCsv(attributions, variance, edges)],
  ]);
  if (sets) tables.set('gene-sets.csv', geneSetsCsv(sets, explained));
  if (graph) {
    tables.set('effects.csv', effectsCsv(rows, graph, latent));
    tables.set('shared-latents.csv', sharedCsv(shared, names));
  }
  if (combined) tables.set('interactions.csv', interactionsCsv(combined.found, combined.names));
  const page =
    report &&
    (await buildRepresentationReport({
      ...{ rows, graph, latent, variance, explained, sets, shared },
      source: options.source,
      version: options.version,
      command: options.command,
      understood: options.understood ?? [],
      model: config.model,
      genes: config.genes.length,
      latents: latents.mean,
      labels: labelsOf(cells, 'untreated'),
      history: work.history,
      comparison: work.comparison ?? [],
      interactions: combined?.found ?? [],
      interactionNames: combined?.names ?? [],
      interactionGraph: combined?.graph ?? null,
      calibration: work.truth ? calibrationOf(representation, latents.mean, work.truth) : null,
      random: random.split('report'),
    }));
  await removeInterpretation(folder);
  for (const [name, text] of tables) {
    await writeAtomically(join(folder, name), { overwrite: true }, (temporary) => writeFile(temporary, text));
  }
  const drawn = page ? await writeReport(folder, page, { overwrite: true }) : [];
  return {
    files: [...[...tables.keys()].map((name) => join(folder, name)), ...drawn],
    sentences: sentencesOf(attributions, sets, geneSets, combined?.found ?? []),
  };
}

/** What an earlier interpretation wrote does not belong to a model that is trained anew. */
export async function removeInterpretation(folder: string): Promise<void> {
  for (const name of INTERPRETATION_FILES) await rm(join(folder, name), { force: true });
  await removeReport(folder);
}

/** Genes by the size of what is attributed to them; those that nothing is attributed to are left out. */
function explainedLatents(
  { latents }: Attributions,
  genes: readonly string[],
  topGenes: number,
): ExplainedLatent[] {
  return latents.map(({ latent, gap, attribution, change }) => {
    const order = Array.from(attribution.keys()).filter((g) => attribution[g] !== 0);
    order.sort((a, b) => Math.abs(attribution[b]) - Math.abs(attribution[a]) || a - b);
    const top = order
      .slice(0, topGenes)
      .map((g) => ({ gene: genes[g], attribution: attribution[g], change: change[g] }));
    return { latent, gap, top };
  });
}

/** A list of more than a quarter of the genes could be rich in nothing. */
const LARGEST_LIST = 0.25;

function testedSets(
  explained: readonly ExplainedLatent[],
  genes: readonly string[],
  { sets }: GeneSets,
): SetTests {
  const most = Math.max(1, Math.floor(LARGEST_LIST * genes.length));
  const lists = explained.map(({ top }) => top.slice(0, most).map(({ gene }) => gene));
  return testGeneSets(lists, genes, sets);
}

/** The rows of the model's graph, and those that were held out. */
function allRows({ representation, cells, heldOut = [] }: Interpretation): {
  readonly rows: readonly PerturbationRow[];
  readonly graph: MechanismGraph | null;
} {
  const graph = representation.graph();
  const { latent, config } = representation;
  const counts = new Int32Array(config.perturbations.length);
  for (const label of cells.labels) if (label >= 0) counts[label]++;
  const combined = new Set(namedCombinations(config.perturbations).map(({ combination }) => combination));
  const rows: PerturbationRow[] = config.perturbations.map((name, i) => ({
    name,
    kind: combined.has(i) ? 'combination' : 'single',
    cells: counts[i],
  }));
  const known = heldOut.filter(({ probability }) => !Number.isNaN(probability));
  if (!graph || known.length === 0) return { rows, graph };
  const names = [...new Set(known.map(({ perturbation }) => perturbation))];
  const place = new Map(names.map((name, i) => [name, rows.length + i]));
  const whole = (table: Float64Array) => {
    const all = new Float64Array((rows.length + names.length) * latent);
    all.set(table);
    return all;
  };
  const [probability, shift] = [whole(graph.probability), whole(graph.shift)];
  for (const one of known) {
    const at = place.get(one.perturbation)! * latent + one.latent;
    probability[at] = one.probability;
    shift[at] = one.shift;
  }
  const more = names.map((name) => ({ name, kind: 'held-out' as const, cells: Number.NaN }));
  return { rows: [...rows, ...more], graph: { probability, shift } };
}

interface Combined {
  readonly found: readonly Interaction[];
  readonly names: readonly string[];
  readonly graph: MechanismGraph;
}

/**
 * Combinations that have a label of their own by the model's graph; cells with several perturbations, whose shifts the
 * model adds, by what their own latents say. Undefined where there are neither.
 */
async function combinationsOf(
  representation: MechanismRepresentation,
  cells: PerturbedCells,
): Promise<Combined | undefined> {
  const { latent, config } = representation;
  const learned = representation.graph();
  if (!learned) return undefined;
  const own = namedCombinations(config.perturbations);
  if (own.length > 0) {
    return { found: interactions(learned, latent, own), names: config.perturbations, graph: learned };
  }
  const together = setsAsPerturbations(cells);
  if (namedCombinations(together.perturbations).length === 0) return undefined;
  const evidence = await representation.transfer(together);
  const names = evidence.seen.map((i) => together.perturbations[i]);
  const graph = fitEdges(representation.inBasis(evidence.shift), representation.varianceInBasis(evidence));
  return { found: interactions(graph, latent, namedCombinations(names)), names, graph };
}

/** Cells with one label each, that of all their perturbations: 'A+B'. */
function setsAsPerturbations(cells: PerturbedCells): PerturbedCells {
  const names = labelsOf(cells, '');
  const perturbations = [...new Set(names)].filter((name) => name !== '').sort();
  const place = new Map(perturbations.map((name, i) => [name, i]));
  return { X: cells.X, labels: Int32Array.from(names, (name) => place.get(name) ?? -1), perturbations };
}

/** What was done to each cell: 'A', 'A+B', or `untreated`. */
function labelsOf({ X, labels, perturbations }: PerturbedCells, untreated: string): string[] {
  const slots = labels.length / Math.max(1, X.nRows);
  return Array.from({ length: X.nRows }, (_, row) => {
    const own = labels.subarray(row * slots, (row + 1) * slots).filter((label) => label >= 0);
    return own.length === 0
      ? untreated
      : Array.from(own, (label) => perturbations[label])
          .sort()
          .join('+');
  });
}

/** Of each latent over cells (latent). */
function meanVariance(variance: Float32Array, latent: number): Float64Array {
  const mean = new Float64Array(latent);
  const nCells = variance.length / latent;
  variance.forEach((value, at) => {
    mean[at % latent] += value / nCells;
  });
  return mean;
}

function sentencesOf(
  { latents, baseline }: Attributions,
  sets: SetTests | null,
  geneSets: GeneSets | undefined,
  found: readonly Interaction[],
): string[] {
  const worst = Math.max(...latents.map(({ gap }) => gap));
  const sentences = [
    `genes of ${latents.length} latents by integrated gradients from the mean ${baseline === 'control' ? 'control cell' : 'cell'}; ` +
      `they add up to within ${(100 * worst).toFixed(1)} %`,
  ];
  if (sets && geneSets) {
    const { tested, tooSmall, tooLarge, unknown, genes, tests } = sets;
    const rich = tests.filter(({ q }) => q <= 0.05).length;
    sentences.push(
      ...geneSets.notes.map((note) => `gene sets: ${note}`),
      `gene sets: ${tested} of ${geneSets.sets.length} tested (${tooSmall} have fewer than 3 of the genes here, ${tooLarge} more than 500); ` +
        `${unknown} of their ${genes} genes were not measured; ${rich} of ${tests.length} tests have q ≤ 0.05`,
    );
  }
  if (found.length > 0) {
    const kinds = [...new Set(found.map(({ kind }) => kind))];
    const counted = kinds.map((kind) => `${found.filter((one) => one.kind === kind).length} ${kind}`);
    sentences.push(`${found.length} combinations: ${counted.join(', ')}`);
  }
  return sentences;
}
