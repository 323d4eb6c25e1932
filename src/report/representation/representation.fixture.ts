/** A representation with everything in it: shifts of 12 perturbations and 6 combinations on 5 latents, made up. */
import { testGeneSets } from '../../evaluate/index.js';
import { Random } from '../../random/index.js';
import { interactions, namedCombinations, sharedLatents } from '../../represent/index.js';
import type { RepresentationReportInput, RowKind } from './index.js';

const LATENT = 5;
const SINGLES = 12;

export function representationInput(
  changes: Partial<RepresentationReportInput> = {},
): RepresentationReportInput {
  const random = Random.fromSeed(4);
  const singles = Array.from({ length: SINGLES }, (_, k) => `GENE${k}`);
  const names = [...singles, ...Array.from({ length: 6 }, (_, k) => `GENE${k}+GENE${k + 6}`)];
  const shift = new Float64Array(names.length * LATENT);
  // latent 4 is nobody's
  singles.forEach((_, k) => {
    shift[k * LATENT + (k % 4)] = k % 3 === 0 ? -4 : 3 + k / 6;
    if (k % 5 === 0) shift[k * LATENT + ((k + 1) % 4)] = 2;
  });
  for (let c = 0; c < 6; c++) {
    for (let j = 0; j < LATENT; j++) {
      const together = shift[c * LATENT + j] + shift[(c + 6) * LATENT + j];
      shift[(SINGLES + c) * LATENT + j] = c === 1 ? shift[LATENT + j] : c === 2 ? together / 4 : together;
    }
  }
  const novel = (SINGLES + 3) * LATENT + 2;
  shift[novel] = 4;
  const graph = { shift, probability: shift.map((value) => (value === 0 ? 0.02 : 0.95)) };
  const genes = Array.from({ length: 40 }, (_, g) => `g${g}`);
  const explained = Array.from({ length: LATENT }, (_, latent) => ({
    latent,
    gap: latent === 4 ? 0.03 : 0.004,
    top: Array.from({ length: 10 }, (_, k) => ({
      gene: genes[(8 * latent + k) % 40],
      attribution: (k % 4 === 3 ? -1 : 1) * (2 - k / 6),
      change: k % 2 === 0 ? 1.5 : -1,
    })),
  }));
  const lists = explained.map(({ top }) => top.map(({ gene }) => gene));
  const sets = [
    { name: 'FIRST', description: '', genes: genes.slice(0, 9) },
    { name: 'THIRD', description: '', genes: [...genes.slice(16, 25), 'lost'] },
  ];
  const nCells = 120;
  const latents = random.fillNormal(new Float32Array(nCells * LATENT));
  const labels = Array.from({ length: nCells }, (_, cell) => names[cell % 6]);
  labels.forEach((_, cell) => {
    latents[cell * LATENT + (cell % 4)] += 6;
  });
  return {
    source: 'cells <b>.h5ad',
    version: '1',
    model: 'svae-bayes',
    understood: ["perturbation: 'gene'"],
    genes: genes.length,
    latent: LATENT,
    rows: names.map((name, i) => {
      const kind: RowKind = i < SINGLES ? 'single' : 'combination';
      return { name, kind, cells: i === 0 ? 7 : 100 };
    }),
    graph,
    variance: Float64Array.of(0.1, 0.2, 0.3, 0.2, 0.97),
    latents,
    labels,
    history: Array.from({ length: 30 }, (_, k) => ({
      epoch: k + 1,
      'train.elbo': -400 - 300 * Math.exp(-k / 4),
      'valid.elbo': -405 - 300 * Math.exp(-k / 4),
    })),
    comparison: [
      { model: 'svae-bayes', validation_elbo: -405, held_out_bound: -410 },
      { model: 'vae', validation_elbo: -404, held_out_bound: -420 },
      { model: 'mean-profile', validation_elbo: -430, held_out_bound: -431 },
    ],
    interactions: interactions(graph, LATENT, namedCombinations(names)),
    interactionNames: names,
    interactionGraph: graph,
    shared: sharedLatents(graph, LATENT),
    explained,
    sets: testGeneSets(lists, genes, sets),
    calibration: null,
    random: random.split('report'),
    ...changes,
  };
}
