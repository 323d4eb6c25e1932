/** What `mechanist represent` writes beside the trained model: latents, graph, comparison, held-out scores, ONNX. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically, writeData } from '../formats/index.node.js';
import type { MechanismRepresentation } from '../represent/index.js';
import { latentTable } from './latent-table.js';
import type { ReadCells } from './represent-cells.node.js';
import type { CounterfactualResult } from './represent-counterfactual.js';
import type { GraphRow, HeldOutRow } from './represent-held-out.js';
import { csvText } from './score-tables.js';

export interface ComparisonRow {
  readonly model: string;
  readonly validation_cells: number;
  /** Mean over them of the lower bound of log p(x | perturbations), in nats, at the epoch that is kept. */
  readonly validation_elbo: number;
  readonly held_out_cells: number;
  /** Mean over them of the bound with `particles` samples. */
  readonly held_out_bound: number;
  readonly epoch: number;
  readonly seconds: number;
}

export interface Results {
  readonly folder: string;
  readonly representation: MechanismRepresentation;
  readonly prepared: ReadCells;
  /** Rows that validated. */
  readonly heldBack: Int32Array;
  readonly comparison: readonly ComparisonRow[];
  readonly heldOut: readonly HeldOutRow[];
  readonly heldOutGraph: readonly GraphRow[];
  /** Cells that the exported networks take at a time; default none is written. */
  readonly exportOnnx?: number;
  /** Goes into `uns['mechanist']`. */
  readonly provenance: Readonly<Record<string, string | number>>;
}

/** Written last. */
export const SUMMARY = 'summary.json';
const ALWAYS = ['latents.h5ad', 'graph.csv', 'comparison.csv', SUMMARY];
const COUNTERFACTUALS = ['counterfactual.h5ad', 'counterfactual.csv'];
const SOMETIMES = [
  ...['held-out.csv', 'held-out-graph.csv', 'encoder.onnx', 'decoder.onnx'],
  ...COUNTERFACTUALS,
];
export const RESULT_FILES: readonly string[] = [...ALWAYS, ...SOMETIMES];

const GRAPH_COLUMNS = ['perturbation', 'latent', 'probability', 'shift'] as const;

/** Writes, each file whole or not at all; the names, in the order of writing. Throws FileError. */
export async function writeResults(results: Results): Promise<string[]> {
  const { folder, representation, comparison, heldOut, heldOutGraph, exportOnnx } = results;
  const written = ['latents.h5ad'];
  const write = async (name: string, content: string | Uint8Array) => {
    await writeWhole(folder, name, content);
    written.push(name);
  };
  await writeData(join(folder, 'latents.h5ad'), await latentsOf(results), { overwrite: true });
  await write('graph.csv', csvText(GRAPH_COLUMNS, graphRows(representation)));
  await write('comparison.csv', csvText(columnsOf(comparison), comparison));
  if (heldOut.length > 0) {
    await write('held-out.csv', csvText(columnsOf(heldOut), heldOut));
    await write('held-out-graph.csv', csvText(GRAPH_COLUMNS, heldOutGraph));
  }
  if (exportOnnx !== undefined) {
    await write('encoder.onnx', (await representation.exportEncoder(exportOnnx)).bytes);
    await write('decoder.onnx', (await representation.exportDecoder(exportOnnx)).bytes);
  }
  return written;
}

/** Predicted cells, and how far they are from the measured ones; the names. Throws FileError. */
export async function writeCounterfactuals(
  folder: string,
  { data, rows }: CounterfactualResult,
): Promise<readonly string[]> {
  const [cells, table] = COUNTERFACTUALS;
  await writeData(join(folder, cells), data, { overwrite: true });
  await writeWhole(folder, table, csvText(columnsOf(rows), rows));
  return COUNTERFACTUALS;
}

/** Throws FileError. */
export async function writeSummary(folder: string, summary: unknown): Promise<void> {
  const defined = (_: string, value: unknown) => (Number.isNaN(value) ? null : value);
  await writeWhole(folder, SUMMARY, `${JSON.stringify(summary, defined, 2)}\n`);
}

/** Throws FileError. */
export const writeWhole = (folder: string, name: string, content: string | Uint8Array): Promise<void> =>
  writeAtomically(join(folder, name), { overwrite: true }, (temporary) => writeFile(temporary, content));

export const columnsOf = <T extends object>(rows: readonly T[]) =>
  Object.keys(rows[0]) as (keyof T & string)[];

/** Every pair of perturbation and latent; none of a model without a graph. */
function graphRows(representation: MechanismRepresentation): GraphRow[] {
  const graph = representation.graph();
  if (!graph) return [];
  const { latent, config } = representation;
  return config.perturbations.flatMap((perturbation, i) =>
    Array.from({ length: latent }, (_, j) => ({
      perturbation,
      latent: j,
      probability: graph.probability[i * latent + j],
      shift: graph.shift[i * latent + j],
    })),
  );
}

/** The cells with their annotations and latents. */
async function latentsOf({ representation, prepared, heldBack, provenance }: Results) {
  const { data, heldOut, roles } = prepared;
  const { config } = representation;
  const split = new Array<string>(data.nObs).fill('train');
  for (const row of heldBack) split[row] = 'validation';
  for (const row of heldOut) split[row] = 'held-out';
  return latentTable(data, await representation.encode(data.X), {
    split,
    known: {
      model: config.model,
      perturbation: roles.action,
      control: roles.control ?? 'none',
      settings: JSON.stringify(config.settings),
      ...provenance,
    },
  });
}
