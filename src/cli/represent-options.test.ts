/** What `mechanist represent --help` says of defaults is what the models have. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { wordOf } from '../impute/option.js';
import { type MechanismSettings, mechanismModel, PAPER_SETTINGS } from '../represent/index.js';
import { settingsGiven, withCellSettings, withTraining } from './represent-options.js';

const options = new Map(
  withCellSettings(withTraining(new Command())).options.map((option) => [option.long!, option]),
);
const ours = mechanismModel('svae-bayes').defaults;

/** Words and numbers of a line of help. */
const told = (text: string) =>
  text.split(/[\s(),;:]+/).map((word) => (word !== '' && !Number.isNaN(Number(word)) ? Number(word) : word));
/** `null` has a word of its own. */
const words = (value: unknown) => (value === null ? ['none', 'auto'] : [value]);

describe('defaults in the help', () => {
  it.each(Object.keys(PAPER_SETTINGS) as (keyof MechanismSettings)[])('%s', (name) => {
    const said = told(options.get(`--${wordOf(name)}`)!.description);
    const common = PAPER_SETTINGS[name];
    // a choice of words is listed, and the first is the usual one
    if (typeof common === 'number') expect(said).toContain(common);
    const own = ours[name];
    if (own === undefined || own === common) return;
    const mine = said.slice(said.lastIndexOf('svae-bayes'));
    expect(words(own).some((word) => mine.includes(word as string | number))).toBe(true);
  });
});

describe('words', () => {
  it('become settings by their names', () => {
    const given = {
      klWarmUp: '3',
      patience: 'none',
      sparsity: 'auto',
      covariance: 'full',
      out: 'x',
      adamEpsilon: '1e-4',
    };
    expect(settingsGiven(given)).toEqual({
      klWarmUp: 3,
      patience: null,
      sparsity: null,
      covariance: 'full',
      adamEpsilon: 1e-4,
    });
  });

  it.each([
    ['batchSize', '1', /--batch-size: '1' is not a whole number of at least 2/],
    ['patience', '0', /--patience: '0' is not a whole number of at least 1 or none/],
    ['learningRate', '', /--learning-rate: '' is not a number/],
    ['edgePrior', 'bond', /--edge-prior: 'bond'.*did you mean 'bound'/],
  ])('%s is not %s', (name, word, message) => {
    expect(() => settingsGiven({ [name]: word })).toThrow(message);
  });
});
