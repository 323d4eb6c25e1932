/** `mechanist reproduce environments` from outside: what is refused before anything is trained. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mechanist, temporaryFolder } from './support/command.js';

const at = temporaryFolder();

describe('reproduce environments', () => {
  it.each([
    ['options of other papers', ['--epochs=3'], /--epochs/],
    ['no seeds', ['--seeds=0'], /--seeds/],
    ['too many', ['--seeds=1001'], /1 to 1000/],
  ])('refuses %s, and leaves nothing', async (_, more, message) => {
    const { code, stderr } = await mechanist('reproduce', 'environments', '--out', at('none'), ...more);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(at('none'))).toBe(false);
  });

  it('refuses --data elsewhere', async () => {
    const { code, stderr } = await mechanist('reproduce', 'svae', '--out', at('none'), '--data=x');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--data/);
  });
});
