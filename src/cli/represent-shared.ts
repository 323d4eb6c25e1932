/** What `mechanist represent` asks of every model: the options that all have, as a request. */
import { wholeNumber } from './arguments.js';
import { type CommonOptions, interruptSignal, type ProgressLines, remark } from './terminal.js';
import { packageVersion } from './version.js';

export interface SharedOptions extends CommonOptions {
  readonly out: string;
  readonly model: string;
  readonly compare?: string;
  readonly control?: string;
  readonly layer?: string;
  readonly preprocess?: string;
  readonly cells?: string;
  readonly genes?: string;
  readonly heldOut?: string;
  readonly heldOutFile?: string;
  readonly checkpointEvery?: string;
  readonly exportOnnx?: true | string;
  readonly seed: string;
  readonly threads?: string;
  readonly device: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
}

export type SharedRequest = ReturnType<typeof sharedRequest>;

export function sharedRequest(path: string, options: SharedOptions, lines: ProgressLines) {
  const { out, model, compare, control, layer, preprocess, cells, genes, heldOut, heldOutFile } = options;
  const { checkpointEvery, threads, device, overwrite, resume } = options;
  return {
    ...{ path, out, model, compare, control, layer, preprocess, cells, genes, heldOut, heldOutFile },
    ...{ device, overwrite, resume },
    checkpointEvery:
      checkpointEvery === undefined ? undefined : wholeNumber('--checkpoint-every', checkpointEvery, 1),
    exportOnnx: rowsAtATime(options.exportOnnx),
    seed: wholeNumber('--seed', options.seed, 0),
    threads: threads === undefined ? undefined : wholeNumber('--threads', threads, 1),
    version: packageVersion(),
    signal: interruptSignal(),
    onUnderstood: (...sentences: readonly string[]) => remark(options, ...sentences),
    onProgress: lines.update,
  };
}

const rowsAtATime = (given?: true | string) =>
  given === undefined || given === true ? given && 1 : wholeNumber('--export-onnx', given, 1);
