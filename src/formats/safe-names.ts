/**
 * Names as HDF5 and zarr can hold them: '/' separates groups, '.' and '..' are groups themselves, nothing is
 * empty, and `zarr.json` is a file of zarr's own. A name of a file must never lead out of it.
 */

const isReserved = (name: string) => /^\.*$/.test(name) || name.toLowerCase() === 'zarr.json';

/** A name for `key` that is valid and not in `taken`, and is added to it; the same one where possible. */
export function safeKey(key: string, taken: Set<string>): string {
  let safe = key.replace(/[/\0]/g, '_');
  if (isReserved(safe)) safe = `_${safe.replaceAll('.', '')}`;
  while (taken.has(safe)) safe += '_';
  taken.add(safe);
  return safe;
}

/**
 * The name of a column. AnnData keeps '/' in them (the column stands in nested groups), and so do we, unless a
 * part is no valid name, or another column has the name of such a group.
 */
export function safeColumn(key: string, taken: Set<string>, names: readonly string[]): string {
  const parts = key.split('/');
  const clash = parts.some((_, i) => i > 0 && names.includes(parts.slice(0, i).join('/')));
  const usable =
    parts.length > 1 && !clash && parts.every((part) => !isReserved(part) && !part.includes('\0'));
  if (!usable || taken.has(key)) return safeKey(key, taken);
  taken.add(key);
  return key;
}
