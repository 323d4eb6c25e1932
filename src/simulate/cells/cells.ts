/**
 * `simulateCells`: single cells under perturbations that shift few latents each, with known truth.
 *
 * The simulator of Lopez et al. 2023, "Learning causal representations of single cells via sparse mechanism shift
 * modeling", Appendix C: z ~ Normal(shift of the perturbation, I), a random network from z to expressions, counts
 * around them. See docs/methods/cell-simulator.md.
 */
import {
  type CategoricalColumn,
  dense,
  type NdArray,
  type NumericArray,
  numeric,
  PerturbationData,
  Table,
  type UnsDict,
  type UnsValue,
} from '../../data/index.js';
import { Random } from '../../random/index.js';
import { names } from '../settings.js';
import { Decoder } from './decoder.js';
import { drawCounts, drawLibraries, logNormalisers, smallerMatrix, standardise } from './measurement.js';
import { drawMechanism, type Mechanism } from './mechanism.js';
import { type CellsOptions, type CellsSettings, cellsSettings } from './options.js';

export const CELL_CONTROL = 'control';

/**
 * Cells in random order. `X` `(nCells, nGenes)`: float32 counts, dense or CSR, whichever is smaller (with counts
 * 'gaussian': noisy logits). `obs`: `perturbation` ('perturbation-001', 'A+B', 'control'), `split` ('train' or
 * 'held-out'), and `library` where cells have one. `obsm['Z']` `(nCells, nLatents)` float32: the latents.
 *
 * `uns['truth']`: `perturbations`, names of the rows of `shifts` and `graph` `(nPerturbations + nCombinations,
 * nLatents)`; `held-out`, names; `decoder`, `weights-0` … `(nIn, nOut)`, the `slope` and the `spread` that logits
 * are divided by; `inverse-dispersions` `(nGenes)` of the negative binomial; `log-normalisers` `(nGenes)` with softmax
 * over cells: a gene's mean count is library · exp(logit / spread − log-normaliser); with combinations, `parts`
 * `(nCombinations, 2)`, rows of `shifts`, and `interactions` `(nCombinations)`, the combination's own latent or −1;
 * `options`. Throws OptionError.
 */
export function simulateCells(options: CellsOptions = {}): PerturbationData {
  const settings = cellsSettings(options);
  const { genes, latents, counts } = settings;
  const random = Random.fromSeed(settings.seed).split('cells');
  const mechanism = drawMechanism(settings, random.split('mechanism'));
  const codes = drawLabels(mechanism.labels.length, settings, random.split('order'));
  const nCells = codes.length;
  const Z = drawLatents(codes, mechanism.shifts, latents, random.split('latents'));
  const decoder = new Decoder(latents, settings.depth, settings.width, genes, random.split('decoder'));
  const X = new Float32Array(nCells * genes);
  for (let cell = 0; cell < nCells; cell++) {
    X.set(decoder.logits(Z.subarray(cell * latents, (cell + 1) * latents)), cell * genes);
  }
  const truth = mechanismTruth(mechanism, settings);
  const spread = standardise(X);
  truth.push(['decoder', decoderTruth(decoder, spread)]);
  const obs = labelColumns(codes, mechanism.labels, settings);
  if (counts === 'gaussian') {
    const noise = random.split('noise');
    for (let i = 0; i < X.length; i++) X[i] += settings.noise * noise.normal();
  } else {
    const normalisers = logNormalisers(X, genes, settings.softmax);
    const ofCells = settings.softmax === 'cells';
    const libraries = ofCells ? undefined : drawLibraries(settings, nCells, random.split('library'));
    drawCounts(X, settings, normalisers, libraries, random.split('counts'));
    if (libraries === undefined) truth.push(['log-normalisers', array([genes], normalisers)]);
    else obs.push(['library', numeric(libraries)]);
    if (counts === 'negative-binomial') {
      const inverse = new Float64Array(genes).fill(settings.inverseDispersion);
      truth.push(['inverse-dispersions', array([genes], inverse)]);
    }
  }
  truth.push(['options', optionsTruth(settings)]);
  return new PerturbationData({
    X: smallerMatrix(nCells, genes, X),
    obs: new Table(names('cell', nCells), obs),
    var: new Table(names('gene', genes)),
    obsm: [['Z', dense(nCells, latents, Z)]],
    uns: [['truth', new Map(truth) as UnsDict]],
  });
}

/** The label of every cell in random order; the control comes after the labels. */
function drawLabels(nLabels: number, settings: CellsSettings, random: Random): Int32Array {
  const { cellsPerPerturbation, controlCells } = settings;
  const codes = new Int32Array(nLabels * cellsPerPerturbation + controlCells);
  for (let cell = 0; cell < codes.length; cell++) {
    codes[cell] = Math.min(nLabels, Math.floor(cell / cellsPerPerturbation));
  }
  return random.shuffle(codes);
}

/** `(nCells, nLatents)`. */
function drawLatents(codes: Int32Array, shifts: Float64Array, latents: number, random: Random): Float32Array {
  const Z = random.fillNormal(new Float32Array(codes.length * latents));
  codes.forEach((label, cell) => {
    // The control is beyond the last row of shifts: it has none.
    if (label * latents === shifts.length) return;
    for (let k = 0; k < latents; k++) Z[cell * latents + k] += shifts[label * latents + k];
  });
  return Z;
}

function labelColumns(codes: Int32Array, labels: readonly string[], settings: CellsSettings) {
  const { perturbations, heldOut, controlCells } = settings;
  const isHeldOut = (label: number) => label < perturbations && label >= perturbations - heldOut;
  const perturbation = sortedCategories(codes, controlCells > 0 ? [...labels, CELL_CONTROL] : labels);
  const split: CategoricalColumn = {
    kind: 'categorical',
    codes: codes.map((label) => (isHeldOut(label) ? 0 : 1)),
    categories: ['held-out', 'train'],
    ordered: false,
  };
  return [
    ['perturbation', perturbation],
    ['split', split],
  ] as [string, CategoricalColumn | ReturnType<typeof numeric>][];
}

/** Categories in order of their names, as other programs sort them. */
function sortedCategories(codes: Int32Array, labels: readonly string[]): CategoricalColumn {
  const categories = [...labels].sort();
  const place = new Map(categories.map((name, i) => [name, i]));
  const sorted = labels.map((name) => place.get(name)!);
  return { kind: 'categorical', codes: codes.map((label) => sorted[label]), categories, ordered: false };
}

function mechanismTruth(mechanism: Mechanism, settings: CellsSettings): [string, UnsValue][] {
  const { labels, shifts, graph, parts, interactions } = mechanism;
  const { latents, perturbations, heldOut, combinations } = settings;
  const truth: [string, UnsValue][] = [
    ['shifts', array([labels.length, latents], shifts)],
    ['graph', array([labels.length, latents], graph)],
    ['perturbations', array([labels.length], labels)],
    ['held-out', array([heldOut], labels.slice(perturbations - heldOut, perturbations))],
  ];
  if (combinations > 0) {
    truth.push(
      ['parts', array([combinations, 2], parts)],
      ['interactions', array([combinations], interactions)],
    );
  }
  return truth;
}

function decoderTruth({ weights, widths }: Decoder, spread: number): UnsDict {
  const layers = weights.map((values, layer): [string, UnsValue] => {
    return [`weights-${layer}`, array([widths[layer], widths[layer + 1]], values)];
  });
  return new Map<string, UnsValue>([...layers, ['spread', spread]]) as UnsDict;
}

function optionsTruth({ train, heldOutGroup, ...settings }: CellsSettings): UnsDict {
  const targets = train.targets.join(' to ');
  return new Map(Object.entries({ ...settings, targets, replacement: train.replacement })) as UnsDict;
}

const array = (shape: number[], values: NumericArray | readonly string[]): NdArray => {
  return { kind: 'array', shape, values };
};
