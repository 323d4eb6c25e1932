/** Names as HDF5 can hold them: '/' separates groups, '.' is the group itself, and nothing is empty. */

/** A name for `key` that is valid and not in `taken`, and is added to it; the same one where possible. */
export function safeKey(key: string, taken: Set<string>): string {
  let safe = key.replace(/[/\0]/g, '_');
  if (safe === '' || safe === '.') safe = '_';
  while (taken.has(safe)) safe += '_';
  taken.add(safe);
  return safe;
}

/**
 * The name of a column. AnnData keeps '/' in them (the column stands in nested groups), and so do we, unless a
 * part is empty or '.', or another column has the name of such a group.
 */
export function safeColumn(key: string, taken: Set<string>, names: readonly string[]): string {
  const parts = key.split('/');
  const clash = parts.some((_, i) => i > 0 && names.includes(parts.slice(0, i).join('/')));
  const usable =
    parts.length > 1 && !clash && parts.every((part) => part !== '' && part !== '.' && !part.includes('\0'));
  if (!usable || taken.has(key)) return safeKey(key, taken);
  taken.add(key);
  return key;
}
