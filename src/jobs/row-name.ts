/** `context|action`: the name of a row of predictions; a bar or backslash in a part is escaped, so names differ. */
export function rowName(...parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[\\|]/g, '\\$&')).join('|');
}
