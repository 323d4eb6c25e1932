/** Bytes that should be UTF-8, and the Latin-1 that old files have instead (µ, mostly). */

/** Throws TypeError for bytes that are not UTF-8. */
export const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Every byte as the character of its number. */
export function latin1Text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
