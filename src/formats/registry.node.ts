/**
 * The formats there are, in the order in which they are asked whether bytes are theirs. One line a format;
 * each is imported only when it is needed.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PerturbationData } from '../data/perturbation-data.js';
import { DataError, FormatError, listNames, OptionError } from '../errors.js';
import { checkOutput, type OutputOptions, probe, writeAtomically } from './files.node.js';
import type { Format, ReadOptions, RowSink, SinkHeader, WriteOptions } from './format.js';

/** Everything known of a format without importing it. */
interface Entry {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly load: () => Promise<Format>;
}

export const formats: readonly Entry[] = [
  { name: 'h5ad', extensions: ['.h5ad'], load: async () => (await import('./h5ad/h5ad.node.js')).h5ad },
  { name: 'gctx', extensions: ['.gctx'], load: async () => (await import('./gctx/gctx.node.js')).gctx },
  { name: 'tenx-h5', extensions: ['.h5'], load: async () => (await import('./tenx/tenx-h5.node.js')).tenxH5 },
  { name: 'zarr', extensions: ['.zarr'], load: async () => (await import('./zarr/zarr.node.js')).zarr },
  {
    name: 'parquet',
    extensions: ['.parquet'],
    load: async () => (await import('./parquet/parquet.node.js')).parquet,
  },
  { name: 'tenx-mtx', extensions: [], load: async () => (await import('./tenx/tenx-mtx.node.js')).tenxMtx },
  {
    name: 'mtx',
    extensions: ['.mtx.gz', '.mtx'],
    load: async () => (await import('./tenx/mtx.node.js')).mtx,
  },
  { name: 'gct', extensions: ['.gct.gz', '.gct'], load: async () => (await import('./gct/gct.node.js')).gct },
  {
    name: 'csv',
    extensions: ['.csv.gz', '.csv'],
    load: async () => (await import('./table/table.node.js')).csv,
  },
  {
    name: 'tsv',
    extensions: ['.tsv.gz', '.txt.gz', '.tsv', '.txt'],
    load: async () => (await import('./table/table.node.js')).tsv,
  },
];

/** Reads any readable file or folder, by its content; the extension only breaks ties. */
export async function readData(path: string, options: ReadOptions = {}): Promise<PerturbationData> {
  return (await formatOf(path)).read!(path, options);
}

/** The format that recognises what is at `path`. Throws FileError, and FormatError when none does. */
export async function formatOf(path: string): Promise<Format> {
  const seen = await probe(path);
  const byName = formats.filter((entry) => hasExtension(path, entry));
  for (const entry of [...byName, ...formats.filter((other) => !byName.includes(other))]) {
    const format = await entry.load();
    if (format.read && format.matches(seen)) return format;
  }
  const what = seen.isDirectory ? describeFolder(path, seen.entries) : describeBytes(seen.head);
  throw new FormatError(byName[0]?.name ?? 'unknown', `not a file that mechanist reads: ${what}`, {
    path,
    expected: formats.map((entry) => entry.name).join(', '),
    found: what,
  });
}

type Able<Ability extends keyof Format> = Format & Required<Pick<Format, Ability>>;

/** The writable format that the extension of `path` names. Throws OptionError with the extensions there are. */
export function writableFormat(path: string): Promise<Able<'write'>> {
  return ableFormat(path, 'write');
}

/** The format for rows that come one block after the other. Throws OptionError with the extensions there are. */
export function streamableFormat(path: string): Promise<Able<'openSink'>> {
  return ableFormat(path, 'openSink', 'other formats cannot be written row by row');
}

async function ableFormat<A extends keyof Format>(path: string, ability: A, advice = ''): Promise<Able<A>> {
  const isAble = (format: Format | undefined): format is Able<A> => format?.[ability] !== undefined;
  const found = await formats.find((entry) => hasExtension(path, entry))?.load();
  if (isAble(found)) return found;
  const all = await Promise.all(formats.map((entry) => entry.load()));
  const extensions = all.filter(isAble).flatMap((format) => format.extensions);
  const names = listNames(extensions, extensions.length);
  throw new OptionError('output file', path, `a name that ends in one of ${names}`, advice);
}

/** Writes `data` to `path` in the format of its extension, complete or not at all. */
export async function writeData(
  path: string,
  data: PerturbationData,
  options: WriteOptions & { overwrite?: boolean } = {},
): Promise<string[]> {
  const format = await writableFormat(path);
  const output = await outputOptions(path, format, options.overwrite);
  return writeAtomically(path, output, (temporary) => format.write(temporary, data, options));
}

/** Fails early when `path` cannot be written: no format of that extension, there already, no folder for it. */
export async function checkWritable(path: string, overwrite = false): Promise<void> {
  const format = await writableFormat(path);
  await checkOutput(path, await outputOptions(path, format, overwrite));
}

/** The same for a file that is written row by row, and for the files of the layers that it may bring. */
export async function checkStreamable(
  path: string,
  overwrite = false,
  layers: readonly string[] = [],
): Promise<void> {
  const format = await streamableFormat(path);
  await checkOutput(path, { overwrite });
  if (format.streamsLayers) return;
  for (const layer of layers) await checkOutput(besidePath(path, format, layer), { overwrite });
}

/** Removes files of layers that an earlier run left beside `path`: they would not belong to what is there now. */
export async function removeStaleLayers(path: string, layers: readonly string[]): Promise<void> {
  const format = await streamableFormat(path);
  if (format.streamsLayers) return;
  for (const layer of layers) await rm(besidePath(path, format, layer), { force: true });
}

/** A folder is replaced only if it is what this format writes. */
async function outputOptions(path: string, format: Format, overwrite = false): Promise<OutputOptions> {
  if (!overwrite) return { overwrite };
  const there = await probe(path).catch(() => undefined);
  return { overwrite, replacesFolder: there?.isDirectory && format.matches(there) };
}

/**
 * Writes rows as `produce` hands them over; the file appears only when all have come. A layer that the format cannot
 * hold becomes a file of its own beside it: `OUT.lower.csv` of `OUT.csv`. Returns the paths of all files.
 */
export async function streamData(
  path: string,
  header: SinkHeader,
  options: { overwrite?: boolean },
  produce: (sink: RowSink) => Promise<void>,
): Promise<string[]> {
  const format = await streamableFormat(path);
  const { layers = [], ...plain } = header;
  if (format.streamsLayers || layers.length === 0) {
    await streamOne(format, path, header, options, produce);
    return [path];
  }
  const [layer, ...others] = layers;
  const layerPath = besidePath(path, format, layer);
  const rest: string[] = [];
  await streamOne(format, layerPath, plain, options, async (own) => {
    const split = (sink: RowSink): RowSink => ({
      async append(block) {
        const X = block.layers?.get(layer);
        if (!X) throw new DataError(`rows without the layer '${layer}' that was announced`);
        await sink.append(block);
        await own.append({ obs: block.obs, X });
      },
      finish: () => sink.finish(),
      abort: () => sink.abort(),
    });
    rest.push(
      ...(await streamData(path, { ...plain, layers: others }, options, (sink) => produce(split(sink)))),
    );
  });
  return [...rest, layerPath];
}

/** `out.csv.gz` and `lower`: `out.lower.csv.gz`. */
function besidePath(path: string, { extensions }: Format, layer: string): string {
  const extension = extensions.find((candidate) => path.toLowerCase().endsWith(candidate)) ?? '';
  const stem = path.slice(0, path.length - extension.length);
  return `${stem}.${layer}${path.slice(stem.length)}`;
}

async function streamOne(
  format: Able<'openSink'>,
  path: string,
  header: SinkHeader,
  options: { overwrite?: boolean },
  produce: (sink: RowSink) => Promise<void>,
): Promise<void> {
  await writeAtomically(path, options, async (temporary) => {
    const sink = await format.openSink(temporary, header);
    try {
      await produce(sink);
      await sink.finish();
    } catch (error) {
      await sink.abort();
      throw error;
    }
  });
}

function hasExtension(path: string, entry: Entry): boolean {
  const lower = path.toLowerCase();
  return entry.extensions.some((extension) => lower.endsWith(extension));
}

/** What is in a folder, and which file of it could be meant. */
function describeFolder(path: string, entries: readonly string[]): string {
  const readable = entries.filter((name) => formats.some((entry) => hasExtension(name, entry)));
  // a matrix before the tables that go with it
  const meant = readable.find((name) => !/\.(csv|tsv|txt)(\.gz)?$/.test(name)) ?? readable[0];
  const hint = meant === undefined ? '' : `; did you mean '${join(path, meant)}'?`;
  return `a folder with ${listNames(entries)}${hint}`;
}

function describeBytes(head: Uint8Array): string {
  if (head.length === 0) return 'an empty file';
  const text = /^[\t\n\r\x20-\x7e]{8}/.test(String.fromCharCode(...head.subarray(0, 8)));
  if (text) return `it begins with the text ${JSON.stringify(String.fromCharCode(...head.subarray(0, 40)))}`;
  const shown = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `it begins with the bytes ${shown}`;
}
