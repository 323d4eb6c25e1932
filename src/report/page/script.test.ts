/** The page's own script, run in a document of linkedom: what a reader would see and click. */
import { parseHTML } from 'linkedom';
import { beforeAll, expect, it } from 'vitest';
import { buildReport } from '../build-report.js';
import { reportInput, scoreAll, screen, summarise } from '../report.fixture.js';
import { script } from './script.js';

let markup: string;
beforeAll(async () => {
  const tensor = screen(['A549', '<img src=x onerror=alert(1)>'], ['DMSO', ...'abcdefghijklmnopqrst']);
  const scores = [
    ...scoreAll(tensor, 'si-a', (c, a) => ({
      nrmse: 0.3 + 0.01 * a + 0.005 * c,
      rejected: a === 3,
      fallback: a === 4 ? 'overall-mean' : '',
    })),
    ...scoreAll(tensor, 'mean-over-actions', () => ({ nrmse: 0.8 })),
  ];
  markup = (await buildReport(reportInput({ tensor, scores, summary: summarise(scores) }))).html;
});

/** Opens the page and runs its script. */
function open() {
  const { document } = parseHTML(markup);
  // what linkedom lacks of tables and choices
  for (const choice of Array.from(document.querySelectorAll('select'))) {
    const chosen = choice.querySelector('option[selected]') ?? choice.querySelector('option');
    Object.defineProperty(choice, 'value', { value: chosen?.getAttribute('value') ?? chosen?.textContent });
  }
  for (const table of Array.from(document.querySelectorAll('table'))) {
    Object.assign(table, { tHead: table.querySelector('thead'), tBodies: [table.querySelector('tbody')] });
  }
  new Function('document', 'setTimeout', script)(document, (act: () => void) => act());
  const section = document.querySelector('#scores') as Element;
  const rows = (id = 'scores') =>
    Array.from(document.querySelectorAll(`#${id} tbody tr`)).map((line) =>
      Array.from(line.querySelectorAll('td')).map((cell) => cell.textContent?.trim()),
    );
  const act = (selector: string, event: string, value?: string) => {
    const element = section.querySelector(selector) as HTMLInputElement;
    if (value !== undefined) element.value = value;
    element.dispatchEvent(
      new (document.defaultView as typeof globalThis.window & typeof globalThis).Event(event),
    );
  };
  return { document, section, rows, act };
}

it('shows the first page of the main method, largest error first', () => {
  const { rows, section } = open();
  expect(rows()).toHaveLength(25);
  expect(rows()[0].slice(0, 6)).toEqual(['<img src=x onerror=alert(1)>', 't', 'si-a', '', '0.505', '+37 %']);
  expect(section.querySelector('output')?.textContent).toBe('1–25 of 40');
  expect(section.querySelector('img')).toBeNull();
});

it('turns pages, and stops at the last', () => {
  const { rows, section } = open();
  const next = section.querySelectorAll('.pager button')[1] as HTMLButtonElement;
  next.click();
  expect(rows()).toHaveLength(15);
  expect(section.querySelector('output')?.textContent).toBe('26–40 of 40');
  expect(next.disabled).toBe(true);
});

it('searches every word in names and doubts', () => {
  const { rows, act } = open();
  act('input[type=search]', 'input', 'a549 REJECTED');
  expect(rows()).toEqual([expect.arrayContaining(['A549', 'c', 'si-a', 'rejected'])]);
  act('input[type=search]', 'input', 'no such thing');
  expect(rows()).toEqual([]);
});

it('sorts by a column, and the other way on the second click', () => {
  const { rows, act, section } = open();
  act('th[data-key=action] button', 'click');
  expect(rows()[0][1]).toBe('a');
  expect(section.querySelector('th[data-key=action]')?.getAttribute('aria-sort')).toBe('ascending');
  act('th[data-key=action] button', 'click');
  expect(rows()[0][1]).toBe('t');
});

it('lists the doubtful pairs of the method alone', () => {
  const { rows } = open();
  // actions c (rejected) and d (fallback) in both contexts
  expect(
    rows('doubtful-pairs')
      .map((row) => row[1])
      .sort(),
  ).toEqual(['c', 'c', 'd', 'd']);
});
