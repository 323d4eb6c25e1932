/**
 * The options of all imputers, by the method or family they belong to: one line each. Nothing heavy is imported here,
 * so that `--help` stays quick.
 */
import { numberOption, type OptionDefinition, type OptionValues, wordOf } from './option.js';
import { siOptions } from './si/si-options.js';

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
  'synthetic interventions': siOptions,
  'two-way mean': twoWayMeanOptions,
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
