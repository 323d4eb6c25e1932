/**
 * `config.json` beside the weights: which model it is and what it was built with. It has a format version; files of
 * older versions are brought up to date step by step when they are read, newer ones are refused.
 *
 * Version 0, of drafts, had no number: `name` and `hyper_parameters`, and `genes` for the columns.
 * Version 1: `model`, `settings`, `features`.
 */
import { FormatError } from '../../errors.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

export interface Config {
  /** Name of the model, as 'svae+'. */
  readonly model: string;
  /** What the model is built from. */
  readonly settings: JsonObject;
  /** Names of the columns that it reads, in order; empty where it has none. */
  readonly features: readonly string[];
}

export const CONFIG_VERSION = 1;

/** Migration i makes version i + 1 of version i. */
const MIGRATIONS: readonly ((old: JsonObject) => JsonObject)[] = [
  ({ name, hyper_parameters: settings, genes = [] }) => ({
    formatVersion: 1,
    model: name,
    settings,
    features: genes,
  }),
];

export function writeConfig({ model, settings, features }: Config): string {
  return `${JSON.stringify({ formatVersion: CONFIG_VERSION, model, settings, features }, null, 2)}\n`;
}

/** Reads a `config.json` of this or any older version. Throws FormatError. */
export function readConfig(text: string): Config {
  let config: Json;
  try {
    config = JSON.parse(text) as Json;
  } catch (cause) {
    throw new FormatError('config.json', 'is not JSON', {}, { cause });
  }
  if (!isObject(config)) throw new FormatError('config.json', 'is no JSON object');
  const { formatVersion: version = 0 } = config;
  if (!(Number.isInteger(version) && (version as number) >= 0 && (version as number) <= CONFIG_VERSION)) {
    const message = `has format version ${JSON.stringify(version)}; this program reads up to ${CONFIG_VERSION}; use a newer one`;
    throw new FormatError('config.json', message, { where: 'formatVersion' });
  }
  const { model, settings, features } = MIGRATIONS.slice(version as number).reduce<JsonObject>(
    (old, migrate) => migrate(old),
    config,
  );
  if (typeof model !== 'string') throw missing('model', 'a text');
  if (!isObject(settings)) throw missing('settings', 'an object');
  if (!Array.isArray(features) || !features.every((name) => typeof name === 'string')) {
    throw missing('features', 'a list of texts');
  }
  return { model, settings, features: features as string[] };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const missing = (key: string, expected: string) =>
  new FormatError('config.json', `'${key}' is not ${expected}`, { where: key, expected });
