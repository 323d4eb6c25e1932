/** How texts that are no molecules are named to the user. */

const SHOWN = 10;

export interface UnreadableSmiles {
  readonly id: string;
  readonly smiles: string;
}

/** `'b' (empty), 'c' (C1CC) and 3 more` */
export function listUnreadable(unreadable: readonly UnreadableSmiles[]): string {
  const shown = unreadable
    .slice(0, SHOWN)
    .map(({ id, smiles }) => `'${id}' (${smiles.trim() === '' ? 'empty' : shortened(smiles)})`);
  const more = unreadable.length > shown.length ? ` and ${unreadable.length - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
