/** A differential network that is there to be asked: logits of evidence, one perturbation a time. */
import { Program, programsByShape, Scope, type Store } from '../../compute/index.js';
import { asGrid, neededBy, networkInput, networkValues, shapeOf } from './batch.js';
import { type Evidence, type EvidenceWanted, NEIGHBOURS } from './evidence.js';
import { cdnNetwork } from './network.js';
import { type CdnSettings, usesFci } from './settings.js';

export class CdnPredictor {
  /** Of its evidence. */
  readonly wanted: EvidenceWanted;
  readonly #programs;

  /** `store` has the network's parameters, and may be trained on meanwhile. */
  constructor(
    store: Store,
    private readonly settings: CdnSettings,
  ) {
    this.wanted = evidenceFor(settings);
    this.#programs = programsByShape(([genes, degree]: [number, number]) => {
      const { targets } = cdnNetwork(new Scope(), networkInput({ batch: 1, genes, degree }), settings);
      return Program.compile(store, { outputs: { targets } });
    });
  }

  /** (genes): logits of having been hit. */
  async logits(evidence: Evidence): Promise<Float32Array> {
    const seen = [gridWhereNeeded(evidence, this.settings)];
    const { genes, degree } = shapeOf(seen);
    const program = await this.#programs([genes, degree]);
    const { targets } = await program.run(neededBy(program, networkValues(seen)));
    return targets as Float32Array;
  }

  dispose(): Promise<void> {
    return this.#programs.dispose();
  }
}

/** `axial` looks at all pairs. */
export const evidenceFor = (settings: CdnSettings): EvidenceWanted => ({
  neighbours: settings.variant === 'axial' ? Number.POSITIVE_INFINITY : NEIGHBOURS,
  fci: usesFci(settings),
});

export const gridWhereNeeded = (evidence: Evidence, { variant }: CdnSettings): Evidence =>
  variant === 'axial' ? asGrid(evidence) : evidence;
