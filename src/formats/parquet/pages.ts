/**
 * One flat column of one row group: its pages decompressed, decoded and put together row by row.
 *
 * hyparquet does the formats (page headers, plain and delta values, logical types); the loop over pages is
 * ours because it checks every declared count and size before it allocates, works on typed arrays, and does
 * not search the schema once a column (hyparquet's own loop takes minutes on tables as wide as a genome).
 */
import type {
  ColumnMetaData,
  CompressionCodec,
  DecodedArray,
  PageHeader,
  SchemaElement,
} from 'hyparquet/src/types.js';
import { decodeHybrid } from './rle.js';

/** The parts of hyparquet and its decompressors that are used, loaded when the first file is opened. */
export interface Codec {
  readonly parquetHeader: (reader: Reader) => PageHeader;
  readonly readPlain: typeof import('hyparquet/src/plain.js').readPlain;
  readonly convert: typeof import('hyparquet/src/convert.js').convert;
  readonly defaultParsers: typeof import('hyparquet/src/convert.js').DEFAULT_PARSERS;
  readonly deltaBinaryUnpack: typeof import('hyparquet/src/delta.js').deltaBinaryUnpack;
  readonly byteStreamSplit: typeof import('hyparquet/src/encoding.js').byteStreamSplit;
  readonly decompressors: Partial<
    Record<CompressionCodec, (input: Uint8Array, length: number) => Uint8Array>
  >;
}
interface Reader {
  view: DataView<ArrayBuffer>;
  offset: number;
}

/** The values of the rows that have one, in order, and which rows those are (absent: all). */
export interface DecodedColumn {
  readonly values: DecodedArray;
  /** 1 where the row has a value. */
  readonly present?: Uint8Array;
}

/** No codec packs more than this into a byte of data that anybody writes. */
const MAX_RATIO = 65536;

/** Loads hyparquet and its decompressors. */
export async function loadCodec(): Promise<Codec> {
  const [column, plain, convert, delta, encoding, { compressors, decompressZstd }] = await Promise.all([
    import('hyparquet/src/column.js'),
    import('hyparquet/src/plain.js'),
    import('hyparquet/src/convert.js'),
    import('hyparquet/src/delta.js'),
    import('hyparquet/src/encoding.js'),
    import('hyparquet-compressors'),
  ]);
  return {
    parquetHeader: column.parquetHeader,
    readPlain: plain.readPlain,
    convert: convert.convert,
    defaultParsers: convert.DEFAULT_PARSERS,
    deltaBinaryUnpack: delta.deltaBinaryUnpack,
    byteStreamSplit: encoding.byteStreamSplit,
    // the frame's own size is not to be trusted: unpack into a buffer of the page's
    decompressors: {
      ...compressors,
      ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
      UNCOMPRESSED: (input) => input,
    },
  };
}

/**
 * The pieces of a column chunk of `nRows` rows, in order. `bytes` are the chunk's own.
 * Throws RangeError, TypeError or Error on anything that does not fit; the caller says where.
 */
export function decodeChunk(
  codec: Codec,
  bytes: Uint8Array<ArrayBuffer>,
  meta: ColumnMetaData,
  element: SchemaElement,
  nRows: number,
): DecodedColumn[] {
  const reader: Reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const nullable = element.repetition_type === 'OPTIONAL';
  const pieces: DecodedColumn[] = [];
  let dictionary: DecodedArray | undefined;
  for (let nSeen = 0; nSeen < nRows; ) {
    if (reader.offset >= bytes.length) throw new RangeError(`ends after ${nSeen} of ${nRows} rows`);
    const header = codec.parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    if (!(packed >= 0) || reader.offset + packed > bytes.length)
      throw new RangeError(`a page of ${packed} bytes`);
    if (!(unpacked >= 0) || unpacked > packed * MAX_RATIO)
      throw new RangeError(`${unpacked} bytes in ${packed}`);
    const body = bytes.subarray(reader.offset, reader.offset + packed);
    reader.offset += packed;
    if (header.type === 'DICTIONARY_PAGE') {
      const page = unpack(codec, meta.codec, body, unpacked);
      const count = header.dictionary_page_header!.num_values;
      dictionary = toLogical(codec, plainValues(codec, page, element, count), element);
    } else if (header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') {
      const page = openPage(codec, meta.codec, header, body, nullable, nRows - nSeen);
      const nValues = page.present ? countOnes(page.present) : page.nRows;
      const values = decodeValues(codec, page, element, nValues, dictionary);
      pieces.push({ values, present: page.present && nValues < page.nRows ? page.present : undefined });
      nSeen += page.nRows;
    } else {
      throw new TypeError(`a page of type ${header.type}`);
    }
  }
  return pieces;
}

interface Page {
  readonly nRows: number;
  readonly encoding: string;
  readonly present?: Uint8Array;
  /** The values' bytes. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Takes the definition levels off a data page and unpacks it. */
function openPage(
  codec: Codec,
  compression: CompressionCodec,
  header: PageHeader,
  body: Uint8Array<ArrayBuffer>,
  nullable: boolean,
  nLeft: number,
): Page {
  const v2 = header.data_page_header_v2;
  const info = v2 ?? header.data_page_header!;
  const nRows = info.num_values;
  if (!(nRows >= 0) || nRows > nLeft) throw new RangeError(`a page of ${nRows} rows where ${nLeft} are left`);
  const levels = (bytes: Uint8Array) =>
    nullable ? Uint8Array.from(decodeHybrid(bytes, 1, nRows)) : undefined;
  if (v2) {
    const nLevelBytes = v2.definition_levels_byte_length + v2.repetition_levels_byte_length;
    if (!(nLevelBytes >= 0) || nLevelBytes > body.length)
      throw new RangeError(`${nLevelBytes} bytes of levels`);
    const packed = body.subarray(nLevelBytes);
    const size = header.uncompressed_page_size - nLevelBytes;
    const data = v2.is_compressed === false ? packed : unpack(codec, compression, packed, size);
    return { nRows, encoding: v2.encoding, present: levels(body.subarray(0, nLevelBytes)), data };
  }
  const page = unpack(codec, compression, body, header.uncompressed_page_size);
  if (!nullable) return { nRows, encoding: info.encoding, data: page };
  const level = header.data_page_header!.definition_level_encoding;
  if (level !== 'RLE') throw new TypeError(`definition levels in ${level}`);
  const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0, true);
  if (length > page.length - 4) throw new RangeError(`${length} bytes of definition levels`);
  const present = levels(page.subarray(4, 4 + length));
  return { nRows, encoding: info.encoding, present, data: page.subarray(4 + length) };
}

function unpack(
  codec: Codec,
  name: CompressionCodec,
  body: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const decompress = codec.decompressors[name];
  if (!decompress) throw new TypeError(`compression ${name ?? 'of an unknown kind'}`);
  const page = body.length === 0 && length === 0 ? body : decompress(body, length);
  if (page.length !== length)
    throw new RangeError(`a page of ${page.length} bytes where ${length} were declared`);
  return page as Uint8Array<ArrayBuffer>;
}

function decodeValues(
  codec: Codec,
  { encoding, data }: Page,
  element: SchemaElement,
  count: number,
  dictionary: DecodedArray | undefined,
): DecodedArray {
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
    if (count === 0) return [];
    if (!dictionary) throw new TypeError('dictionary values without a dictionary');
    const places = decodeHybrid(data.subarray(1), data[0] ?? 0, count);
    return lookUp(dictionary, places);
  }
  return toLogical(codec, physicalValues(codec, encoding, data, element, count), element);
}

function physicalValues(
  codec: Codec,
  encoding: string,
  data: Uint8Array<ArrayBuffer>,
  element: SchemaElement,
  count: number,
): DecodedArray {
  const reader: Reader = { view: new DataView(data.buffer, data.byteOffset, data.byteLength), offset: 0 };
  const { type } = element;
  switch (encoding) {
    case 'PLAIN':
      return plainValues(codec, data, element, count);
    case 'RLE': {
      if (type !== 'BOOLEAN') throw new TypeError(`${type} values in RLE`);
      return Array.from(decodeHybrid(data.subarray(4), 1, count), Boolean);
    }
    case 'BYTE_STREAM_SPLIT':
      if (count * (fixedWidth(element) ?? 0) > data.length) throw new RangeError(`${count} values cut short`);
      return codec.byteStreamSplit(reader, count, type!, element.type_length);
    case 'DELTA_BINARY_PACKED': {
      const values = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
      if (count > 0) codec.deltaBinaryUnpack(reader, count, values);
      return values;
    }
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return byteStrings(data, reader, new Int32Array(count), deltas(codec, reader, count));
    case 'DELTA_BYTE_ARRAY':
      return byteStrings(data, reader, deltas(codec, reader, count), deltas(codec, reader, count));
    default:
      throw new TypeError(`values in ${encoding ?? 'an unknown encoding'}`);
  }
}

function deltas(codec: Codec, reader: Reader, count: number): Int32Array {
  const values = new Int32Array(count);
  if (count > 0) codec.deltaBinaryUnpack(reader, count, values);
  return values;
}

/** Strings of which the first `kept[i]` bytes are the previous one's. */
function byteStrings(data: Uint8Array, reader: Reader, kept: Int32Array, added: Int32Array): Uint8Array[] {
  let previous = new Uint8Array();
  return Array.from(added, (length, i) => {
    const end = reader.offset + length;
    if (length < 0 || end > data.length || kept[i]! < 0 || kept[i]! > previous.length) {
      throw new RangeError('a text that is longer than its page');
    }
    const text = new Uint8Array(kept[i]! + length);
    text.set(previous.subarray(0, kept[i]));
    text.set(data.subarray(reader.offset, end), kept[i]);
    reader.offset = end;
    previous = text;
    return text;
  });
}

function plainValues(
  codec: Codec,
  data: Uint8Array<ArrayBuffer>,
  element: SchemaElement,
  count: number,
): DecodedArray {
  const smallest = element.type === 'BOOLEAN' ? 1 / 8 : (fixedWidth(element) ?? 4);
  if (!(count >= 0) || count * smallest > data.length) throw new RangeError(`${count} values cut short`);
  const reader = { view: new DataView(data.buffer, data.byteOffset, data.byteLength), offset: 0 };
  return codec.readPlain(reader, element.type!, count, element.type_length);
}

function fixedWidth({ type, type_length }: SchemaElement): number | undefined {
  if (type === 'FIXED_LEN_BYTE_ARRAY') return type_length;
  return (
    type &&
    { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8, INT96: 12, BOOLEAN: undefined, BYTE_ARRAY: undefined }[type]
  );
}

/** Physical values as what the schema says they mean: text, dates, decimals. */
function toLogical(codec: Codec, values: DecodedArray, element: SchemaElement): DecodedArray {
  const text = new TextDecoder('utf-8', { fatal: true });
  const parsers = {
    ...codec.defaultParsers,
    stringFromBytes: (bytes: Uint8Array) => text.decode(bytes),
    jsonFromBytes: (bytes: Uint8Array) => text.decode(bytes),
  };
  const schemaPath = [{ element, children: [], count: 1, path: [] }];
  const decoder = { element, parsers, schemaPath } as unknown as Parameters<Codec['convert']>[1];
  return codec.convert(values, decoder);
}

function lookUp(dictionary: DecodedArray, places: Int32Array): DecodedArray {
  const size = dictionary.length;
  for (const place of places) {
    if (place < 0 || place >= size) throw new RangeError(`entry ${place} of a dictionary of ${size}`);
  }
  if (ArrayBuffer.isView(dictionary)) {
    const values = new (dictionary.constructor as Float64ArrayConstructor)(places.length);
    for (let k = 0; k < places.length; k++) values[k] = (dictionary as Float64Array)[places[k]!]!;
    return values;
  }
  return Array.from(places, (place) => dictionary[place]);
}

function countOnes(flags: Uint8Array): number {
  let n = 0;
  for (const flag of flags) n += flag;
  return n;
}
