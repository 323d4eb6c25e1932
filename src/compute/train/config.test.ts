import { describe, expect, it } from 'vitest';
import { CONFIG_VERSION, readConfig, writeConfig } from './config.js';

const config = {
  model: 'svae+',
  settings: { latent: 50, hidden: [128, 128], likelihood: 'nb', batchNorm: true },
  features: ['TP53', 'KLF1'],
};

describe('config.json', () => {
  it('comes back as written', () => {
    const text = writeConfig(config);
    expect(readConfig(text)).toEqual(config);
    expect(JSON.parse(text)).toMatchObject({ formatVersion: CONFIG_VERSION });
  });

  /** As stored by each version; never change one. */
  const stored = [
    '{"name":"svae+","hyper_parameters":{"latent":50,"hidden":[128,128],"likelihood":"nb","batchNorm":true},"genes":["TP53","KLF1"]}',
    '{"formatVersion":1,"model":"svae+","settings":{"latent":50,"hidden":[128,128],"likelihood":"nb","batchNorm":true},"features":["TP53","KLF1"]}',
  ];
  it.each(stored.map((text, version) => [version, text] as const))(
    'of version %d is read',
    (_version, text) => {
      expect(readConfig(text)).toEqual(config);
    },
  );
  it('has a stored file of every version', () => {
    expect(stored).toHaveLength(CONFIG_VERSION + 1);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /not JSON/],
    ['a list', '[]', /no JSON object/],
    ['null', 'null', /no JSON object/],
    ['a newer version', '{"formatVersion":99}', /version 99; this program reads up to 1; use a newer one/],
    ['a version that is none', '{"formatVersion":"1"}', /version "1"/],
    ['a version between two', '{"formatVersion":0.5}', /version 0.5/],
    ['no model', '{"formatVersion":1,"settings":{},"features":[]}', /'model' is not a text/],
    [
      'no settings',
      '{"formatVersion":1,"model":"vae","settings":[],"features":[]}',
      /'settings' is not an object/,
    ],
    [
      'features that are no texts',
      '{"formatVersion":1,"model":"vae","settings":{},"features":[1]}',
      /'features' is not a list/,
    ],
    ['a draft without a name', '{"hyper_parameters":{}}', /'model' is not a text/],
  ])('is refused: %s', (_name, text, message) => {
    expect(() => readConfig(text)).toThrow(message);
    expect(() => readConfig(text)).toThrow(expect.objectContaining({ tag: 'FormatError' }));
  });
});
