/** The page of a representation: what it says, what it draws, and what is left out. */
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { edgeCalibration } from '../../evaluate/index.js';
import { buildRepresentationReport } from './index.js';
import { representationInput } from './representation.fixture.js';
import { edgesOf, representationDoubts, representationVerdict, sharedByMost } from './verdict.js';

const textsOf = (svg: string) => {
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
  return Array.from(document.querySelectorAll('text')).map((text) => text.textContent ?? '');
};

describe('the page', () => {
  it('draws everything that there is, and needs nothing from outside', async () => {
    const calibration = edgeCalibration([0.1, 0.2, 0.9, 0.8], [0, 0, 1, 1], 4);
    const { html, figures } = await buildRepresentationReport(representationInput({ calibration }));
    expect([...figures.keys()].sort()).toEqual([
      'edge-reliability',
      'effect-sizes',
      'gene-sets',
      'interactions',
      'latent-map',
      'shift-map',
      'targets',
      'top-genes',
      'training-curves',
    ]);
    expect(html).toContain('cells &lt;b&gt;.h5ad');
    expect(html).not.toMatch(/src=|href="http|<b>\.|NaN|undefined/);
    const { document } = parseHTML(html);
    for (const link of Array.from(document.querySelectorAll('nav a'))) {
      expect(document.querySelector(link.getAttribute('href')!)).not.toBeNull();
    }
    expect(document.querySelectorAll('figure svg').length).toBe(9);
  });

  it('is the same again', async () => {
    const [one, two] = [
      await buildRepresentationReport(representationInput()),
      await buildRepresentationReport(representationInput()),
    ];
    expect(one).toEqual(two);
  });

  it('does with almost nothing', async () => {
    const nothing = representationInput({
      graph: null,
      rows: [],
      interactions: [],
      interactionGraph: null,
      interactionNames: [],
      shared: [],
      explained: [],
      sets: null,
      history: [],
      comparison: [],
      labels: ['a', 'b'],
      latents: new Float32Array(10),
      model: 'vae',
    });
    const { html, figures } = await buildRepresentationReport(nothing);
    expect([...figures.keys()]).toEqual([]);
    expect(html).toContain('Latents without a graph');
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('puts perturbations with the same latents side by side, and draws a tile for each edge', async () => {
    const { figures } = await buildRepresentationReport(representationInput());
    const svg = figures.get('shift-map')!;
    const names = textsOf(svg).filter((text) => /^GENE\d+$/.test(text));
    expect(names).toHaveLength(12);
    // of the same latent, in the same direction: 3, 11 and 7 shift latent 3; 0 with 4 and 8, latent 0
    const at = (k: number) => names.indexOf(`GENE${k}`);
    expect(Math.abs(at(7) - at(11))).toBe(1);
    expect(Math.abs(at(2) - at(6))).toBeGreaterThan(1);
    const squares = svg.match(/M[\d.]+,[\d.]+h[\d.]+v/g)!.length;
    const { graph } = representationInput();
    expect(squares).toBe(graph!.probability.filter((p) => p > 0.5).length);
  });

  it('names examples of interactions with their kinds', async () => {
    const { figures } = await buildRepresentationReport(representationInput());
    const texts = textsOf(figures.get('interactions')!).join('\n');
    for (const kind of ['additive', 'dominant A', 'suppressive', 'novel'])
      expect(texts).toContain(`together: ${kind}`);
  });
});

describe('the verdict', () => {
  it('counts edges and how many of them are expected to be false', () => {
    const input = representationInput();
    const { edges, expectedFalse, untouched, without } = edgesOf(input);
    expect(edges).toBe(input.graph!.shift.filter((value) => value !== 0).length);
    expect(expectedFalse).toBeCloseTo(0.05 * edges, 10);
    expect([untouched, without]).toEqual([[4], []]);
    const { tone, sentences } = representationVerdict(input);
    expect(tone).toBe('good');
    expect(sentences[0]).toMatch(/expected false discovery rate 5.%/);
    expect(sentences[1]).toContain('latent 4');
  });

  it('is bad where a mean profile does better, or nothing was found', () => {
    const input = representationInput();
    const beaten = [
      input.comparison[0],
      { model: 'mean-profile', validation_elbo: -400, held_out_bound: -500 },
    ];
    expect(representationVerdict({ ...input, comparison: beaten })).toMatchObject({ tone: 'bad' });
    const none = { shift: input.graph!.shift, probability: new Float64Array(input.graph!.shift.length) };
    const found = representationVerdict({ ...input, graph: none });
    expect(found.headline).toBe('No perturbation shifts a latent');
    expect(found.sentences.join()).not.toMatch(/NaN/);
  });

  it('claims no rate of false edges for models that cannot tell', () => {
    const { tone, sentences } = representationVerdict(representationInput({ model: 'svae+' }));
    expect(tone).toBe('unknown');
    expect(sentences[0]).toContain('not calibrated');
  });

  it('doubts latents that most perturbations shift the same way', () => {
    const input = representationInput();
    const found = (of: (i: number) => number) => {
      const shift = input.graph!.shift.slice();
      const probability = input.graph!.probability.slice();
      input.rows.forEach((_, i) => {
        shift[i * 5 + 4] = of(i);
        probability[i * 5 + 4] = of(i) === 0 ? 0.1 : 0.9;
      });
      const changed = { ...input, graph: { shift, probability } };
      return { latents: sharedByMost(changed), verdict: representationVerdict(changed) };
    };
    const most = found((i) => (i < 8 ? -0.4 : 0));
    expect(most.latents).toEqual([4]);
    expect(most.verdict.sentences[1]).toMatch(/^8 of them go to latent 4/);
    expect(found((i) => (i < 8 ? (-1) ** i : 0)).latents).toEqual([]);
    expect(found((i) => (i < 6 ? 1 : 0)).latents).toEqual([]);
  });

  it('doubts perturbations of few cells, collapsed latents and sums that do not close', () => {
    const doubts = representationDoubts(representationInput()).join('\n');
    expect(doubts).toMatch(/fewer than 20 cells: 'GENE0'/);
    expect(doubts).toMatch(/Collapsed latents: 4\./);
    expect(doubts).toMatch(/gradients of latents 4 do not add up/);
  });

  it('doubts a basis that sparsity cannot settle', () => {
    const input = representationInput();
    const said = (changes: Partial<typeof input>) =>
      representationDoubts({ ...input, ...changes }).join('\n');
    expect(said({})).not.toMatch(/arbitrary, and so are edges|cannot settle/);
    const probability = input.graph!.probability.map((_, at) => (at % 2 === 0 ? 0.9 : 0.1));
    expect(said({ graph: { ...input.graph!, probability } })).toMatch(/^50\s% of all pairs/m);
    const rows = input.rows.slice(0, 3);
    expect(said({ rows })).toMatch(/3 perturbations cannot settle 5 latents/);
  });
});
