/**
 * An open HDF5 file and the one door to the library: every call goes through `call`, which turns whatever the
 * library or WebAssembly throws into one of our errors and remembers that the instance is no longer clean.
 */
import { FileError, FormatError, isMechanistError } from '../../errors.js';
import type { Wasm } from './wasm.js';

export interface SessionOptions {
  readonly path: string;
  /** Whose file it is, for error messages: 'h5ad', 'gctx', … */
  readonly format: string;
  readonly fileBytes: number;
  readonly writing: boolean;
  readonly onClose: (wasm: Wasm, clean: boolean) => void;
}

export class Session {
  readonly path: string;
  readonly format: string;
  /** Size of the file when it was opened. */
  readonly fileBytes: number;
  /** Objects whose text was not UTF-8 and was read as Latin-1. */
  readonly latin1 = new Set<string>();
  private readonly writing: boolean;
  private id: bigint | undefined;
  private clean = true;

  constructor(
    readonly wasm: Wasm,
    private readonly options: SessionOptions,
  ) {
    this.path = options.path;
    this.format = options.format;
    this.fileBytes = options.fileBytes;
    this.writing = options.writing;
    const mode = options.writing ? wasm.H5F_ACC_TRUNC : wasm.H5F_ACC_RDONLY;
    try {
      this.id = this.guard('', () => wasm.open(options.path, mode, false));
    } catch (error) {
      options.onClose(wasm, false);
      throw error;
    }
  }

  /** Runs `work` with the library and the file; `where` is the HDF5 object, for the message. */
  call<T>(where: string, work: (wasm: Wasm, file: bigint) => T): T {
    const { id } = this;
    if (id === undefined) throw this.damaged('the file is closed', where);
    return this.guard(where, () => work(this.wasm, id));
  }

  /** Runs `work` with `bytes` of the library's memory. */
  withMemory<T>(where: string, bytes: number, work: (pointer: number, wasm: Wasm, file: bigint) => T): T {
    return this.call(where, (wasm, file) => {
      const pointer = wasm._malloc(Math.max(bytes, 8));
      if (pointer === 0) throw this.outOfMemory(bytes, where);
      try {
        return work(pointer, wasm, file);
      } finally {
        // after a failure the whole instance goes, and freeing in a broken one could trap again
        if (this.clean) wasm._free(pointer);
      }
    });
  }

  /** Closes once; further calls do nothing. */
  close(): void {
    const { id } = this;
    if (id === undefined) return;
    this.id = undefined;
    try {
      this.guard('', () => this.wasm.close_file(id));
    } finally {
      this.options.onClose(this.wasm, this.clean);
    }
  }

  damaged(message: string, where: string, details: { expected?: string; found?: string } = {}): FormatError {
    return new FormatError(this.format, message, { path: this.path, where: where || undefined, ...details });
  }

  outOfMemory(bytes: number, where: string, cause?: unknown): FileError {
    const size = `${Math.ceil(bytes / 2 ** 20)} MiB`;
    const text = `${this.path}, ${where}: not enough memory for ${size}; read fewer rows at a time`;
    return new FileError(this.path, 'memory', text, { cause });
  }

  private guard<T>(where: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (isMechanistError(error)) throw error;
      this.clean = false;
      throw this.explain(error, where);
    }
  }

  private explain(error: unknown, where: string): Error {
    const text = error instanceof Error ? error.message : String(error);
    const place = where ? `${this.path}, ${where}` : this.path;
    if (/no space left|disk quota/i.test(text)) {
      return new FileError(this.path, 'disk-full', `${place}: no space left on the device`, { cause: error });
    }
    if (/cannot enlarge memory|memory allocation failed|\bOOM\b|Array buffer allocation/i.test(text)) {
      return new FileError(this.path, 'memory', `${place}: not enough memory to read this`, { cause: error });
    }
    const reason = deepestReason(text);
    if (this.writing) {
      return new FileError(this.path, 'unwritable', `${place}: cannot be written: ${reason}`, {
        cause: error,
      });
    }
    const options = { cause: error };
    const details = { path: this.path, where: where || undefined };
    return new FormatError(this.format, `not readable as HDF5: ${reason}`, details, options);
  }
}

/** The library reports a stack of calls, `#000: H5D.c line 1 in f(): reason`; the last one is the cause. */
function deepestReason(text: string): string {
  const reasons = [...text.matchAll(/#\d+: .*?\(\): (.+)/g)].map((match) => match[1]!.trim());
  return reasons.at(-1) ?? (text.split('\n')[0]!.trim().slice(0, 200) || 'unknown failure');
}
