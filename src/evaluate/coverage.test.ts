import { expect, it } from 'vitest';
import { scoreRow } from '../report/report.fixture.js';
import { coverageByDonors } from './coverage.js';

it('averages over all pairs and by donors, of methods with intervals only', () => {
  const rows = [
    scoreRow({ method: 'auto', donors: 3, coverage: 0.8, interval_width: 2 }),
    scoreRow({ method: 'auto', donors: 5, coverage: 1, interval_width: 4 }),
    scoreRow({ method: 'auto', donors: 30, coverage: 0.6, interval_width: 9 }),
    scoreRow({ method: 'si-a', donors: 3 }),
  ];
  expect(coverageByDonors(rows)).toEqual([
    { method: 'auto', donors: 'all', n: 3, coverage: expect.closeTo(0.8, 12), median_width: 4 },
    { method: 'auto', donors: '1 to 5', n: 2, coverage: 0.9, median_width: 3 },
    { method: 'auto', donors: '21 or more', n: 1, coverage: 0.6, median_width: 9 },
  ]);
  expect(coverageByDonors([])).toEqual([]);
});
