import { describe, expect, it } from 'vitest';
import { Monitor, type MonitorOptions } from './monitor.js';

/** Shows `values` of the epochs 1, 2, … until patience ends. */
function watched(options: Omit<MonitorOptions, 'metric'>, values: number[]) {
  const monitor = new Monitor({ metric: 'loss', ...options });
  const better: number[] = [];
  let epoch = 0;
  while (epoch < values.length && !monitor.exhausted) {
    epoch++;
    if (monitor.observe(epoch, values[epoch - 1])) better.push(epoch);
  }
  return { better, best: monitor.bestEpoch, stopped: monitor.exhausted ? epoch : undefined };
}

describe('early stopping, by hand', () => {
  const values = [5, 4, 4.5, 3.9, 3.95, 3.95, 3.95, 1];
  it.each<[string, Omit<MonitorOptions, 'metric'>, number[], ReturnType<typeof watched>]>([
    ['keeps the best without patience', {}, values, { better: [1, 2, 4, 8], best: 8, stopped: undefined }],
    [
      'stops after three epochs in a row',
      { patience: 3 },
      values,
      { better: [1, 2, 4], best: 4, stopped: 7 },
    ],
    [
      'counts over the whole training',
      { patience: 3, cumulative: true },
      values,
      { better: [1, 2, 4], best: 4, stopped: 6 },
    ],
    [
      'needs more than minDelta',
      { patience: 3, minDelta: 0.5 },
      values,
      { better: [1, 2], best: 2, stopped: 5 },
    ],
    ['an equal value is not better', { patience: 1 }, [2, 2], { better: [1], best: 1, stopped: 2 }],
    [
      'looks for the largest',
      { mode: 'max', patience: 2 },
      [1, 3, 2, 2.5, 9],
      { better: [1, 2], best: 2, stopped: 4 },
    ],
    [
      'NaN is never better',
      { patience: 2 },
      [Number.NaN, Number.NaN, 1],
      { better: [], best: 0, stopped: 2 },
    ],
    [
      'an infinite first value can be beaten',
      { patience: 2 },
      [Infinity, 3],
      { better: [1, 2], best: 2, stopped: undefined },
    ],
    [
      'epochs of the warm-up do not count',
      { patience: 2, from: 3 },
      [0, 9, 5, 4],
      { better: [3, 4], best: 4, stopped: undefined },
    ],
  ])('%s', (_name, options, sequence, expected) => {
    expect(watched(options, sequence)).toEqual(expected);
  });

  it('goes on from a saved state', () => {
    const first = new Monitor({ metric: 'loss', patience: 2 });
    first.observe(1, 3);
    first.observe(2, 4);
    const second = new Monitor({ metric: 'loss', patience: 2 });
    second.restore(JSON.parse(JSON.stringify(first.state())));
    expect(second.observe(3, 3.5)).toBe(false);
    expect(second.exhausted).toBe(true);
    expect(second.bestEpoch).toBe(1);
  });

  it.each<[string, Partial<MonitorOptions>]>([
    ['mode', { mode: 'least' as never }],
    ['minDelta', { minDelta: -1 }],
    ['patience', { patience: 0.5 }],
    ['from', { from: 0 }],
  ])('refuses a bad %s', (option, options) => {
    expect(() => new Monitor({ metric: 'loss', ...options })).toThrow(
      expect.objectContaining({ tag: 'OptionError', option }),
    );
  });
});
