import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprintFile } from './fingerprint-file.node.js';

const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
afterAll(() => rmSync(folder, { recursive: true }));
let nth = 0;
async function run(text: string | Uint8Array, options: { smiles: string; id?: string }, name = 'in.csv') {
  const [path, out] = [join(folder, `${nth}-${name}`), join(folder, `${nth++}-out.csv`)];
  writeFileSync(path, text);
  const result = await fingerprintFile({ path, out, ...options });
  return { result, lines: readFileSync(out, 'utf8').trimEnd().split('\n') };
}

const ETHANE = '33 251';

describe('fingerprint', () => {
  it('writes a row a molecule, names and counts the others', async () => {
    const text = 'id,smi\n007,CC\nb,\n"x, ""y""",CC\nc,C1CC\n';
    const { result, lines } = await run(text, { smiles: 'smi' });
    expect(lines).toEqual(['id,on_bits', `007,${ETHANE}`, `"x, ""y""",${ETHANE}`]);
    expect(result.molecules).toBe(2);
    expect(result.unreadable).toEqual([
      { id: 'b', smiles: '', line: 3 },
      { id: 'c', smiles: 'C1CC', line: 5 },
    ]);
    expect(result.sentences[0]).toBe("2 unreadable SMILES, left out: 'b' (empty), 'c' (C1CC)");
  });

  it('takes the id from where it is told, and the first column that is not the SMILES', async () => {
    const text = 'smiles\tname\tcode\nCC\tethane\tE1\n';
    expect((await run(text, { smiles: 'smiles' }, 'a.tsv')).lines[1]).toBe(`ethane,${ETHANE}`);
    expect((await run(text, { smiles: 'smiles', id: 'code' }, 'a.tsv')).lines[1]).toBe(`E1,${ETHANE}`);
    expect((await run(text, { smiles: '1', id: '3' }, 'a.tsv')).lines[1]).toBe(`E1,${ETHANE}`);
    expect((await run('smiles\nCC\n', { smiles: 'smiles' })).lines[1]).toBe(`CC,${ETHANE}`);
  });

  it('reads a file without names by the number of its column', async () => {
    const { result, lines } = await run('ethane, CC\nethanol, CCO\n', { smiles: '2' });
    expect(lines.map((line) => line.split(',')[0])).toEqual(['id', 'ethane', 'ethanol']);
    expect(result.sentences[0]).toContain('no line of column names');
    const named = await run('a,b\nethane,CC\n', { smiles: '2' });
    expect(named.lines).toHaveLength(2);
  });

  it('reads gzip and writes gzip', async () => {
    const [path, out] = [join(folder, 'z.csv.gz'), join(folder, 'z-out.csv.gz')];
    writeFileSync(path, gzipSync('id,smiles\na,CC\n'));
    await fingerprintFile({ path, out, smiles: 'smiles' });
    expect(gunzipSync(readFileSync(out)).toString()).toBe(`id,on_bits\na,${ETHANE}\n`);
  });

  it.each([
    ['an unknown column', 'id,smiles\na,CC\n', 'smile', /did you mean 'smiles'/],
    ['a number too large', 'id,smiles\na,CC\n', '3', /1 to 2/],
    ['an empty file', '', 'smiles', /empty/],
    ['a ragged line', 'id,smiles\na,CC,x\n', 'smiles', /line 2/],
    ['bytes that are no text', '\0\x01\x02', 'smiles', /NUL/],
  ])('refuses %s, and leaves nothing behind', async (_, text, smiles, message) => {
    const before = readdirSync(folder).filter((name) => name.includes('out')).length;
    await expect(run(text, { smiles })).rejects.toThrow(message);
    expect(readdirSync(folder).filter((name) => name.includes('out'))).toHaveLength(before);
  });

  it('a file of names only has no rows', async () => {
    const { result, lines } = await run('id,smiles\n', { smiles: 'smiles' });
    expect([lines, result.molecules]).toEqual([['id,on_bits'], 0]);
  });

  it('stops when it is told to, without a file', async () => {
    const [path, out] = [join(folder, 'stop.csv'), join(folder, 'stop.out')];
    writeFileSync(path, 'id,smiles\na,CC\n');
    const request = { path, out, smiles: 'smiles', signal: AbortSignal.abort() };
    await expect(fingerprintFile(request)).rejects.toThrow();
    expect(readdirSync(folder)).not.toContain('stop.out');
  });
});
