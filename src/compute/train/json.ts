/** What JSON leaves out: keys that stand twice, and numbers that are not finite. */

/** A key that stands twice in one object of `text`, which is valid JSON; `undefined` where there is none. */
export function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}:]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token !== ':') last = token;
    else {
      const key = JSON.parse(last) as string;
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** Numbers as JSON keeps them: NaN and the infinities as texts. */
export const packNumber = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value);

/** What `packNumber` gave; `undefined` on anything else. */
export function unpackNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : undefined;
}
