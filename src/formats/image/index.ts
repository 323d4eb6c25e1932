/** Pictures: PNG and JPEG in, PNG out. */
import { FormatError } from '../../errors.js';
import { decodeJpeg, isJpeg } from './jpeg.js';
import type { Picture } from './picture.js';
import { decodePng, isPng } from './png.js';

export type { Picture } from './picture.js';
export { encodePng } from './png.js';

/**
 * The picture in the bytes of a PNG or JPEG file; `path` names it in errors.
 * Throws `FormatError` on anything else, and on files that are damaged, too large or transparent.
 */
export async function decodePicture(bytes: Uint8Array, path: string): Promise<Picture> {
  if (isPng(bytes)) return decodePng(bytes, path);
  if (isJpeg(bytes)) return decodeJpeg(bytes, path);
  throw new FormatError('image', 'neither PNG nor JPEG; convert it to PNG first', { path });
}
