/**
 * `simulateEnvironments`: profiles of many environments, each of which intervenes on few latents of one causal graph.
 *
 * After the generator of the draft "Towards Learning Cell Causal-Embeddings", section 5.1, and of its authors' program.
 * See docs/methods/environment-simulator.md.
 */
import {
  type CategoricalColumn,
  type Column,
  categorical,
  dense,
  type NdArray,
  numeric,
  PerturbationData,
  Table,
  type UnsDict,
  type UnsValue,
} from '../../data/index.js';
import { OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import { names } from '../settings.js';
import { type EnvironmentsOptions, type EnvironmentsSettings, environmentsSettings } from './options.js';
import { EnvironmentSystem } from './system.js';

/**
 * One environment after the other, the control first. `X` `(nProfiles, nGenes)` float32. `obs`: `perturbation` (the
 * environment: 'control', 'environment-001'), `split` ('train' or 'valid', by environment), `shift_0` … the offset at
 * each latent, which describe the environment. `obsm` `(nProfiles, nLatents)` float32: `latents`, `noise`.
 *
 * `uns['truth']`: `graph` `(nLatents, nLatents)`, 1 from parent (row) to child, and its `weights`; `mixing`, or `inner` and
 * `outer` (see `EnvironmentSystem.geneFunctions`); `latent-noise` `(nLatents)`, standard deviations; `environments`, names
 * of the rows of `shifts` and `targets` `(nEnvironments, nLatents)`; `valid`, names; `options`. Throws OptionError.
 */
export function simulateEnvironments(options: EnvironmentsOptions = {}): PerturbationData {
  const settings = environmentsSettings(options);
  const { latents, genes, profiles } = settings;
  const system = new EnvironmentSystem(settings);
  const random = Random.fromSeed(settings.seed).split('environments');
  const environments = drawEnvironments(settings, random);
  const nProfiles = environments.length * profiles;
  const X = new Float32Array(nProfiles * genes);
  const Z = new Float32Array(nProfiles * latents);
  const noise = new Float32Array(nProfiles * latents);
  environments.forEach(({ stream, shift }, e) => {
    const part = (values: Float32Array, columns: number) =>
      values.subarray(e * profiles * columns, (e + 1) * profiles * columns);
    const out = { X: part(X, genes), latents: part(Z, latents), noise: part(noise, latents) };
    system.fill(shift, random.split('profiles', stream), out);
  });
  return new PerturbationData({
    X: dense(nProfiles, genes, X),
    obs: new Table(names('profile', nProfiles), annotation(environments, settings)),
    var: new Table(names('gene', genes)),
    obsm: [
      ['latents', dense(nProfiles, latents, Z)],
      ['noise', dense(nProfiles, latents, noise)],
    ],
    uns: [['truth', new Map(truthOf(system, environments, settings)) as UnsDict]],
  });
}

interface Environment {
  readonly name: string;
  /** Of its profiles: the number of a treated one, so that it stays the same whatever comes before or after. */
  readonly stream: string | number;
  readonly split: 'train' | 'valid';
  /** `(nLatents)`. */
  readonly shift: Float64Array;
}

function drawEnvironments(settings: EnvironmentsSettings, random: Random): Environment[] {
  const { environments, latents, offsets, control, train } = settings;
  const nTrain = Math.round(train * environments);
  const treated = names('environment', environments).map((name, e): Environment => {
    const shift = offsets ? Float64Array.from(offsets[e]) : drawShift(settings, random.split('shift', e));
    return { name, stream: e, split: e < nTrain ? 'train' : 'valid', shift };
  });
  if (control === null) return treated;
  if (control === '' || treated.some(({ name }) => name === control)) {
    throw new OptionError('control', control, 'a name that no other environment has');
  }
  return [{ name: control, stream: 'control', split: 'train', shift: new Float64Array(latents) }, ...treated];
}

/** Offsets are drawn for every latent and kept at targets: those of one latent do not depend on the other targets. */
function drawShift({ latents, targets, offsetScale }: EnvironmentsSettings, random: Random): Float64Array {
  const [fewest, most] = targets;
  const choice = random.split('targets');
  const count = fewest + choice.integer(most - fewest + 1);
  const shift = new Float64Array(latents);
  for (const k of choice.sample(latents, count)) shift[k] = offsetScale * random.split('offset', k).normal();
  return shift;
}

function annotation(
  environments: readonly Environment[],
  settings: EnvironmentsSettings,
): [string, Column][] {
  const { profiles, latents } = settings;
  const nProfiles = environments.length * profiles;
  const environmentOf = (row: number) => environments[Math.floor(row / profiles)];
  const labels = (label: (environment: Environment) => string): CategoricalColumn =>
    categorical(Array.from({ length: nProfiles }, (_, row) => label(environmentOf(row))));
  const shifts = Array.from({ length: latents }, (_, k): [string, Column] => {
    const values = new Float64Array(nProfiles);
    environments.forEach(({ shift }, e) => void values.fill(shift[k], e * profiles, (e + 1) * profiles));
    return [`shift_${k}`, numeric(values)];
  });
  return [['perturbation', labels(({ name }) => name)], ['split', labels(({ split }) => split)], ...shifts];
}

function truthOf(
  system: EnvironmentSystem,
  environments: readonly Environment[],
  settings: EnvironmentsSettings,
): [string, UnsValue][] {
  const { latents } = settings;
  const shifts = Float64Array.from(environments.flatMap(({ shift }) => Array.from(shift)));
  const valid = environments.filter(({ split }) => split === 'valid').map(({ name }) => name);
  const { offsets: _, ...rest } = settings;
  // Not every format keeps a null; the command has this word for it.
  const options = { ...rest, control: settings.control ?? 'none', targets: settings.targets.join(' to ') };
  const shape = [environments.length, latents];
  return [
    ['graph', array([latents, latents], edges(system.graph))],
    ['weights', array([latents, latents], system.graph)],
    ...system.geneFunctions,
    ['latent-noise', array([latents], system.latentNoise)],
    [
      'environments',
      array(
        [environments.length],
        environments.map(({ name }) => name),
      ),
    ],
    ['shifts', array(shape, shifts)],
    ['targets', array(shape, edges(shifts))],
    ['valid', array([valid.length], valid)],
    ['options', new Map(Object.entries(options)) as UnsDict],
  ];
}

/** 1 where a value is not 0. */
const edges = (values: Float64Array): Float64Array => values.map((value) => (value === 0 ? 0 : 1));

const array = (shape: number[], values: Float64Array | readonly string[]): NdArray => {
  return { kind: 'array', shape, values };
};
