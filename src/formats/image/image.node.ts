/** Pictures from and to files. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { FileError } from '../../errors.js';
import { fileError, type OutputOptions, probe, writeAtomically } from '../files.node.js';
import { decodePicture, encodePng, type Picture } from './index.js';

/** Sixteen million pixels of four channels and 16 bits, with nothing compressed. */
const MOST_BYTES = 2 ** 27;

/** Reads a PNG or JPEG file. Throws `FileError`, `FormatError`. */
export async function readPicture(path: string): Promise<Picture> {
  if ((await probe(path)).isDirectory) {
    throw new FileError(path, 'directory', `${path} is a directory, a picture was expected`);
  }
  const { size } = await stat(path);
  if (size > MOST_BYTES) {
    throw new FileError(path, 'memory', `${path}: ${size} bytes; pictures of at most ${MOST_BYTES} are read`);
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
  return decodePicture(bytes, path);
}

/** Writes a PNG file; see `encodePng`. Throws `FileError`. */
export async function writePicture(path: string, picture: Picture, options: OutputOptions): Promise<void> {
  const bytes = await encodePng(picture);
  await writeAtomically(path, options, (temporary) => writeFile(temporary, bytes));
}
