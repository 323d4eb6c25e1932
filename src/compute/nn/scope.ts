/**
 * Where a network keeps what it owns. A network is a plain function that builds graph in a `Scope`: it asks for
 * parameters, running statistics and noise by name, and gets inputs of the graph. Building it again, for another batch
 * size or for evaluation, asks for the same names, so all its graphs share one store. After Haiku and Flax, without
 * classes of layers.
 */
import type { Random } from '../../random/index.js';
import {
  graphError,
  input,
  named,
  type Shape,
  sameShape,
  type Tensor,
  type Values,
  zerosOf,
} from '../graph/index.js';
import type { Store } from '../run/index.js';

/** Draws the first values of a tensor of this shape, filling `values` row by row. */
export type Initialiser = (values: Float32Array | Float64Array, shape: Shape, random: Random) => void;

/** What is drawn anew for every run: N(0, 1), U[0, 1), standard Gumbel or logistic, or 1 with probability `p`, else 0. */
export type Noise =
  | { readonly kind: 'normal' | 'uniform' | 'gumbel' | 'logistic' }
  | { readonly kind: 'bernoulli'; readonly p: number };

export interface Owned {
  readonly tensor: Tensor;
  readonly initialiser: Initialiser;
  /** Trained by the optimiser; running statistics are not. */
  readonly trained: boolean;
}

export interface NoiseInput {
  readonly tensor: Tensor;
  readonly noise: Noise;
}

export interface ScopeOptions {
  /** Dropout drops and batch norm uses the batch's statistics. Default false. */
  readonly training?: boolean;
  /** Of parameters and noise. Default float32. */
  readonly dtype?: 'float32' | 'float64';
}

/** What one build of a network asked for. */
class Requests {
  readonly owned = new Map<string, Owned>();
  readonly noise: NoiseInput[] = [];
  readonly updates = new Map<Tensor, Tensor>();
}

export class Scope {
  readonly training: boolean;
  readonly dtype: 'float32' | 'float64';
  readonly #requests: Requests;
  readonly #path: string;

  constructor(options: ScopeOptions = {}, path = '', requests?: unknown) {
    this.training = options.training ?? false;
    this.dtype = options.dtype ?? 'float32';
    this.#path = path;
    this.#requests = requests instanceof Requests ? requests : new Requests();
  }

  /** The scope `name` inside this one, or a path of them: names are `encoder.0.weight`, as in PyTorch. */
  at(...names: (string | number)[]): Scope {
    return new Scope(this, this.#full(names.join('.')), this.#requests);
  }

  /** Runs `build` in the scope `name`; a viewer shows its nodes under that name. */
  in<T>(name: string, build: (scope: Scope) => T): T {
    return named(name, () => build(this.at(name)));
  }

  /** A trained parameter. Throws GraphError where the name is taken by another shape. */
  parameter(name: string, shape: Shape, initialiser: Initialiser): Tensor {
    return this.#own(name, shape, initialiser, true);
  }

  /** A value that runs carry along, as a running mean; see `update`. */
  state(name: string, shape: Shape, initialiser: Initialiser): Tensor {
    return this.#own(name, shape, initialiser, false);
  }

  /** After a training run, `state` becomes `next`. */
  update(state: Tensor, next: Tensor): void {
    this.#requests.updates.set(state, next);
  }

  /** Fresh noise for every run. */
  noise(noise: Noise, shape: Shape): Tensor {
    const name = `noise.${this.#full(noise.kind)}.${this.#requests.noise.length}`;
    const tensor = input(name, shape, this.dtype);
    this.#requests.noise.push({ tensor, noise });
    return tensor;
  }

  /** All parameters and state asked for, by full name, in the order of asking. */
  get owned(): ReadonlyMap<string, Owned> {
    return this.#requests.owned;
  }
  /** The trained ones, in the order of asking. */
  get parameters(): Tensor[] {
    return [...this.owned.values()].filter(({ trained }) => trained).map(({ tensor }) => tensor);
  }
  get noises(): readonly NoiseInput[] {
    return this.#requests.noise;
  }
  get updates(): ReadonlyMap<Tensor, Tensor> {
    return this.#requests.updates;
  }

  /**
   * Puts first values into `store` for all that it lacks. Each is drawn from the stream `random.split(name)`, so it
   * does not depend on what else the network has.
   */
  initialise(store: Store, random: Random): void {
    for (const [name, { tensor, initialiser }] of this.owned) {
      if (store.has(name)) continue;
      const values = zerosOf(tensor.dtype, tensor.size) as Float32Array | Float64Array;
      initialiser(values, tensor.shape, random.split(name));
      store.set(tensor, values);
    }
  }

  #own(name: string, shape: Shape, initialiser: Initialiser, trained: boolean): Tensor {
    const full = this.#full(name);
    const known = this.#requests.owned.get(full);
    if (known && (!sameShape(known.tensor.shape, shape) || known.trained !== trained)) {
      throw graphError('scope', `'${full}' is ${known.tensor} already; asked for (${shape.join(', ')})`);
    }
    if (known) return known.tensor;
    const tensor = input(full, shape, this.dtype);
    this.#requests.owned.set(full, { tensor, initialiser, trained });
    return tensor;
  }

  #full(name: string): string {
    return this.#path ? `${this.#path}.${name}` : name;
  }
}

/** Fills `values` with draws of `noise`. Throws OptionError on a probability outside [0, 1]. */
export function drawNoise(noise: Noise, values: Values, random: Random): void {
  const out = values as Float32Array | Float64Array;
  switch (noise.kind) {
    case 'normal':
      random.fillNormal(out);
      return;
    case 'uniform':
      random.fillUniform(out);
      return;
    case 'gumbel':
      random.fill(out, () => random.gumbel());
      return;
    case 'logistic':
      for (let i = 0; i < out.length; i++) {
        const u = random.uniformOpen();
        out[i] = Math.log(u / (1 - u));
      }
      return;
    case 'bernoulli':
      random.fillBernoulli(out, noise.p);
  }
}
