/** What the distributions draw from: a stream of random bits and the plainest variables made of them. */
export interface Bits {
  /** Uniform on 0 … 2^32 − 1. */
  nextUint32(): number;
  /** Uniform on [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform on (0, 1): never 0, for logarithms. */
  uniformOpen(): number;
  /** N(0, 1). */
  normal(): number;
}
