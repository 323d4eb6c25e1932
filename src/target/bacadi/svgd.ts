/**
 * Stein variational gradient descent (Liu and Wang 2016): particles that climb the posterior together and keep apart. The
 * kernel is a sum over blocks of a particle, exp(−‖x − y‖² / h) each, as in DiBS, which compares parameters beside graphs.
 */
export interface Block {
  /** (particles, size) */
  readonly values: Float64Array;
  /** Of the kernel, h. */
  readonly bandwidth: number;
}

/** exp(−‖x_i − x_j‖² / h) of one block (n, n). */
export function blockKernel({ values, bandwidth }: Block, n: number): Float64Array {
  const size = values.length / n;
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let squares = 0;
      for (let k = 0; k < size; k++) squares += (values[i * size + k] - values[j * size + k]) ** 2;
      kernel[i * n + j] = kernel[j * n + i] = Math.exp(-squares / bandwidth);
    }
  }
  return kernel;
}

/**
 * Where each block of each of `n` particles is to go: φ(x_i) = 1/n Σ_j k(x_j, x_i) ∇ log p(x_j) + ∇_{x_j} k(x_j, x_i).
 * `slopes` are the derivatives of log p in the blocks' shapes.
 */
export function steinDirections(
  blocks: readonly Block[],
  slopes: readonly Float64Array[],
  n: number,
): Float64Array[] {
  const kernels = blocks.map((block) => blockKernel(block, n));
  const total = kernels[0].map((_, at) => kernels.reduce((sum, kernel) => sum + kernel[at], 0));
  return blocks.map(({ values, bandwidth }, b) => {
    const size = values.length / n;
    const direction = new Float64Array(values.length);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const share = total[i * n + j] / n;
        const apart = (2 * kernels[b][i * n + j]) / (bandwidth * n);
        for (let k = 0; k < size; k++) {
          const gap = values[i * size + k] - values[j * size + k];
          direction[i * size + k] += share * slopes[b][j * size + k] + apart * gap;
        }
      }
    }
    return direction;
  });
}

/** RMSprop that climbs, with the decay and the place of ε of JAX's: x ← x + r g / √(v + ε). */
export class RmspropAscent {
  readonly #squares: Float64Array;

  constructor(
    size: number,
    readonly rate: number,
    readonly decay = 0.9,
    readonly epsilon = 1e-8,
  ) {
    this.#squares = new Float64Array(size);
  }

  step(values: Float64Array, direction: Float64Array): void {
    const squares = this.#squares;
    for (let k = 0; k < values.length; k++) {
      squares[k] = this.decay * squares[k] + (1 - this.decay) * direction[k] ** 2;
      values[k] += (this.rate * direction[k]) / Math.sqrt(squares[k] + this.epsilon);
    }
  }
}
