/** A small file system of its own, where this machine allows one: to be full, or not to be written to. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Mounts a tmpfs at `path` with these options; `false` where that is not allowed. */
export function mountTmpfs(path: string, options: string): boolean {
  mkdirSync(path, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]).status === 0;
}

export function unmount(path: string): void {
  spawnSync('umount', [path]);
}
