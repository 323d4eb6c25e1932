/** The graphs of one training: one for each number of rows, for training and for evaluation, made when first needed. */
import type { Random } from '../../random/index.js';
import type { Optimiser } from '../optim/index.js';
import type { Store } from '../run/index.js';
import { type BatchParts, BatchProgram } from './batch-program.js';

export class BatchPrograms {
  readonly #made = new Map<string, Promise<BatchProgram>>();

  /** `initial`: the stream from which parameters are drawn that the store lacks. */
  constructor(
    private readonly store: Store,
    private readonly parts: Omit<BatchParts, 'rows'> & { readonly optimiser: Optimiser },
    private readonly initial: Random,
  ) {}

  of(rows: number, training: boolean): Promise<BatchProgram> {
    const key = `${rows} ${training}`;
    let program = this.#made.get(key);
    if (!program) {
      const parts = { ...this.parts, rows, optimiser: training ? this.parts.optimiser : undefined };
      program = BatchProgram.compile(this.store, parts, this.initial);
      this.#made.set(key, program);
    }
    return program;
  }

  async dispose(): Promise<void> {
    for (const program of this.#made.values()) await (await program).dispose();
    this.#made.clear();
  }
}
