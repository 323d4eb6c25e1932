import { describe, expect, it } from 'vitest';
import { Fci } from './fci.js';
import { MARK, markMatrix, TOKEN, TOKENS, tokensOf, writeTokens } from './graph.js';
import { correlationOf, model } from './models.fixture.js';

describe('tokens', () => {
  it('say what the marks say', () => {
    // 0 o→ 2 ←o 1, 2 → 3; 4 ↔ 5 with 6 o→ 4 and 7 o→ 5; 8 o–o 9
    const linear = model(
      11,
      [
        [0, 2],
        [1, 2],
        [2, 3],
        [4, 7],
        [5, 7],
        [5, 8],
        [6, 8],
        [9, 10],
      ],
      [0, 1, 2, 3, 7, 8, 4, 6, 9, 10],
    );
    const n = linear.observed.length;
    const graph = new Fci(n).run(correlationOf(linear), 1e9);
    const tokens = new Uint8Array(tokensOf(n) + 2);
    writeTokens(graph, tokens, 1);
    expect([tokens[0], tokens[tokens.length - 1]]).toEqual([TOKEN.padding, TOKEN.padding]);
    const at = (i: number, j: number) => tokens[1 + i * (n - 1) + j - (j > i ? 1 : 0)];
    expect([at(0, 2), at(2, 0)]).toEqual([TOKEN.perhapsCauses, TOKEN.perhapsCausedBy]);
    expect([at(2, 3), at(3, 2)]).toEqual([TOKEN.causes, TOKEN.causedBy]);
    expect([at(4, 5), at(5, 4)]).toEqual([TOKEN.confounded, TOKEN.confounded]);
    expect([at(8, 9), at(9, 8)]).toEqual([TOKEN.unknown, TOKEN.unknown]);
    expect([at(0, 1), at(3, 9)]).toEqual([TOKEN.none, TOKEN.none]);

    // every pair as the authors' program numbers its marks (entry at i, entry at j)
    const numbers = { '0 0': 1, '-1 1': 2, '1 -1': 3, '1 1': 4, '1 2': 5, '2 1': 6, '2 2': 7 } as Record<
      string,
      number
    >;
    const marks = markMatrix(graph);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (i !== j) expect(at(i, j)).toBe(numbers[`${marks[i * n + j]} ${marks[j * n + i]}`]);
      }
    }
    expect(new Set(tokens).size).toBe(TOKENS);
    expect(marks[2 * n + 3]).toBe(MARK.tail);
  });
});
