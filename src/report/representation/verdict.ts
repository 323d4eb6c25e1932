/** What a representation is worth, in plain sentences, and what in it should not be trusted. */

import { listNames } from '../../errors.js';
import { isEdge } from '../../represent/index.js';
import { count, percent, plural, readable } from '../numbers.js';
import type { Verdict } from '../verdict.js';
import type { RepresentationReportInput } from './input.js';

/** Fewer cells tell little of a perturbation. */
const FEW_CELLS = 20;
/** Share of the prior's variance that cells leave to a latent that they tell nothing of. */
const COLLAPSED = 0.9;
/** Expected share of false edges above which a graph is called uncertain. */
const MANY_FALSE = 0.1;
/** Share of all pairs that are edges, above which nothing tells one basis from another; see docs/methods/svae-bayes.md. */
const DENSE = 1 / 3;
/** Relative gap of attributions that is too large. */
const LARGE_GAP = 0.01;
/** Models whose probabilities are calibrated, see docs/methods/interpretation.md. */
export const CALIBRATED = 'svae-bayes';

/** Edges of what trained, how many of them are expected to be false, and rows and latents without any. */
export function edgesOf({
  graph,
  rows,
  latent,
}: Pick<RepresentationReportInput, 'graph' | 'rows' | 'latent'>) {
  const trained = rows.findLastIndex(({ kind }) => kind !== 'held-out') + 1;
  const probabilities = graph ? Array.from(graph.probability.subarray(0, trained * latent)) : [];
  const edges = probabilities.filter(isEdge);
  const has = (at: (i: number) => number, n: number) =>
    Array.from({ length: n }, (_, k) => probabilities.some((p, i) => at(i) === k && isEdge(p)));
  const idle = (flags: readonly boolean[]) => Array.from(flags.keys()).filter((k) => !flags[k]);
  return {
    trained,
    edges: edges.length,
    expectedFalse: edges.reduce((sum, p) => sum + 1 - p, 0),
    untouched: graph ? idle(has((i) => i % latent, latent)) : [],
    without: graph ? idle(has((i) => Math.floor(i / latent), trained)) : [],
  };
}

export function representationVerdict(input: RepresentationReportInput): Verdict {
  const { graph, model, latent } = input;
  const compared = comparisonSentences(input);
  const worse = compared.some(({ better }) => better);
  if (!graph) {
    const sentence = `${model} does not learn which perturbation shifts what: it gives latents, no graph. Its latents are right at best up to a rotation.`;
    return {
      tone: worse ? 'bad' : 'unknown',
      headline: 'Latents without a graph',
      sentences: [sentence, ...compared.map(({ text }) => text)],
    };
  }
  const { trained, edges, expectedFalse, untouched, without } = edgesOf(input);
  const rate = edges > 0 ? expectedFalse / edges : Number.NaN;
  const found =
    edges === 0
      ? `${model} found no edge: no perturbation shifts any of ${plural(latent, 'latent')} more likely than not.`
      : `${model} found ${plural(edges, 'edge')} between ${plural(trained, 'perturbation')} and ${plural(latent, 'latent')}` +
        (model === CALIBRATED
          ? `, of which ${expectedFalse < 1 ? 'fewer than one is' : `${readable(expectedFalse, 2)} are`} expected to be false (expected false discovery rate ${percent(rate)}).`
          : `; how many of them are false it cannot say, as its probabilities are not calibrated.`);
  const offset = new Set(sharedByMost(input));
  const ofOffset = graph.probability
    .subarray(0, trained * latent)
    .filter((p, i) => isEdge(p) && offset.has(i % latent)).length;
  const sentences = [
    found,
    ...(ofOffset > 0
      ? [
          `${count(ofOffset)} of them go to ${offset.size === 1 ? 'latent' : 'latents'} ${numbers([...offset])}, which most perturbations shift the same way: rather what tells treated cells from controls than what each perturbation does.`,
        ]
      : []),
    ...(untouched.length > 0
      ? [
          `No perturbation shifts ${untouched.length === 1 ? 'latent' : 'latents'} ${numbers(untouched)}: what they are is not known from these data, neither their direction nor their meaning.`,
        ]
      : []),
    ...(without.length > 0 && edges > 0
      ? [
          `${plural(without.length, 'perturbation')} of ${count(trained)} ${without.length === 1 ? 'shifts' : 'shift'} no latent.`,
        ]
      : []),
    ...compared.map(({ text }) => text),
  ];
  if (worse) return { tone: 'bad', headline: 'A mean profile explains the cells better', sentences };
  if (edges === 0) return { tone: 'bad', headline: 'No perturbation shifts a latent', sentences };
  if (model !== CALIBRATED)
    return { tone: 'unknown', headline: `${plural(edges, 'edge')}, not calibrated`, sentences };
  if (2 * ofOffset > edges) {
    return { tone: 'small', headline: `${plural(edges, 'edge')}, most of them common to all`, sentences };
  }
  return rate > MANY_FALSE
    ? { tone: 'small', headline: `${plural(edges, 'edge')}, many of them uncertain`, sentences }
    : { tone: 'good', headline: `${plural(edges, 'edge')} between perturbations and latents`, sentences };
}

/** The model beside all others; `better` where another is, that has no latents. */
function comparisonSentences({ comparison, model }: RepresentationReportInput) {
  const [own, ...others] = comparison;
  if (!own) return [];
  return (['validation_elbo', 'held_out_bound'] as const).flatMap((column) => {
    const with_ = others.filter((row) => Number.isFinite(row[column]));
    if (!Number.isFinite(own[column]) || with_.length === 0) return [];
    const best = with_.reduce((a, b) => (b[column] > a[column] ? b : a));
    const better = best[column] > own[column];
    const what = column === 'validation_elbo' ? 'validation cells' : 'cells of held-out perturbations';
    const text =
      `On ${what} ${model} reaches ${nats(own[column])} nats a cell, ${better ? 'less than' : 'more than'} ` +
      `${best.model} with ${nats(best[column])}` +
      (best.model === BASELINE && better
        ? ': one mean profile for each perturbation tells as much of a cell as the latents do. Its likelihood is exact and the model’s a lower bound, so the difference may be smaller than it looks.'
        : '.');
    return [{ text, better: better && best.model === BASELINE }];
  });
}

/** The baseline without latents in `comparison`. */
const BASELINE = 'mean-profile';

const nats = (value: number) => value.toFixed(2).replace('-', '−');
const numbers = (list: readonly number[]) =>
  list.length > 12 ? `${list.slice(0, 12).join(', ')} and ${list.length - 12} more` : list.join(', ');

/** Of fewer perturbations nothing is common. */
const SEVERAL = 6;
/** Shares of the perturbations, and of their signs, that make a latent one of being treated at all. */
const MOST = 0.5;
const SAME_WAY = 0.9;

/** Latents that most single perturbations shift, nearly all the same way. */
export function sharedByMost({ graph, rows, latent }: RepresentationReportInput): number[] {
  const singles = Array.from(rows.keys()).filter((i) => rows[i].kind === 'single');
  if (!graph || singles.length < SEVERAL) return [];
  return Array.from({ length: latent }, (_, j) => j).filter((j) => {
    const shifts = singles
      .map((i) => i * latent + j)
      .filter((at) => isEdge(graph.probability[at]))
      .map((at) => graph.shift[at]);
    const up = shifts.filter((shift) => shift > 0).length;
    const sameWay = Math.max(up, shifts.length - up);
    return shifts.length > MOST * singles.length && sameWay >= SAME_WAY * shifts.length;
  });
}

/** Where sparsity cannot tell one basis of the latents from another. */
function basisDoubts(input: RepresentationReportInput): string[] {
  const { graph, latent } = input;
  if (!graph) return [];
  const { trained, edges } = edgesOf(input);
  const share = edges / Math.max(1, trained * latent);
  const dense =
    share > DENSE
      ? [
          `${percent(share)} of all pairs of perturbation and latent are edges. Latents are told apart by shifts being few; where most are shifted, what a latent is called is arbitrary, and so are edges and their probabilities.`,
        ]
      : [];
  const short =
    trained < latent
      ? [
          `${plural(trained, 'perturbation')} cannot settle ${plural(latent, 'latent')}: with fewer perturbations than latents each may get one of its own. Fewer latents would do.`,
        ]
      : [];
  return [...dense, ...short];
}

/** Reasons for doubt, in sentences; none where there is no reason. */
export function representationDoubts(input: RepresentationReportInput): string[] {
  const { rows, variance, explained, model, graph } = input;
  const few = rows.filter(({ cells }) => cells < FEW_CELLS);
  const collapsed = Array.from(variance.keys()).filter((j) => variance[j] >= COLLAPSED);
  const common = sharedByMost(input);
  const open = explained.filter(({ gap }) => gap >= LARGE_GAP);
  const names = (some: readonly { readonly name: string }[]) =>
    listNames(
      some.map(({ name }) => name),
      8,
    );
  return [
    ...(few.length > 0
      ? [
          `${plural(few.length, 'perturbation')} with fewer than ${FEW_CELLS} cells: ${names(few)}. An edge that is missing there may be one that could not be seen.`,
        ]
      : []),
    ...(collapsed.length > 0
      ? [
          `Collapsed latents: ${numbers(collapsed)}. What a cell shows leaves ${percent(COLLAPSED)} or more of their prior variance, so they hold next to nothing; edges to them are not to be believed. Fewer latents would do.`,
        ]
      : []),
    ...basisDoubts(input),
    ...(common.length > 0
      ? [
          `Perturbations that share ${common.length === 1 ? 'latent' : 'latents'} ${numbers(common)} need not work alike: most perturbations do, perhaps by a batch of controls or by treatment itself.`,
        ]
      : []),
    ...(open.length > 0
      ? [
          `Integrated gradients of latents ${numbers(open.map(({ latent }) => latent))} do not add up to within ${percent(LARGE_GAP)}: the order of their genes is rough.`,
        ]
      : []),
    ...(graph && model !== CALIBRATED
      ? [`Probabilities of edges of ${model} are not calibrated: 0.9 does not mean nine in ten.`]
      : []),
    'Signs and numbers of latents are arbitrary: another seed may turn a latent around or give it another number.',
    'Attributions say what the encoder reads, which may be a gene that goes along with the mechanism rather than one that drives it; cells of other depth differ in all genes at once.',
  ];
}
