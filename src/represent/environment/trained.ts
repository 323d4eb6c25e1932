/**
 * A trained model of environments: latents of profiles, shifts of environments, profiles again, and profiles of
 * environments that nobody measured.
 */
import {
  add,
  exportOnnx,
  input,
  mul,
  type OnnxModel,
  Program,
  programsByShape,
  type Runtime,
  Scope,
  type Store,
  sqrt,
  storeOf,
  type Tensor,
  type Weights,
  zeros,
} from '../../compute/index.js';
import type { Matrix } from '../../data/index.js';
import { OptionError, ShapeError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import type { EnvironmentModel, EnvironmentSizes, Place } from './model.js';
import { environmentModel } from './models.js';
import { placeOf, priorOf } from './objective.js';
import { type GeneScale, scaledRows } from './profiles.js';
import { checkEnvironmentSettings, type EnvironmentSettings } from './settings.js';

/** What a trained model is, beside its weights. */
export interface EnvironmentConfig {
  readonly model: string;
  readonly settings: EnvironmentSettings;
  readonly genes: readonly string[];
  /** Columns of the descriptors. */
  readonly columns: readonly string[];
  /** All of the data, trained on or not. */
  readonly environments: number;
  readonly scale: { readonly shift: readonly number[] | Float64Array; readonly unit: number };
}

/** Profiles in a batch. */
const BATCH = 512;

export class EnvironmentRepresentation {
  readonly model: EnvironmentModel;
  readonly #store: Store;
  readonly #sizes: EnvironmentSizes;
  readonly #scale: GeneScale;
  readonly #programs = programsByShape(([task, n]: [Task, number]) => this.#compile(task, n));

  /** Throws OptionError where the model is not known or its settings are out of range. */
  constructor(
    runtime: Runtime,
    readonly config: EnvironmentConfig,
    weights: Weights,
  ) {
    const { settings, genes, columns, environments, scale } = config;
    checkEnvironmentSettings(settings);
    this.model = environmentModel(config.model);
    this.#sizes = { genes: genes.length, descriptors: columns.length, environments };
    this.#scale = { shift: Float64Array.from(scale.shift), unit: scale.unit };
    this.#store = storeOf(runtime, weights);
  }

  get latent(): number {
    return this.config.settings.latent;
  }

  /** Mean and variance of the latents of profiles X in environments (nProfiles, nColumns): each (nProfiles, latent). */
  async encode(
    X: Matrix,
    descriptors: Float64Array,
  ): Promise<{ mean: Float32Array; variance: Float32Array }> {
    const x = this.#seen(X);
    const [mean, variance] = await this.#over('encode', X.nRows, this.latent, {
      x,
      environment: descriptors,
    });
    return { mean, variance };
  }

  /** Profiles X as they come back through their latents (nProfiles, nGenes). */
  async reconstruct(X: Matrix, descriptors: Float64Array): Promise<Float32Array> {
    const x = this.#seen(X);
    const [y] = await this.#over('reconstruct', X.nRows, this.#sizes.genes, { x, environment: descriptors });
    return this.#restored(y);
  }

  /** Mean shift of the latents in environments (nEnvironments, latent); `null` for models without. */
  async shifts(descriptors: Float64Array): Promise<Float32Array | null> {
    const n = this.#countOf(descriptors);
    if (!this.model.shift(this.#place(), zeros([1, this.#sizes.descriptors]))) return null;
    return (await this.#over('shift', n, this.latent, { environment: descriptors }))[0];
  }

  /** Effects of latents on one another (latent, latent), of the cause in columns; `null` for models without. */
  async causes(): Promise<{ readonly straight: Float32Array; readonly bent: Float32Array } | null> {
    const found = this.model.causes?.(this.#place());
    if (!found) return null;
    const program = await Program.compile(this.#store, { outputs: { ...found } });
    const { straight, bent } = await program.run({});
    await program.dispose();
    return { straight: straight as Float32Array, bent: bent as Float32Array };
  }

  /**
   * Mean profiles of environments (nEnvironments, nGenes), from what describes them alone: decoded at the centre of the
   * prior, or the mean over `samples` of it.
   */
  async predict(
    descriptors: Float64Array,
    { samples = 0, random }: { readonly samples?: number; readonly random?: Random } = {},
  ): Promise<Float32Array> {
    const n = this.#countOf(descriptors);
    if (samples > 0 && !random) throw new OptionError('random', random, 'a stream to draw samples from');
    const mean = new Float32Array(n * this.#sizes.genes);
    const times = Math.max(1, samples);
    for (let k = 0; k < times; k++) {
      const noise = new Float32Array(n * this.latent);
      if (samples > 0) random!.split('sample', k).fillNormal(noise);
      const [y] = await this.#over('predict', n, this.#sizes.genes, { environment: descriptors, noise });
      y.forEach((value, i) => {
        mean[i] += value / times;
      });
    }
    return this.#restored(mean);
  }

  /** Values of a parameter of the network, as of the mixing matrix `output.weight`. */
  weight(name: string) {
    return this.#store.get(name);
  }

  /** `x` (n, nGenes) as scaled in training, `environment` (n, nColumns) to `mean` and `variance`, as ONNX. */
  exportEncoder(n = 1): Promise<OnnxModel> {
    const { inputs, outputs } = this.#graph('encode', n);
    return exportOnnx(outputs, inputs, this.#store);
  }

  /** `environment` and standard normal `noise` to the profile, as scaled in training, as ONNX. */
  exportDecoder(n = 1): Promise<OnnxModel> {
    const { inputs, outputs } = this.#graph('predict', n);
    return exportOnnx(outputs, inputs, this.#store);
  }

  async dispose(): Promise<void> {
    await this.#programs.dispose();
    this.#store.dispose();
  }

  #seen(X: Matrix): Float32Array {
    const { genes } = this.#sizes;
    if (X.nCols !== genes)
      throw new ShapeError('profiles', `${genes} genes, as the model was trained on`, `${X.nCols}`);
    return scaledRows(X, this.#scale);
  }

  #restored(y: Float32Array): Float32Array {
    const { shift, unit } = this.#scale;
    return y.map((value, i) => shift[i % shift.length] + unit * value);
  }

  #countOf(descriptors: Float64Array): number {
    const n = descriptors.length / this.#sizes.descriptors;
    if (Number.isInteger(n)) return n;
    throw new ShapeError(
      'descriptors',
      `rows of ${this.#sizes.descriptors}`,
      `${descriptors.length} numbers`,
    );
  }

  /** A program over rows in batches; all feeds have as many rows. */
  async #over(task: Task, n: number, width: number, feeds: Readonly<Record<string, ArrayLike<number>>>) {
    const rows = this.#countOf(feeds.environment as Float64Array);
    if (rows !== n) throw new ShapeError('descriptors', `a row for each of ${n} profiles`, `${rows}`);
    const results: Float32Array[] = OUTPUTS[task].map(() => new Float32Array(n * width));
    for (let start = 0; start < n; start += BATCH) {
      const count = Math.min(BATCH, n - start);
      const program = await this.#programs([task, count]);
      const batch = Object.fromEntries(
        program.inputs.map(({ name }) => {
          const values = feeds[name];
          const each = values.length / n;
          return [name, Float32Array.from({ length: count * each }, (_, i) => values[start * each + i])];
        }),
      );
      const found = await program.run(batch);
      OUTPUTS[task].forEach((name, k) => {
        results[k].set(found[name] as Float32Array, start * width);
      });
    }
    return results;
  }

  #place(): Place {
    return placeOf(new Scope(), this.config.settings, this.#sizes);
  }

  #compile(task: Task, n: number): Promise<Program> {
    return Program.compile(this.#store, { outputs: this.#graph(task, n).outputs });
  }

  #graph(task: Task, n: number): { inputs: Record<string, Tensor>; outputs: Record<string, Tensor> } {
    const at = this.#place();
    const { model } = this;
    const environment = input('environment', [n, this.#sizes.descriptors]);
    if (task === 'shift')
      return { inputs: { environment }, outputs: { shift: model.shift(at, environment)! } };
    if (task === 'predict') {
      const noise = input('noise', [n, this.latent]);
      const { mean, variance } = priorOf(model, at, environment);
      const z = add(mean, mul(sqrt(variance), noise));
      return { inputs: { environment, noise }, outputs: { y: model.decode(at, z, environment) } };
    }
    const x = input('x', [n, this.#sizes.genes]);
    const q = model.encode(at, x, environment);
    if (task === 'encode') {
      const variance = q.variance ?? zeros(q.mean.shape);
      return { inputs: { x, environment }, outputs: { mean: q.mean, variance } };
    }
    return { inputs: { x, environment }, outputs: { y: model.decode(at, q.mean, environment) } };
  }
}

const OUTPUTS = {
  encode: ['mean', 'variance'],
  reconstruct: ['y'],
  shift: ['shift'],
  predict: ['y'],
} as const;
type Task = keyof typeof OUTPUTS;
