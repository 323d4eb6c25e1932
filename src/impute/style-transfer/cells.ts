/**
 * Style transfer on single cells: what would the cells of a context look like after an action that was only measured
 * elsewhere? In the variational autoencoder this is scGen (Lotfollahi, Wolf, Theis 2019):
 *
 *     δ = mean over contexts b of (mean latent of b after the action − mean latent of b untreated)
 *     predicted cells = decode(latents of the untreated cells of the context + δ)
 *
 * The authors balance contexts by drawing cells again and again; the mean of means is what that tends to, without the
 * noise. They also let the untreated cells of the target context into the second mean, which drags δ away from that
 * context; here only contexts measured both ways count.
 */
import type { Runtime } from '../../compute/index.js';
import { type DenseMatrix, dense, takeRows, toDense } from '../../data/matrix.js';
import type { OutcomeRoles } from '../../data/outcome-tensor.js';
import type { PerturbationData } from '../../data/perturbation-data.js';
import { columnStrings } from '../../data/table.js';
import { DataError, OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import type { AutoencoderOptions } from '../../represent/autoencoder.js';
import { type LatentSpace, pcaSpace } from '../../represent/latent-space.js';
import type { VaeOptions } from '../../represent/vae.js';
import type { StyleSpace } from './style-options.js';

export interface CellOptions {
  /** Default 'vae'. */
  readonly space?: StyleSpace;
  /** Principal components of the space 'pca'. Default 50. */
  readonly components?: number;
  readonly vae?: Omit<VaeOptions, 'random'>;
  readonly autoencoder?: Omit<AutoencoderOptions, 'random'>;
  /** Default 0. */
  readonly seed?: number;
}

export interface UnseenCells {
  /** One predicted cell for each untreated cell of the context `(nCells, nGenes)`. */
  readonly cells: DenseMatrix;
  /** Rows of the data that the predicted cells were made from. */
  readonly rows: Int32Array;
  /** Contexts that δ is the mean over. */
  readonly sources: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The cells of `target.context` after `target.action`. Values are used as they are: normalise and take logarithms
 * first. Cells of the target itself, if there are any, are not looked at. All cells are held densely in float64.
 *
 * Throws OptionError for a context or action that the data does not have, DataError where the context has no control
 * cells or no other context was measured both ways, or where a network is asked for and `runtime` is not given.
 */
export async function predictUnseen(
  data: PerturbationData,
  roles: OutcomeRoles,
  target: { readonly context: string; readonly action: string },
  options: CellOptions = {},
  runtime?: Runtime,
): Promise<UnseenCells> {
  const groups = groupCells(data, roles, target);
  const { control, sources } = groups;
  const training = toFloat64(data, groups.training);
  const space = await trainSpace(training, options, runtime);
  const meanLatent = (rows: readonly number[]) => {
    const latents = space.encode(toFloat64(data, rows).values, rows.length);
    const mean = new Float64Array(space.width);
    for (let i = 0; i < latents.length; i++) mean[i % space.width] += latents[i] / rows.length;
    return mean;
  };
  const shift = new Float64Array(space.width);
  for (const { treated, untreated } of sources) {
    const [after, before] = [meanLatent(treated), meanLatent(untreated)];
    for (let i = 0; i < shift.length; i++) shift[i] += (after[i] - before[i]) / sources.length;
  }
  const latents = space.encode(toFloat64(data, control).values, control.length);
  const moved = latents.map((value, i) => value + shift[i % space.width]);
  return {
    cells: dense(control.length, data.nVars, space.decode(moved, control.length)),
    rows: Int32Array.from(control),
    sources: sources.map(({ name }) => name),
    notes: space.notes,
  };
}

interface CellGroups {
  /** Every labelled cell but those of the target. */
  readonly training: readonly number[];
  /** Untreated cells of the target's context. */
  readonly control: readonly number[];
  readonly sources: readonly {
    readonly name: string;
    readonly treated: readonly number[];
    readonly untreated: readonly number[];
  }[];
}

function groupCells(
  data: PerturbationData,
  roles: OutcomeRoles,
  target: { readonly context: string; readonly action: string },
): CellGroups {
  if (roles.context === null || roles.control === null) {
    throw new DataError('style transfer on cells needs a context column and a control');
  }
  const contexts = columnStrings(data.obs.column(roles.context, 'obs'));
  const actions = columnStrings(data.obs.column(roles.action, 'obs'));
  const names = [...new Set(contexts)].filter((name) => name !== null).sort();
  const others = [...new Set(actions)].filter((name) => name !== null && name !== roles.control) as string[];
  if (!names.includes(target.context)) throw new OptionError('context', target.context, names);
  if (!others.includes(target.action)) throw new OptionError('action', target.action, others);
  const rowsOf = (context: string, action: string | null) =>
    [...contexts.keys()].filter((row) => contexts[row] === context && actions[row] === action);
  const control = rowsOf(target.context, roles.control);
  if (control.length === 0) {
    throw new DataError(`'${target.context}' has no cells with '${roles.control}' to start from`);
  }
  const sources = names
    .filter((name) => name !== target.context)
    .map((name) => ({ name, treated: rowsOf(name, target.action), untreated: rowsOf(name, roles.control) }))
    .filter(({ treated, untreated }) => treated.length > 0 && untreated.length > 0);
  if (sources.length === 0) {
    throw new DataError(
      `no context but '${target.context}' has cells with '${target.action}' and with '${roles.control}'`,
    );
  }
  const training = [...contexts.keys()].filter(
    (row) =>
      contexts[row] !== null &&
      actions[row] !== null &&
      !(contexts[row] === target.context && actions[row] === target.action),
  );
  return { training, control, sources };
}

async function trainSpace(
  { values, nRows, nCols }: Cells,
  options: CellOptions,
  runtime: Runtime | undefined,
): Promise<LatentSpace> {
  const { space = 'vae', components = 50, seed = 0 } = options;
  if (space === 'pca') return pcaSpace(values, nRows, nCols, components);
  if (!runtime)
    throw new DataError(`the space '${space}' is a network, and there is no runtime to train it on`);
  const random = Random.fromSeed(seed).split('style transfer of cells');
  if (space === 'vae') {
    const { vaeSpace } = await import('../../represent/vae.js');
    return vaeSpace(runtime, values, nRows, nCols, { ...options.vae, random });
  }
  const { autoencoderSpace } = await import('../../represent/autoencoder.js');
  return autoencoderSpace(runtime, values, nRows, nCols, { epochs: 100, ...options.autoencoder, random });
}

interface Cells {
  readonly nRows: number;
  readonly nCols: number;
  readonly values: Float64Array;
}

function toFloat64(data: PerturbationData, rows: readonly number[]): Cells {
  const { nRows, nCols, values } = toDense(takeRows(data.X, rows));
  return { nRows, nCols, values: Float64Array.from(values) };
}
