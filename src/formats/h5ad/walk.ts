/**
 * What every reader of an AnnData file shares: the notes for the user, and guards against files whose links
 * run in circles or fan out without end.
 */
import type { Hdf5Dataset, Hdf5Group } from '../hdf5/reader.js';
import { Notes } from '../notes.js';

export type Element = Hdf5Group | Hdf5Dataset;

const DEEPEST = 32;
/** The smallest object of an HDF5 file takes more bytes than this. */
const BYTES_PER_OBJECT = 40;

export class Walk {
  /** What was left out, and why. */
  private readonly gathered = new Notes();
  readonly note = this.gathered.add;
  private readonly open: string[] = [];
  private left: number;

  constructor(fileBytes: number) {
    this.left = Math.ceil(fileBytes / BYTES_PER_OBJECT);
  }

  get notes(): readonly string[] {
    return this.gathered.sentences;
  }

  /** The children of a group, by name. FormatError when the group contains itself or there are too many. */
  *children(group: Hdf5Group): Generator<[key: string, child: Element], void, undefined> {
    const { address } = group;
    if (this.open.includes(address)) throw group.fail('this group contains itself');
    if (this.open.length >= DEEPEST) throw group.fail(`groups are nested more than ${DEEPEST} deep`);
    this.open.push(address);
    for (const key of group.keys()) {
      if (--this.left < 0) throw group.fail('the file has more links than it can have objects');
      const child = group.get(key);
      if (child) yield [key, child];
      else this.note(`${group.path}/${key} was left out: its link leads nowhere.`);
    }
    this.open.pop();
  }
}

/** AnnData's `encoding-type`, '' when there is none (files older than 0.7). */
export function encodingOf(element: Element): string {
  return element.text('encoding-type') ?? '';
}
