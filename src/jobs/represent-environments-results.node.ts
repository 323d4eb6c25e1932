/** What `mechanist represent` writes beside a trained model of environments: latents, shifts, predictions, errors, ONNX. */
import { join } from 'node:path';
import {
  categorical,
  dense,
  numeric,
  PerturbationData,
  strings,
  Table,
  type UnsValue,
} from '../data/index.js';
import { writeData } from '../formats/index.node.js';
import type { EnvironmentRepresentation } from '../represent/index.js';
import { latentTable } from './latent-table.js';
import type { EnvironmentScreen } from './represent-environments-data.node.js';
import type { DescribedEnvironment } from './represent-environments-names.js';
import type { EnvironmentComparisonRow, ErrorRow } from './represent-environments-scores.js';
import type { ShiftRow } from './represent-environments-shifts.js';
import { columnsOf, SUMMARY, writeWhole } from './represent-results.node.js';
import { csvText } from './score-tables.js';

export interface EnvironmentResults {
  readonly folder: string;
  readonly representation: EnvironmentRepresentation;
  readonly screen: EnvironmentScreen;
  /** Those of the data, then those asked for. */
  readonly environments: readonly DescribedEnvironment[];
  /** Predicted mean profiles of all of them (nEnvironments, nGenes). */
  readonly predictions: Float32Array;
  /** Of the profiles (nProfiles, latent). */
  readonly latents: { readonly mean: Float32Array; readonly variance: Float32Array };
  readonly shifts: readonly ShiftRow[];
  readonly comparison: readonly EnvironmentComparisonRow[];
  readonly errors: readonly ErrorRow[];
  /** Profiles that the exported networks take at a time; default none is written. */
  readonly exportOnnx?: number;
  /** Goes into `uns['mechanist']`. */
  readonly provenance: Readonly<Record<string, string | number>>;
}

export const ENVIRONMENT_FILES: readonly string[] = [
  'latents.h5ad',
  'shifts.csv',
  'latent_graph.csv',
  'environments.csv',
  'predictions.h5ad',
  'predictions.csv',
  'comparison.csv',
  'errors.csv',
  'encoder.onnx',
  'decoder.onnx',
  SUMMARY,
];

/** Writes, each file whole or not at all; the names, in the order of writing. Throws FileError. */
export async function writeEnvironments(results: EnvironmentResults): Promise<string[]> {
  const { folder, representation, environments, shifts, comparison, errors, exportOnnx } = results;
  const written: string[] = [];
  const write = async (name: string, content: string | Uint8Array) => {
    await writeWhole(folder, name, content);
    written.push(name);
  };
  const writeTable = async (name: string, data: PerturbationData) => {
    await writeData(join(folder, name), data, { overwrite: true });
    written.push(name);
  };
  await writeTable('latents.h5ad', latentsOf(results));
  await write('shifts.csv', csvText(columnsOf(shifts), shifts));
  const graph = await graphRows(representation);
  if (graph) await write('latent_graph.csv', csvText(['cause', 'effect', 'weight', 'bend'], graph));
  const rows = environments.map((one) => ({
    ...one,
    environment: one.name,
    split: one.part,
    descriptors: one.words,
  }));
  await write(
    'environments.csv',
    csvText(['environment', 'action', 'context', 'profiles', 'split', 'descriptors'], rows),
  );
  const predictions = predictionsOf(results);
  await writeTable('predictions.h5ad', predictions);
  await writeTable('predictions.csv', predictions);
  await write('comparison.csv', csvText(columnsOf(comparison), comparison));
  if (errors.length > 0) await write('errors.csv', csvText(columnsOf(errors), errors));
  if (exportOnnx !== undefined) {
    await write('encoder.onnx', (await representation.exportEncoder(exportOnnx)).bytes);
    await write('decoder.onnx', (await representation.exportDecoder(exportOnnx)).bytes);
  }
  return written;
}

/** Edges between latents, as c_effect = … + weight c_cause + bend tanh c_cause; `null` of models without. */
async function graphRows(representation: EnvironmentRepresentation) {
  const found = await representation.causes();
  if (!found) return null;
  const { latent } = representation;
  return Array.from(found.straight, (weight, at) => ({
    cause: at % latent,
    effect: Math.floor(at / latent),
    weight,
    bend: found.bent[at],
  })).filter(({ weight, bend }) => weight !== 0 || bend !== 0);
}

function latentsOf({ screen, representation, latents, provenance }: EnvironmentResults): PerturbationData {
  const { data, environments, profiles, roles } = screen;
  const ofProfiles = Array.from(profiles.labels, (e) => environments[e]);
  const obs = data.obs.with('mechanist_environment', categorical(ofProfiles.map(({ name }) => name)));
  return latentTable(data.with({ obs }), latents, {
    split: ofProfiles.map(({ part }) => part),
    known: {
      model: representation.config.model,
      action: roles.action,
      context: roles.context ?? 'none',
      control: roles.control ?? 'none',
      settings: JSON.stringify(representation.config.settings),
      ...provenance,
    },
  });
}

/** One row an environment. */
function predictionsOf({ environments, predictions, representation, provenance }: EnvironmentResults) {
  const { genes, model } = representation.config;
  const texts = (of: (one: DescribedEnvironment) => string) => environments.map(of);
  const obs = new Table(
    texts(({ name }) => name),
    [
      ['action', strings(texts(({ action }) => action))],
      ['context', strings(environments.map(({ context }) => context))],
      ['split', categorical(texts(({ part }) => part))],
      ['profiles', numeric(Int32Array.from(environments, ({ profiles }) => profiles))],
    ],
    'environment',
  );
  return new PerturbationData({
    X: dense(environments.length, genes.length, predictions),
    obs,
    var: new Table([...genes]),
    uns: [['mechanist', new Map<string, UnsValue>(Object.entries({ model, ...provenance }))]],
  });
}
