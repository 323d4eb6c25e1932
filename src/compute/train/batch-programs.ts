/** The graphs of one training: one for each number of rows, for training and for evaluation, made when first needed. */
import type { Random } from '../../random/index.js';
import type { Optimiser } from '../optim/index.js';
import { programsByShape, type Store } from '../run/index.js';
import { type BatchParts, BatchProgram } from './batch-program.js';

export class BatchPrograms {
  readonly #made = programsByShape(([rows, use]: [rows: number, use: 'train' | 'evaluate']) => {
    const optimiser = use === 'train' ? this.parts.optimiser : undefined;
    return BatchProgram.compile(this.store, { ...this.parts, rows, optimiser }, this.initial);
  });

  /** `initial`: the stream from which parameters are drawn that the store lacks. */
  constructor(
    private readonly store: Store,
    private readonly parts: Omit<BatchParts, 'rows'> & { readonly optimiser: Optimiser },
    private readonly initial: Random,
  ) {}

  of(rows: number, training: boolean): Promise<BatchProgram> {
    return this.#made([rows, training ? 'train' : 'evaluate']);
  }

  dispose(): Promise<void> {
    return this.#made.dispose();
  }
}
