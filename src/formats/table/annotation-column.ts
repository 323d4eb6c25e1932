/** One annotation column while the rows come: text is kept, what it means is decided at the end. */
import { type Column, strings } from '../../data/table.js';
import { isBooleanText, isNumberCell, typedColumn } from './columns.js';
import { isMissingText } from './missing.js';

/** Values kept once for all rows that repeat them. */
const MAX_SHARED = 4096;

export class AnnotationColumn {
  private readonly cells: (string | null)[] = [];
  private readonly shared = new Map<string, string>();
  private quotedValue = false;
  private quotedMissing = false;

  add(text: string, quoted: boolean): void {
    if (isMissingText(text)) {
      this.quotedMissing ||= quoted;
      this.cells.push(quoted ? text : null);
      return;
    }
    if (quoted && !this.quotedValue) this.quotedValue = isNumberCell(text) || isBooleanText(text);
    const known = this.shared.get(text);
    if (known === undefined && this.shared.size < MAX_SHARED) this.shared.set(text, text);
    this.cells.push(known ?? text);
  }

  /**
   * The typed column. With `quotesMeanText`, a quoted `"1"`, `"True"`, `"NA"` or `""` is that text; columns of
   * numbers may quote what is missing all the same. `missing`: one more spelling of it.
   */
  finish(quotesMeanText: boolean, missing?: string): Column {
    const cells = missing ? this.cells.map((cell) => (cell === missing ? null : cell)) : this.cells;
    if (quotesMeanText && this.quotedValue) return strings(cells);
    if (!this.quotedMissing) return typedColumn(cells);
    const column = typedColumn(cells.map((cell) => (cell === null || isMissingText(cell) ? null : cell)));
    return quotesMeanText && column.kind === 'string' ? strings(cells) : column;
  }
}
