/**
 * A zarr store of version 3 in a folder, with the methods by which the AnnData writer writes HDF5, so that
 * both formats are written by the same code and hold the same.
 *
 * Numbers are `bytes` then `gzip`, text is `vlen-utf8` then `gzip`; every chunk is written whole. Metadata are
 * written when the store is closed: until then it is no zarr store.
 * Source: https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ShapeError } from '../../errors.js';
import { fileError } from '../files.node.js';
import type { Hdf5Writable } from '../hdf5/index.js';

type Attribute = string | number | boolean | readonly string[] | Hdf5Writable;
type Metadata = Record<string, unknown> & { attributes: Record<string, unknown> };

/** About what a chunk holds before compression. */
const CHUNK_BYTES = 2 ** 20;
/** Counts compress nearly as well at 1 as at 9, several times faster. */
const GZIP_LEVEL = 1;
const GZIP = { name: 'gzip', configuration: { level: GZIP_LEVEL } };

export class ZarrWriter {
  private readonly nodes = new Map<string, Metadata>();

  constructor(readonly path: string) {
    this.group('');
  }

  /** Makes a group with its parents; one that is there is left as it is. */
  group(path: string): void {
    if (this.nodes.has(path)) return;
    this.parentOf(path);
    this.nodes.set(path, { zarr_format: 3, node_type: 'group', attributes: {} });
  }

  attr(path: string, name: string, value: Attribute): void {
    const plain = ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<number | bigint>, Number) : value;
    this.nodes.get(path)!.attributes[name] = plain;
  }

  numbers(path: string, values: Hdf5Writable, options: { shape?: readonly number[] } = {}): void {
    const type = values.constructor.name.replace(/^(Big)?(\w+)Array$/, '$2').toLowerCase();
    this.typed(path, values, type, 0, options.shape);
  }

  booleans(path: string, values: Uint8Array, options: { shape?: readonly number[] } = {}): void {
    this.typed(path, values, 'bool', false, options.shape);
  }

  strings(path: string, values: readonly string[], options: { shape?: readonly number[] } = {}): void {
    const shape = options.shape ?? [values.length];
    const chunkShape = this.array(path, values.length, shape, 16, {
      data_type: 'string',
      fill_value: '',
      codecs: [{ name: 'vlen-utf8', configuration: {} }, GZIP],
    });
    this.chunks(path, values.length, shape, chunkShape, (from, to, padded) => {
      const texts = values.slice(from, to);
      return vlenUtf8([...texts, ...new Array<string>(padded - texts.length).fill('')]);
    });
  }

  /** Writes the metadata; the store is complete. */
  close(): void {
    for (const [path, metadata] of this.nodes) {
      this.put(`${path}/zarr.json`, new TextEncoder().encode(JSON.stringify(metadata, null, 1)));
    }
  }

  private typed(
    path: string,
    values: Hdf5Writable,
    type: string,
    fill: number | boolean,
    shape: readonly number[] = [values.length],
  ): void {
    const width = values.BYTES_PER_ELEMENT;
    const bytes = width === 1 ? { name: 'bytes' } : { name: 'bytes', configuration: { endian: 'little' } };
    const chunkShape = this.array(path, values.length, shape, width, {
      data_type: type,
      fill_value: fill,
      codecs: [bytes, GZIP],
    });
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.chunks(path, values.length, shape, chunkShape, (from, to, padded) => {
      const chunk = new Uint8Array(padded * width);
      chunk.set(raw.subarray(from * width, to * width));
      return chunk;
    });
  }

  /** Notes an array, chunked along its first axis; returns the shape of a chunk. Throws ShapeError. */
  private array(
    path: string,
    length: number,
    shape: readonly number[],
    width: number,
    more: object,
  ): number[] {
    const perRow = shape.slice(1).reduce((a, b) => a * b, 1);
    if (length !== (shape.length === 0 ? 1 : shape[0]! * perRow)) {
      throw new ShapeError(path, `values for ${shape.join(' × ')}`, `${length}`);
    }
    const rows = Math.max(1, Math.min(shape[0] ?? 1, Math.floor(CHUNK_BYTES / Math.max(1, perRow * width))));
    // chunks have at least one value along every axis, arrays may have none
    const chunkShape = shape.map((extent, axis) => (axis === 0 ? rows : Math.max(1, extent)));
    this.parentOf(path);
    this.nodes.set(path, {
      zarr_format: 3,
      node_type: 'array',
      shape,
      chunk_grid: { name: 'regular', configuration: { chunk_shape: chunkShape } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      ...more,
      attributes: {},
    });
    return chunkShape;
  }

  /** Makes the chunks of values `[from, to)`, filled up to the size of a whole one. */
  private chunks(
    path: string,
    length: number,
    shape: readonly number[],
    chunkShape: readonly number[],
    bytesOf: (from: number, to: number, padded: number) => Uint8Array,
  ): void {
    const padded = chunkShape.reduce((a, b) => a * b, 1);
    const zeros = shape.map(() => '0').slice(1);
    for (let from = 0, k = 0; from < length; from += padded, k++) {
      const key = shape.length === 0 ? 'c' : ['c', k, ...zeros].join('/');
      const bytes = bytesOf(from, Math.min(from + padded, length), padded);
      this.put(`${path}/${key}`, gzipSync(bytes, { level: GZIP_LEVEL }));
    }
  }

  private parentOf(path: string): void {
    const slash = path.lastIndexOf('/');
    if (path !== '') this.group(slash < 0 ? '' : path.slice(0, slash));
  }

  private put(key: string, bytes: Uint8Array): void {
    const file = join(this.path, key);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    } catch (error) {
      throw fileError(error, this.path);
    }
  }
}

/** Count, then length and bytes of each text, little-endian (numcodecs' VLenUTF8). */
function vlenUtf8(texts: readonly string[]): Uint8Array {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(encoded.reduce((sum, text) => sum + 4 + text.length, 4));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, texts.length, true);
  let at = 4;
  for (const text of encoded) {
    view.setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}
