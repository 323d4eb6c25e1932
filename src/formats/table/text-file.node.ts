/** A text file being written piece by piece, gzipped when its name ends in `.gz`. */
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { fileError } from '../files.node.js';

const PIECE_CHARACTERS = 2 ** 20;
const compress = promisify(gzip);

export class TextFile {
  private pending: string[] = [];
  private length = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** Creates `path`, which must not exist. Throws FileError. */
  static async create(path: string): Promise<TextFile> {
    try {
      return new TextFile(path, await open(path, 'wx'));
    } catch (error) {
      throw fileError(error, path);
    }
  }

  /** Throws FileError, `disk-full` among them. */
  async write(text: string): Promise<void> {
    this.pending.push(text);
    this.length += text.length;
    if (this.length >= PIECE_CHARACTERS) await this.flush();
  }

  async finish(): Promise<void> {
    await this.flush();
    await this.handle.close();
  }

  /** Closes without completing. */
  async abort(): Promise<void> {
    await this.handle.close().catch(() => {});
  }

  private async flush(): Promise<void> {
    const bytes = new TextEncoder().encode(this.pending.join(''));
    this.pending = [];
    this.length = 0;
    try {
      // each piece is a gzip member of its own; members one after the other are one gzip file (RFC 1952, 2.2)
      await this.handle.writeFile(this.path.endsWith('.gz') ? await compress(bytes) : bytes);
    } catch (error) {
      throw fileError(error, this.path);
    }
  }
}
