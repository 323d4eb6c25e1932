/**
 * From latents to genes: each gene a function of the few latents that are its parents.
 *
 * Linear with weights ±1, or a network of one hidden layer of ReLU units with weights ±1 and no biases. Every gene has a
 * stream of its own: more genes leave those before them as they were.
 */
import type { NdArray } from '../../data/index.js';
import type { Random } from '../../random/index.js';
import { signs } from './graph.js';
import type { SystemSettings } from './options.js';

interface Gene {
  readonly parents: Int32Array;
  /** `(nUnits, nParents)`; a linear gene has one unit. */
  readonly inner: Float64Array;
  /** `(nUnits)`; a linear gene's is 1. */
  readonly outer: Float64Array;
}

export class GeneFunctions {
  private readonly genes: readonly Gene[];
  private readonly rectified: boolean;

  constructor(
    private readonly settings: SystemSettings,
    random: Random,
  ) {
    this.rectified = settings.functions === 'relu';
    this.genes = Array.from({ length: settings.genes }, (_, gene) => this.drawGene(random.split(gene)));
  }

  private drawGene(random: Random): Gene {
    const { latents, geneParents, units } = this.settings;
    const drawn = Array.from({ length: latents }, (_, k) => k).filter(() => random.bernoulli(geneParents));
    const parents = Int32Array.from(drawn.length > 0 ? drawn : [random.integer(latents)]);
    const count = this.rectified ? units : 1;
    return {
      parents,
      inner: signs(count * parents.length, random.split('inner')),
      outer: this.rectified ? signs(count, random.split('outer')) : Float64Array.of(1),
    };
  }

  /** Writes the genes of one profile into `out` `(nGenes)`, without noise. */
  fill(latents: Float32Array, out: Float32Array): void {
    const { genes, rectified } = this;
    for (let g = 0; g < genes.length; g++) {
      const { parents, inner, outer } = genes[g];
      let value = 0;
      for (let unit = 0, at = 0; unit < outer.length; unit++) {
        let sum = 0;
        for (let p = 0; p < parents.length; p++, at++) sum += inner[at] * latents[parents[p]];
        if (!rectified || sum > 0) value += outer[unit] * sum;
      }
      out[g] = value;
    }
  }

  /**
   * The functions as arrays, with 0 where a latent is no parent: linear `mixing` `(nGenes, nLatents)`, X = latents ·
   * mixingᵀ; relu `inner` `(nGenes, nUnits, nLatents)` and `outer` `(nGenes, nUnits)`, x_g = outer_g · relu(inner_g ·
   * latents).
   */
  arrays(): [string, NdArray][] {
    const { genes, latents, units } = this.settings;
    const count = this.rectified ? units : 1;
    const inner = new Float64Array(genes * count * latents);
    this.genes.forEach((gene, g) => {
      gene.inner.forEach((weight, at) => {
        const nParents = gene.parents.length;
        const unit = Math.floor(at / nParents);
        inner[(g * count + unit) * latents + gene.parents[at % nParents]] = weight;
      });
    });
    if (!this.rectified) return [['mixing', { kind: 'array', shape: [genes, latents], values: inner }]];
    const outer = new Float64Array(genes * units);
    this.genes.forEach((gene, g) => void outer.set(gene.outer, g * units));
    return [
      ['inner', { kind: 'array', shape: [genes, units, latents], values: inner }],
      ['outer', { kind: 'array', shape: [genes, units], values: outer }],
    ];
  }
}
