/**
 * PNG files in and out, around the package fast-png. It inflates whatever a file holds; so chunks are walked
 * first, and the picture's data must have the size that the header declares before anything is allocated for it.
 */

import type { DecodedPng } from 'fast-png';
import { FormatError, isMechanistError } from '../../errors.js';
import { MOST_PIXELS, type Picture } from './picture.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Chunks that carry the picture; the others (text, profiles, times) are not looked at. */
const KEPT = new Set(['IHDR', 'PLTE', 'IDAT', 'tRNS', 'IEND']);
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Throws `FormatError` on what is no PNG, is damaged or has transparent pixels. */
export async function decodePng(bytes: Uint8Array, path: string): Promise<Picture> {
  const fault = (message: string, cause?: unknown) => new FormatError('png', message, { path }, { cause });
  const { kept, data, header } = chunksOf(bytes, fault);
  await checkInflatedSize(data, header, fault);
  const { convertIndexedToRgb, decode } = await import('fast-png');
  try {
    const png = decode(kept, { checkCrc: true });
    const { height, width, depth } = png;
    // a palette is of 8 bits whatever its indices are
    const samples = header.indexed ? convertIndexedToRgb(png) : unpacked(png);
    const largest = header.indexed ? 255 : 2 ** depth - 1;
    const nSamples = samples.length / (height * width);
    const transparent =
      nSamples % 2 === 0
        ? samples.some((value, i) => i % nSamples === nSamples - 1 && value !== largest)
        : png.transparency !== undefined;
    if (transparent) throw fault('has transparent pixels; save it without them first');
    const channels = nSamples < 3 ? 1 : 3;
    const values = new Float64Array(height * width * channels);
    for (let pixel = 0, at = 0; pixel < height * width; pixel++) {
      for (let c = 0; c < channels; c++, at++) values[at] = samples[pixel * nSamples + c] / largest;
    }
    return { height, width, channels, values, depth: depth === 16 ? 16 : 8 };
  } catch (error) {
    if (isMechanistError(error)) throw error;
    throw fault(`damaged: ${(error as Error).message}`, error);
  }
}

type Fault = (message: string, cause?: unknown) => FormatError;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  /** Samples are places in a palette; other pictures may carry one as a hint. */
  readonly indexed: boolean;
}

/** The file without what is not needed, its compressed data as parts, and what the header says. */
function chunksOf(bytes: Uint8Array, fault: Fault): { kept: Uint8Array; data: Uint8Array[]; header: Header } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const data: Uint8Array[] = [];
  let header: Header | undefined;
  let at = 8;
  for (let type = ''; type !== 'IEND'; ) {
    if (at + 12 > bytes.length) throw fault('cut off: it ends before its last chunk');
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw fault('cut off: a chunk is longer than the file');
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (header === undefined) {
      if (type !== 'IHDR' || length !== 13) throw fault('damaged: it does not begin with its header');
      header = headerOf(view, at + 8, fault);
    }
    if (type === 'IDAT') data.push(content);
    if (KEPT.has(type)) parts.push(bytes.subarray(at, at + 12 + length));
    at += 12 + length;
  }
  const kept = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let to = 0;
  for (const part of parts) {
    kept.set(part, to);
    to += part.length;
  }
  return { kept, data, header: header as Header };
}

function headerOf(view: DataView, at: number, fault: Fault): Header {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, colour, interlace] = [view.getUint8(at + 8), view.getUint8(at + 9), view.getUint8(at + 12)];
  if (width === 0 || height === 0 || CHANNELS[colour] === undefined || ![1, 2, 4, 8, 16].includes(depth)) {
    throw fault(`damaged: its header says ${width} × ${height}, colour type ${colour}, ${depth} bits`);
  }
  if (width * height > MOST_PIXELS) {
    throw fault(`${width} × ${height} pixels; at most ${MOST_PIXELS} are read`);
  }
  if (interlace !== 0 && depth < 8) {
    throw fault(`interlaced with ${depth} bits a pixel, which is not read; save it without interlacing`);
  }
  return { width, height, bitsPerPixel: depth * CHANNELS[colour], indexed: colour === 3 };
}

/** Throws unless the data inflates to about what the header declares; stops as soon as it is more. */
async function checkInflatedSize(
  data: readonly Uint8Array[],
  { width, height, bitsPerPixel }: Header,
  fault: Fault,
): Promise<void> {
  const least = height * Math.ceil((width * bitsPerPixel) / 8);
  // a filter byte a row; interlacing has at most twice the rows, and seven times rounds rows up
  const most = least + 17 * height + 64;
  let size = 0;
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of data) controller.enqueue(part);
      controller.close();
    },
  });
  // what streams are typed with differs between Node and the browser
  const inflated = source.pipeThrough(
    new DecompressionStream('deflate') as unknown as ReadableWritablePair<Uint8Array, Uint8Array>,
  );
  const reader = inflated.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > most) break;
    }
  } catch (error) {
    throw fault('damaged: its data cannot be decompressed', error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (size < least || size > most) {
    throw fault(
      `damaged: ${width} × ${height} pixels are declared, ${size > most ? 'more' : 'fewer'} are there`,
    );
  }
}

/** One number a sample: bits of less than 8 lie several to a byte, rows begin at bytes. */
function unpacked({ data, depth, width, height }: DecodedPng): DecodedPng['data'] {
  if (depth >= 8) return data;
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      const bit = column * depth;
      samples[at] = (data[row * rowBytes + (bit >> 3)] >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return samples;
}

/** The PNG file of a picture; values outside 0 … 1 are cut. */
export async function encodePng({ height, width, channels, values, depth }: Picture): Promise<Uint8Array> {
  const { encode } = await import('fast-png');
  const largest = 2 ** depth - 1;
  const data = depth === 16 ? new Uint16Array(values.length) : new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    data[i] = Math.round(Math.max(0, Math.min(1, values[i])) * largest);
  }
  return encode({ width, height, channels, depth, data });
}
