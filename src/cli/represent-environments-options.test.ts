/** What `mechanist represent --help` says of models of environments is what they are. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { wordOf } from '../impute/option.js';
import {
  ENVIRONMENT_SETTINGS,
  type EnvironmentSettings,
  environmentModels,
  mechanismModels,
} from '../represent/index.js';
import { environmentSettingsGiven, withEnvironmentSettings } from './represent-environments-options.js';
import { FAMILIES, familyOf } from './represent-models.js';
import { TRAINING, withTraining } from './represent-options.js';

const options = new Map(
  withEnvironmentSettings(withTraining(new Command())).options.map((option) => [option.long!, option]),
);

describe('models', () => {
  it('are those that there are', () => {
    const names = (models: readonly { readonly name: string }[]) => models.map(({ name }) => name).sort();
    expect([...FAMILIES.cells].sort()).toEqual(names(mechanismModels));
    expect([...FAMILIES.environments, 'vae'].sort()).toEqual(names(environmentModels));
  });

  it('belong to one family each, and a slip of the hand to none', () => {
    expect([familyOf('vae'), familyOf('svae+'), familyOf('env-vae')]).toEqual([
      'cells',
      'cells',
      'environments',
    ]);
    expect(() => familyOf('env-var')).toThrow(/--model: 'env-var' is not one of.*did you mean 'env-vae'/);
  });
});

describe('defaults in the help', () => {
  it.each(Object.entries(ENVIRONMENT_SETTINGS))('%s', (name, value) => {
    const said = options.get(`--${wordOf(name)}`)!.description;
    const own = ENVIRONMENT_SETTINGS[name as keyof EnvironmentSettings];
    const shared = name in TRAINING;
    if (own === null) expect(said).toMatch(/default (auto|none)/);
    else if (typeof value === 'boolean') expect(said).toContain(`default ${value ? 'on' : 'off'}`);
    else if (typeof value === 'number' || Array.isArray(value)) {
      // an option of both kinds says where environments differ
      const word = String(value);
      const said1 = said.split(/[\s();,:]+/);
      expect(said1).toContain(word);
      if (!shared) expect(said).toContain(`default ${word}`);
    }
  });
});

describe('words', () => {
  it('become settings by their names', () => {
    const given = {
      encoderWidths: '500,300',
      decoderWidths: 'none',
      logVarianceLimit: 'none',
      depth: 'auto',
      scaling: 'off',
      latent: '3',
      smiles: 'x',
    };
    expect(environmentSettingsGiven(given)).toEqual({
      encoderWidths: [500, 300],
      decoderWidths: [],
      logVarianceLimit: null,
      depth: null,
      scaling: false,
      latent: 3,
    });
  });

  it.each([
    ['encoderWidths', '500,0', /--encoder-widths: '500,0' is not widths of layers/],
    ['encoderWidths', '', /--encoder-widths: '' is not widths/],
    ['temperature', '0', /--temperature: '0' is not a number/],
    ['scaling', 'yes', /--scaling: 'yes' is not one of 'on', 'off'/],
    ['filmPer', 'unit', /--film-per: 'unit' is not one of/],
    ['depth', '1.5', /--depth: '1.5' is not a whole number/],
  ])('%s is not %s', (name, word, message) => {
    expect(() => environmentSettingsGiven({ [name]: word })).toThrow(message);
  });
});
