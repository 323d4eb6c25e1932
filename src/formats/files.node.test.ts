import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError, FileError, FormatError } from '../errors.js';
import {
  checkNotInput,
  checkOutput,
  fileError,
  makeFolder,
  probe,
  temporaryName,
  unchanged,
  writeAtomically,
} from './files.node.js';

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mechanist-files-'));
  await writeFile(at('screen.csv'), 'cell,gene\nA,1\n');
  await mkdir(at('inner'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as FileError,
  );

describe('fileError', () => {
  it.each([
    ['ENOENT', 'missing'],
    ['EISDIR', 'directory'],
    ['ENOTDIR', 'not-a-directory'],
    ['EACCES', 'permission'],
    ['EROFS', 'permission'],
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EEXIST', 'exists'],
  ])('knows %s', (code, trouble) => {
    const error = fileError(Object.assign(new Error(code), { code, syscall: 'open' }), 'x.csv');
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ trouble, path: 'x.csv' });
    expect(error.message).toContain('x.csv');
  });

  it('makes a FileError of any other answer of the file system', () => {
    const error = fileError(
      Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'read' }),
      'x.csv',
    );
    expect(error).toMatchObject({ tag: 'FileError', message: 'x.csv: EIO: i/o error' });
  });

  it('lets our own errors and those of programs pass', () => {
    const ours = new DataError('nothing');
    expect(fileError(ours, 'x')).toBe(ours);
    const bug = new TypeError('undefined is not a function');
    expect(fileError(bug, 'x')).toBe(bug);
    expect(fileError('text', 'x').message).toBe('text');
  });
});

describe('probe', () => {
  it('shows the first bytes, unpacked, of at most 64 KiB', async () => {
    await writeFile(at('long.txt'), 'x'.repeat(100_000));
    await writeFile(at('long.txt.gz'), gzipSync('y'.repeat(1000)));
    expect(await probe(at('long.txt'))).toMatchObject({ isDirectory: false, gzipped: false });
    expect((await probe(at('long.txt'))).head).toHaveLength(65536);
    const packed = await probe(at('long.txt.gz'));
    expect(packed.gzipped).toBe(true);
    expect(new TextDecoder().decode(packed.head)).toBe('y'.repeat(1000));
  });

  it('shows the names in a folder, nothing of an empty file', async () => {
    await writeFile(at('empty'), '');
    expect((await probe(folder)).entries).toContain('screen.csv');
    expect((await probe(at('empty'))).head).toHaveLength(0);
  });

  it('is not led astray by a gzip bomb, and refuses gzip that is none', async () => {
    await writeFile(at('bomb.gz'), gzipSync(Buffer.alloc(50_000_000)));
    expect((await probe(at('bomb.gz'))).head.length).toBeLessThan(2 ** 21);
    await writeFile(at('not.gz'), Buffer.concat([Buffer.of(0x1f, 0x8b), deflateRawSync('no header')]));
    expect(await caught(probe(at('not.gz')))).toBeInstanceOf(FormatError);
  });

  it('names the nearest file when there is none of that name', async () => {
    const error = await caught(probe(at('scren.csv')));
    expect(error).toMatchObject({ trouble: 'missing' });
    expect(error?.message).toContain(`did you mean '${at('screen.csv')}'`);
    expect(await caught(probe(at('no', 'such', 'folder.csv')))).toMatchObject({ trouble: 'missing' });
    expect(await caught(probe(at('screen.csv', 'x')))).toMatchObject({ trouble: 'not-a-directory' });
  });

  it('refuses links that go in a circle', async () => {
    await symlink(at('loop'), at('loop'));
    expect(await caught(probe(at('loop')))).toBeInstanceOf(FileError);
  });
});

describe('unchanged', () => {
  it('gives what was read of a file that stays, and refuses one that does not', async () => {
    const path = at('screen.csv');
    expect(await unchanged(path, async () => 7)).toBe(7);
    const later = new Date(Date.now() + 5000);
    const touched = caught(unchanged(path, () => utimes(path, later, later)));
    expect(await touched).toMatchObject({ trouble: 'changed' });
    const longer = caught(unchanged(path, () => writeFile(path, 'cell,gene\nA,1\nB,2\n')));
    expect(await longer).toMatchObject({ trouble: 'changed' });
    const gone = caught(unchanged(at('gone'), async () => 1));
    expect(await gone).toMatchObject({ trouble: 'missing' });
  });
});

describe('writeAtomically', () => {
  const names = async () => (await readdir(at('inner'))).sort();

  it('shows the file only when it is complete', async () => {
    const result = await writeAtomically(at('inner', 'a.txt'), {}, async (temporary) => {
      await writeFile(temporary, 'half');
      expect(await names()).not.toContain('a.txt');
      return 3;
    });
    expect(result).toBe(3);
    expect(await names()).toEqual(['a.txt']);
  });

  it('leaves what was there, and nothing else, when writing fails', async () => {
    const failing = writeAtomically(at('inner', 'a.txt'), { overwrite: true }, async (temporary) => {
      await writeFile(temporary, 'broken');
      throw new DataError('cannot go on');
    });
    expect(await caught(failing)).toBeInstanceOf(DataError);
    expect(await names()).toEqual(['a.txt']);
    expect(await readFile(at('inner', 'a.txt'), 'utf8')).toBe('half');
  });

  it('replaces a file only when told to, a folder only where it is of the same kind', async () => {
    const write = (options: { overwrite?: boolean; replacesFolder?: boolean }, name = 'a.txt') =>
      caught(writeAtomically(at('inner', name), options, (temporary) => writeFile(temporary, 'new')));
    expect(await write({})).toMatchObject({ trouble: 'exists' });
    expect(await write({ overwrite: true })).toBeUndefined();
    expect(await readFile(at('inner', 'a.txt'), 'utf8')).toBe('new');
    await mkdir(at('inner', 'b', 'c'), { recursive: true });
    expect(await write({ overwrite: true }, 'b')).toMatchObject({ trouble: 'directory' });
    expect(await write({ overwrite: true, replacesFolder: true }, 'b')).toBeUndefined();
    expect(await readFile(at('inner', 'b'), 'utf8')).toBe('new');
  });

  it('removes what is half-written when the program leaves in the middle', async () => {
    const script = `
      import { writeFile } from 'node:fs/promises';
      import { writeAtomically } from ${JSON.stringify(new URL('../../dist/formats/files.node.js', import.meta.url).href)};
      await writeAtomically(${JSON.stringify(at('inner', 'left.txt'))}, {}, async (temporary) => {
        await writeFile(temporary, 'half');
        process.exit(130);
      });`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(status).toBe(130);
    expect((await names()).filter((name) => name.includes('left'))).toEqual([]);
  });
});

describe('outputs', () => {
  it('are checked before the work: the folder has to be there', async () => {
    expect(await caught(checkOutput(at('new.csv'), {}))).toBeUndefined();
    expect(await caught(checkOutput(at('none', 'new.csv'), {}))).toMatchObject({ trouble: 'missing' });
    expect(await caught(checkOutput(at('screen.csv'), {}))).toMatchObject({ trouble: 'exists' });
    expect(await caught(checkOutput(at('n'.repeat(300)), {}))).toBeInstanceOf(FileError);
  });

  it.skipIf(process.getuid?.() === 0)(
    'are checked before the work: the folder has to be writable',
    async () => {
      await mkdir(at('locked'));
      await chmod(at('locked'), 0o555);
      expect(await caught(checkOutput(at('locked', 'new.csv'), {}))).toMatchObject({ trouble: 'permission' });
    },
  );

  it('have temporary names beside them that keep the extension', () => {
    const [a, b] = [temporaryName('/x/screen.h5ad'), temporaryName('/x/screen.h5ad')];
    expect(a).toMatch(/^\/x\/\..*\.h5ad$/);
    expect(a).not.toBe(b);
    expect(temporaryName(`/x/${'n'.repeat(250)}.h5ad`).length).toBeLessThan(200);
  });

  it('make folders, and say when a file is in their place', async () => {
    await makeFolder(at('deep', 'er'));
    expect(await readdir(at('deep'))).toEqual(['er']);
    expect(await caught(makeFolder(at('screen.csv')))).toMatchObject({ trouble: 'not-a-directory' });
    expect(await caught(makeFolder(at('screen.csv', 'x')))).toMatchObject({ trouble: 'not-a-directory' });
  });
});

describe('what must not be replaced', () => {
  it('is an input, by whatever name it is reached', async () => {
    await writeFile(at('read.csv'), 'a\n');
    await symlink(at('read.csv'), at('link.csv'));
    for (const name of ['read.csv', 'link.csv', 'inner/../read.csv']) {
      const error = await caught(checkNotInput(`${folder}/${name}`, [undefined, at('read.csv')]));
      expect(error).toBeInstanceOf(FileError);
      expect(error?.message).toContain('is the input itself');
    }
    await checkNotInput(at('screen.csv'), [at('read.csv')]);
    await checkNotInput(at('new.csv'), [at('read.csv'), at('absent.csv')]);
  });

  it('is a write-protected file, even for a superuser and with overwrite', async () => {
    await writeFile(at('kept.csv'), 'a\n');
    await chmod(at('kept.csv'), 0o444);
    const error = await caught(checkOutput(at('kept.csv'), { overwrite: true }));
    expect(error?.trouble).toBe('permission');
    expect(error?.message).toContain('write-protected');
  });
});
