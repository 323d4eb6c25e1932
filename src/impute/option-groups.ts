/**
 * The options of all imputers, by the method or family they belong to: one line each. Nothing heavy is imported here,
 * so that `--help` stays quick.
 */

import { autoOptions } from './auto/auto-options.js';
import { latentOptions } from './autoencoder/latent-options.js';
import { dnppOptions } from './dnpp-options.js';
import { intervalOptions } from './interval-options.js';
import { linearOptions } from './linear/linear-options.js';
import { lowRankOptions, parafacOptions, softImputeOptions } from './low-rank/low-rank-options.js';
import { matrixNormalOptions } from './matrix-normal/matrix-normal-options.js';
import { miceOptions } from './mice/mice-options.js';
import { missforestOptions } from './missforest/missforest-options.js';
import { ntkOptions } from './ntk/ntk-options.js';
import { numberOption, type OptionDefinition, type OptionValues, wordOf } from './option.js';
import { siOptions } from './si/si-options.js';
import { snnOptions } from './snn/snn-options.js';
import { styleOptions } from './style-transfer/style-options.js';

const twoWayMeanOptions = {
  lambda: numberOption({
    default: 0.5,
    least: 0,
    most: 1,
    placeholder: '<share>',
    summary: 'weight of the mean over contexts in two-way-mean',
  }),
};

export const optionGroups = {
  auto: autoOptions,
  intervals: intervalOptions,
  'matrix-normal': matrixNormalOptions,
  'synthetic interventions': siOptions,
  'the neural tangent kernel': ntkOptions,
  'latent spaces': latentOptions,
  'style transfer': styleOptions,
  'two-way mean': twoWayMeanOptions,
  'linear model': linearOptions,
  'low rank': lowRankOptions,
  'soft-impute': softImputeOptions,
  parafac: parafacOptions,
  'drug neighbours': dnppOptions,
  'synthetic nearest neighbours': snnOptions,
  'chained equations': miceOptions,
  'chained forests': missforestOptions,
};

type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void
  ? I
  : never;
export type AllOptions = UnionToIntersection<(typeof optionGroups)[keyof typeof optionGroups]>;

/** Every option of every imputer, checked by `imputerOptions`; a method reads those that concern it. */
export type ImputerOptions = { readonly seed: number } & OptionValues<AllOptions>;

/** Name in `ImputerOptions`, word of the command line and definition of every option. */
export const imputerOptionList: readonly {
  readonly group: string;
  readonly name: string;
  readonly word: string;
  readonly definition: OptionDefinition<unknown>;
}[] = Object.entries(optionGroups).flatMap(([group, record]) =>
  Object.entries(record).map(([name, definition]) => ({
    group,
    name,
    word: wordOf(name),
    definition: definition as OptionDefinition<unknown>,
  })),
);
