/**
 * A trained model of mechanisms: latents of cells, the graph, cells out of latents, likelihoods, perturbations that were
 * not trained on. Latents are given in the model's basis; see `MechanismModel.basis`.
 */
import {
  add,
  expand,
  exportOnnx,
  importanceWeightedBound,
  input,
  matmul,
  mul,
  type OnnxModel,
  Program,
  programsByShape,
  type Runtime,
  reshape,
  Scope,
  type Store,
  softmax,
  square,
  storeOf,
  sub,
  sum,
  type Tensor,
  transpose,
  type Weights,
  zeros,
} from '../../compute/index.js';
import type { Matrix } from '../../data/index.js';
import { DataError, FormatError, OptionError, ShapeError } from '../../errors.js';
import { gemm } from '../../linalg/index.js';
import type { Random } from '../../random/index.js';
import { inBatches, priorMeans } from './batches.js';
import { checkCounts, checkedSlots, fieldsOf, type PerturbedCells, rowsOf, totalsOf } from './cells.js';
import type { MechanismGraph, MechanismModel, ShiftEvidence } from './model.js';
import { mechanismModel } from './models.js';
import { decode, logLikelihood } from './networks.js';
import { encode, type Sizes } from './objective.js';
import { checkSettings, type MechanismSettings } from './settings.js';
import { originOf, shiftEvidence, shiftVariance } from './shift-evidence.js';

/** What a trained model is, beside its weights: all of `config.json`. */
export interface MechanismConfig {
  readonly model: string;
  readonly settings: MechanismSettings;
  readonly perturbations: readonly string[];
  readonly genes: readonly string[];
}

export interface Latents {
  /** Of q(z | x), in the model's basis (nCells, latent). */
  readonly mean: Float32Array;
  /** (nCells, latent). */
  readonly variance: Float32Array;
}

/** Cells in a batch. */
const BATCH = 512;
/** Values decoded at once. */
const DECODED = 4_000_000;

export class MechanismRepresentation {
  readonly model: MechanismModel;
  readonly #store: Store;
  readonly #encoders = programsByShape((cells: number) => this.#encoder(cells));
  readonly #decoders = programsByShape((cells: number) => this.#decoder(cells));

  /** Throws OptionError where the model is not known or its settings are out of range. */
  constructor(
    runtime: Runtime,
    readonly config: MechanismConfig,
    readonly weights: Weights,
  ) {
    this.model = mechanismModel(config.model);
    checkSettings(config.settings);
    for (const name of this.#ownTables()) {
      if (!weights.has(name)) {
        throw new FormatError('weights', `'${name}' is missing, so these are not of a ${config.model}`);
      }
    }
    this.#store = storeOf(runtime, weights);
  }

  /** Names of what the prior of the model keeps. */
  #ownTables(): string[] {
    const scope = new Scope();
    this.model.prior(scope, { label: zeros([1, 1], 'int64'), warmUp: zeros([]) }, this.#sizes);
    return [...scope.owned.keys()];
  }

  get latent(): number {
    return this.config.settings.latent;
  }

  get #sizes(): Sizes {
    const { perturbations, genes } = this.config;
    return { latent: this.latent, perturbations: perturbations.length, genes: genes.length, cells: 0 };
  }

  /** Edges and shifts; `null` for models that ignore the perturbations. */
  graph(): MechanismGraph | null {
    return this.model.graph(this.weights, this.#sizes);
  }

  /** Latents of cells X (nCells, nGenes), by what was measured of them alone. Throws ShapeError on other genes. */
  async encode(X: Matrix): Promise<Latents> {
    this.#checkGenes(X);
    if (this.config.settings.likelihood !== 'gaussian') checkCounts(X);
    const { latent } = this;
    const mean = new Float32Array(X.nRows * latent);
    const variance = new Float32Array(X.nRows * latent);
    await inBatches(X, BATCH, async (x, start, count) => {
      const program = await this.#encoders(count);
      const found = await program.run({ x });
      mean.set(found.mean as Float32Array, start * latent);
      variance.set(found.variance as Float32Array, start * latent);
    });
    return { mean, variance };
  }

  /**
   * What is expected of cells with latents z (nCells, latent): (nCells, nGenes) counts at `library` totals (nCells), or
   * values of a Gaussian likelihood.
   */
  async decode(z: Float32Array, library: ArrayLike<number>): Promise<Float32Array> {
    const { latent } = this;
    const { genes } = this.#sizes;
    const nCells = z.length / latent;
    if (!Number.isInteger(nCells) || library.length !== nCells) {
      const found = `${z.length} latents and ${library.length} totals`;
      throw new ShapeError('cells to decode', `${latent} latents and one total each`, found);
    }
    const out = new Float32Array(nCells * genes);
    for (let start = 0; start < nCells; start += BATCH) {
      const count = Math.min(BATCH, nCells - start);
      const program = await this.#decoders(count);
      const totals = Float32Array.from({ length: count }, (_, i) => library[start + i]);
      const batch = z.slice(start * latent, (start + count) * latent);
      const feeds: Record<string, Float32Array> = { z: batch };
      if (program.inputs.some(({ name }) => name === 'library')) feeds.library = totals;
      const { expected } = await program.run(feeds);
      out.set(expected as Float32Array, start * genes);
    }
    return out;
  }

  /**
   * The cells as they would be expected under other perturbations: their latents less their own shift plus that of
   * `labels` (nCells, slots), at their own totals (nCells, nGenes).
   */
  async counterfactual(cells: PerturbedCells, labels: Int32Array): Promise<Float32Array> {
    const { latent } = this;
    const { mean } = await this.encode(cells.X);
    const means = this.model.means(this.weights, this.#sizes);
    if (means) {
      this.#checkNames(cells);
      const { perturbations } = this.config;
      const shifts = this.inBasis(means);
      const move = (from: Int32Array, sign: number) => {
        const slots = checkedSlots({ X: cells.X, labels: from, perturbations });
        for (let k = 0; k < from.length; k++) {
          const cell = Math.floor(k / slots);
          for (let j = 0; from[k] >= 0 && j < latent; j++)
            mean[cell * latent + j] += sign * shifts[from[k] * latent + j];
        }
      };
      move(cells.labels, -1);
      move(labels, 1);
    }
    return this.decode(mean, totalsOf(cells.X));
  }

  /**
   * Shifts of perturbations that were not trained on, all else frozen. As q(z | x) does not change, the bound is highest
   * at the mean latents of each perturbation: no gradients are needed, and nothing is left to tune. In the networks' own
   * basis, see `inBasis`.
   */
  async transfer(cells: PerturbedCells): Promise<ShiftEvidence> {
    const { settings } = this.config;
    this.#checkGenes(cells.X);
    return shiftEvidence({
      store: this.#store,
      settings,
      sizes: { ...this.#sizes, perturbations: cells.perturbations.length },
      x: rowsOf(cells.X),
      labels: cells.labels,
      slots: checkedSlots(cells),
      rows: Int32Array.from({ length: cells.X.nRows }, (_, i) => i),
    });
  }

  /** Shifts along the networks' own axes (rows, latent) along those of the model. */
  inBasis(table: Float64Array): Float64Array {
    const { latent } = this;
    const b = this.#rotation();
    return b ? gemm({ m: table.length / latent, n: latent, k: latent, a: table, b }) : table;
  }

  /** Sampling variances of the shifts of `evidence` along the axes of the model (rows, latent). */
  varianceInBasis(evidence: ShiftEvidence): Float64Array {
    return shiftVariance(evidence, this.#rotation());
  }

  #rotation(): Float64Array | undefined {
    const rotation = this.model.basis && this.weights.get('rotation');
    return rotation && Float64Array.from(rotation.values as Float32Array);
  }

  /**
   * Lower bounds of log p(x | perturbations) of each cell (nCells), in nats: importance-weighted with `particles` samples
   * of q(z | x) (Burda et al. 2016); one of them is the ELBO's estimate. `means` (perturbations of `cells`, latent), in
   * the networks' own basis, stand in for what the model learned, as those of `transfer` do.
   */
  async bound(
    cells: PerturbedCells,
    options: { readonly particles?: number; readonly random: Random; readonly means?: Float64Array | null },
  ): Promise<Float64Array> {
    const { particles = 1000, random } = options;
    if (!(Number.isSafeInteger(particles) && particles >= 1)) {
      throw new OptionError('particles', particles, 'a whole number ≥ 1');
    }
    this.#checkGenes(cells.X);
    const { settings } = this.config;
    const { latent } = this;
    if (options.means === undefined) this.#checkNames(cells);
    const means = options.means === undefined ? this.model.means(this.weights, this.#sizes) : options.means;
    if (means && means.length < cells.perturbations.length * latent && options.means) {
      const found = `${means.length / latent} for ${cells.perturbations.length} perturbations`;
      throw new ShapeError('means', 'a row for each perturbation', found);
    }
    const prior = priorMeans(cells, means, await originOf(this.#store, latent));
    const fields = fieldsOf(cells, settings.likelihood);
    const at = Math.min(particles, 50);
    const size = Math.max(1, Math.min(BATCH, Math.floor(DECODED / at / this.#sizes.genes)));
    const programs = programsByShape(([n, k]: [number, number]) => this.#bounds(n, k));
    const out = new Float64Array(cells.X.nRows);
    const columns = ['library', 'logFactorials'].filter((name) => name in fields);
    await inBatches(cells.X, size, async (x, start, count) => {
      const feeds: Record<string, Float32Array> = {
        x,
        prior: prior.slice(start * latent, (start + count) * latent),
      };
      for (const name of columns) {
        feeds[name] = (fields[name] as { values: Float32Array }).values.slice(start, start + count);
      }
      const parts: Float64Array[] = [];
      for (let done = 0; done < particles; done += at) {
        const k = Math.min(at, particles - done);
        const program = await programs([count, k]);
        const noise = random.split('particles', start, done).fillNormal(new Float32Array(k * count * latent));
        const { bound } = await program.run({ ...feeds, noise });
        parts.push(Float64Array.from(bound as Float32Array, (value) => value + Math.log(k)));
      }
      for (let i = 0; i < count; i++) {
        const most = Math.max(...parts.map((part) => part[i]));
        const total = parts.reduce((sum, part) => sum + Math.exp(part[i] - most), 0);
        out[start + i] = most + Math.log(total / particles);
      }
    });
    await programs.dispose();
    return out;
  }

  /** `x` (cells, genes) to `mean` and `variance` of the latents (cells, latent), as ONNX. */
  exportEncoder(cells = 1): Promise<OnnxModel> {
    const x = input('x', [cells, this.#sizes.genes]);
    return exportOnnx(this.#latents(x), { x }, this.#store);
  }

  /** `z` (cells, latent), and `library` (cells) of counts, to what is `expected` (cells, genes), as ONNX. */
  exportDecoder(cells = 1): Promise<OnnxModel> {
    const { inputs, expected } = this.#expected(cells);
    return exportOnnx({ expected }, inputs, this.#store);
  }

  async dispose(): Promise<void> {
    await this.#encoders.dispose();
    await this.#decoders.dispose();
    this.#store.dispose();
  }

  /** Labels count by the model's perturbations: names in another order would be other perturbations. */
  #checkNames({ perturbations }: PerturbedCells): void {
    const at = this.config.perturbations.findIndex((name, i) => (perturbations[i] ?? name) !== name);
    if (at < 0) return;
    const message = `perturbation ${at} of the cells is '${perturbations[at]}', of the model '${this.config.perturbations[at]}'; give them in the model's order`;
    throw new DataError(message, { at });
  }

  #checkGenes(X: Matrix): void {
    const { genes } = this.#sizes;
    if (X.nCols !== genes)
      throw new ShapeError('cells', `${genes} genes, as the model was trained on`, `${X.nCols}`);
  }

  #latents(x: Tensor) {
    const scope = new Scope();
    const q = encode(scope, x, this.config.settings);
    const basis = this.model.basis?.(scope, this.#sizes);
    if (!basis) return { mean: q.mean, variance: q.variance };
    const { rotation, origin } = basis;
    return { mean: matmul(sub(q.mean, origin), rotation), variance: q.varianceIn(rotation) };
  }

  #encoder(cells: number): Promise<Program> {
    return Program.compile(this.#store, { outputs: this.#latents(input('x', [cells, this.#sizes.genes])) });
  }

  #expected(cells: number): { inputs: Record<string, Tensor>; expected: Tensor } {
    const { settings } = this.config;
    const scope = new Scope();
    const z = input('z', [cells, this.latent]);
    const basis = this.model.basis?.(scope, this.#sizes);
    const decoded = decode(
      scope,
      basis ? add(matmul(z, transpose(basis.rotation)), basis.origin) : z,
      this.#sizes.genes,
      settings,
    );
    if (settings.likelihood === 'gaussian') return { inputs: { z }, expected: decoded };
    const library = input('library', [cells]);
    return { inputs: { z, library }, expected: mul(softmax(decoded), reshape(library, [cells, 1])) };
  }

  #decoder(cells: number): Promise<Program> {
    return Program.compile(this.#store, { outputs: { expected: this.#expected(cells).expected } });
  }

  /** log of the mean weight over `particles` of each cell. */
  #bounds(cells: number, particles: number): Promise<Program> {
    const { settings } = this.config;
    const { genes } = this.#sizes;
    const { latent } = this;
    const scope = new Scope();
    const x = input('x', [cells, genes]);
    const prior = input('prior', [cells, latent]);
    const noise = input('noise', [particles, cells, latent]);
    const counts = settings.likelihood !== 'gaussian';
    const [library, logFactorials] = counts
      ? [input('library', [cells]), input('logFactorials', [cells])]
      : [undefined, undefined];
    const q = encode(scope, x, settings);
    const z = q.sample(noise);
    const repeated = (values: Tensor, ...shape: number[]) =>
      reshape(expand(values, [particles, ...values.shape]), [particles * cells, ...shape]);
    const observed = {
      x: repeated(x, genes),
      library: library && repeated(library),
      logFactorials: logFactorials && repeated(logFactorials),
    };
    const decoded = decode(scope, reshape(z, [particles * cells, latent]), genes, settings);
    const likelihood = reshape(logLikelihood(scope, decoded, observed, settings), [particles, cells]);
    const distance = sum(square(sub(z, prior)), 2);
    const logPrior = mul(add(distance, latent * Math.log(2 * Math.PI)), -0.5);
    const bound = importanceWeightedBound(sub(add(likelihood, logPrior), q.logDensity(noise)));
    return Program.compile(this.#store, { outputs: { bound } });
  }
}
