/**
 * Is a dataset's declared size possible for the file it is in? Asked before any memory is taken: a few bytes
 * of a damaged or hostile header can declare terabytes.
 */
import { product } from './pieces.js';
import type { Session } from './session.js';
import type { Metadata } from './wasm.js';

/** Datasets that were created and never written have no bytes in the file; small ones are believed. */
const FLOOR_BYTES = 2 ** 22;
/** Deflate cannot do better than 1032 to 1; chunks never written are the other reason to exceed the file. */
const DEFLATE_RATIO = 1032;
/** zstd and blosc pack a constant block of 128 KiB into a few bytes. */
const OTHER_RATIO = 32768;

export function checkDeclaredSize(
  session: Session,
  where: string,
  metadata: Metadata,
  filters: readonly { id: number }[],
): void {
  const declared = product(metadata.shape ?? []) * metadata.size;
  const ratio =
    metadata.chunks === null ? 1 : filters.some(({ id }) => id > 255) ? OTHER_RATIO : DEFLATE_RATIO;
  const possible = Math.max(FLOOR_BYTES, session.fileBytes * ratio);
  if (declared <= possible) return;
  const shape = (metadata.shape ?? []).join(' × ');
  throw session.damaged(
    `declares ${declared} bytes (${shape} values), impossible in a file of ${session.fileBytes} bytes; ` +
      'the file is damaged or cut off',
    where,
    { expected: `at most ${possible} bytes`, found: `${declared} bytes` },
  );
}
