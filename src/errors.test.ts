import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ColumnError,
  DataError,
  FileError,
  type FileTrouble,
  FormatError,
  InterruptedError,
  isMechanistError,
  listNames,
  NumericalError,
  nearest,
  OptionError,
  RoleError,
  ShapeError,
} from './errors.js';

const ALL = [
  new FileError('a.csv', 'missing', 'a.csv: no such file'),
  new FormatError('csv', 'broken'),
  new ColumnError('drg', 'obs', ['drug']),
  new RoleError('action', ['a', 'b'], 'which?'),
  new ShapeError('X', '2 × 3', '6 × 1'),
  new DataError('nothing here'),
  new OptionError('--method', 'si-b', ['si-a']),
  new NumericalError('diverged'),
  new InterruptedError(),
];

describe('the errors', () => {
  it('carry the name of their class as tag and name', () => {
    for (const error of ALL) {
      expect(error.tag).toBe(error.constructor.name);
      expect(error.name).toBe(error.tag);
      expect(isMechanistError(error)).toBe(true);
      expect(isMechanistError(error, error.tag)).toBe(true);
    }
    expect(isMechanistError(ALL[0], 'FormatError')).toBe(false);
  });

  it('are known again when they come from another thread as a plain error with their fields', () => {
    const sent = Object.assign(new Error('disk'), { ...new FileError('x', 'disk-full', 'disk') });
    expect(isMechanistError(sent, 'FileError')).toBe(true);
    expect(sent).toMatchObject({ exitCode: 1, trouble: 'disk-full' });
  });

  it('are not what others throw', () => {
    for (const other of [new TypeError('x'), 'text', null, undefined, { tag: 'FileError', exitCode: 2 }]) {
      expect(isMechanistError(other)).toBe(false);
    }
  });

  it('leave with 2 for bad input, 1 for a failure of the work, 130 when interrupted', () => {
    expect(ALL.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2, 2, 2, 2, 1, 130]);
    const leave = (trouble: FileTrouble) => new FileError('x', trouble, 'x').exitCode;
    expect((['missing', 'exists', 'changed', 'permission'] as const).map(leave)).toEqual([2, 2, 2, 2]);
    expect((['disk-full', 'memory', 'unwritable'] as const).map(leave)).toEqual([1, 1, 1]);
  });

  it('say where, what was found, the nearest and what to do', () => {
    const where = new FormatError('csv', 'a cell too many', { path: 'a.csv', where: 'line 3' });
    expect(where.message).toBe('a.csv, line 3: a cell too many');
    expect(new ColumnError('drg', 'obs', ['cell', 'drug'], 'pass --action').message).toBe(
      "column 'drg' not in obs; found 'cell', 'drug'; did you mean 'drug'?; pass --action",
    );
    expect(new OptionError('--lambda', 2, 'a number from 0 to 1').message).toBe(
      "--lambda: '2' is not a number from 0 to 1",
    );
    expect(new OptionError('--method', 'sia', ['si-a', 'mice']).message).toContain("did you mean 'si-a'?");
    expect(new ShapeError('X', '2 × 3', '5').message).toBe('X: expected 2 × 3, found 5');
  });

  it('keep their cause', () => {
    const cause = new Error('ENOENT');
    expect(new FileError('x', 'missing', 'x', { cause }).cause).toBe(cause);
  });
});

describe('listNames', () => {
  it('quotes, cuts and counts', () => {
    expect(listNames([])).toBe('none');
    expect(listNames(['a', 'b'])).toBe("'a', 'b'");
    expect(listNames(['a', 'b', 'c'], 2)).toBe("'a', 'b' and 1 more");
  });
});

describe('nearest', () => {
  it('finds a slip of the hand, whatever the case', () => {
    expect(nearest('dmso', ['vehicle', 'DMSO'])).toBe('DMSO');
    expect(nearest('cell_lin', ['cell_line', 'cell_type'])).toBe('cell_line');
    expect(nearest('A', ['B'])).toBe('B');
    expect(nearest('perturbation', ['dose', 'time'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });

  it('finds a name that is there, exactly', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (names, i) => {
          const wanted = names[i % names.length];
          expect(nearest(wanted, names)?.toLowerCase()).toBe(wanted.toLowerCase());
        },
      ),
    );
  });

  it('takes the least distance by the recurrence of Wagner and Fischer, without its limit', () => {
    const distance = (a: string, b: string): number => {
      if (a === '' || b === '') return a.length + b.length;
      const [x, y] = [a.slice(1), b.slice(1)];
      return Math.min(distance(x, b) + 1, distance(a, y) + 1, distance(x, y) + (a[0] === b[0] ? 0 : 1));
    };
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 1, maxLength: 4 }), (wanted, names) => {
        const least = Math.min(...names.map((name) => distance(wanted, name)));
        const found = nearest(wanted, names);
        if (least > Math.max(1, Math.floor(wanted.length / 3))) expect(found).toBeUndefined();
        else expect(distance(wanted, found as string)).toBe(least);
      }),
    );
  });
});
