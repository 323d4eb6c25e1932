/** The style sheet of the report: light and dark by the reader's setting, black on white in print. */

export const style = `
:root {
  color-scheme: light dark;
  --paper: #fff; --page: #f5f6f8; --ink: #1b1f24; --soft: #59616c; --line: #dfe3e8; --fill: #f0f2f5;
  --blue: #0072b2; --sky: #56b4e9; --grey: #8a8f98; --red: #c04f00;
  --good: #00795a; --good-bg: #e9f6f1; --small: #8a5a00; --small-bg: #fdf4e0; --bad: #a93800; --bad-bg: #fcece4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1a1e24; --page: #12151a; --ink: #e6e9ed; --soft: #a3abb6; --line: #333a44; --fill: #242a32;
    --blue: #4aa8e0; --sky: #3f86b8; --grey: #7d848f; --red: #f08a4b;
    --good: #4fcfa6; --good-bg: #12302a; --small: #e9b54d; --small-bg: #33290f; --bad: #ff9a66; --bad-bg: #3a1d10;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, 'DejaVu Sans', sans-serif; }
main, body > header { max-width: 1200px; margin: 0 auto; padding: 0 24px; }
body > header { padding-top: 40px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 56px 0 8px; letter-spacing: -0.005em; }
h3 { font-size: 1rem; margin: 0 0 12px; }
p { margin: 8px 0; max-width: 76ch; overflow-wrap: anywhere; }
a { color: var(--blue); }
code { font: 0.88em/1.5 ui-monospace, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
p.wide { max-width: none; }
div.card + section.card, .figures + .card { margin-top: 16px; }
.card p { max-width: 92ch; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; }
.verdict { margin-top: 24px; border-left: 5px solid var(--tone); background: var(--tone-bg); }
.verdict h2 { margin: 0 0 4px; color: var(--tone); }
.good { --tone: var(--good); --tone-bg: var(--good-bg); }
.small { --tone: var(--small); --tone-bg: var(--small-bg); }
.bad { --tone: var(--bad); --tone-bg: var(--bad-bg); }
.unknown { --tone: var(--soft); --tone-bg: var(--fill); }
.verdict.note { margin-top: 12px; }
.verdict.note h3 { margin: 0; color: var(--tone); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(215px, 1fr)); gap: 12px; margin: 16px 0; padding: 0; list-style: none; }
.tiles li { padding: 14px 16px; }
.tiles b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; letter-spacing: -0.01em; }
.tiles .soft { font-size: 0.85rem; line-height: 1.4; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 16px 0 0; padding: 0; list-style: none; font-size: 0.92rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.figures { columns: 2 440px; column-gap: 16px; }
figure { margin: 0 0 16px; break-inside: avoid; }
figure svg { display: block; width: 100%; height: auto; color: inherit; background: none !important; }
figcaption { margin-top: 10px; font-size: 0.85rem; line-height: 1.5; color: var(--soft); overflow-wrap: anywhere; }
figure h3 { display: flex; gap: 8px; align-items: baseline; }
figure h3 span { flex: 1; }
figure [fill='#0072b2'] { fill: var(--blue); }
figure [stroke='#0072b2'] { stroke: var(--blue); }
figure [fill='#56b4e9'] { fill: var(--sky); }
figure [stroke='#56b4e9'] { stroke: var(--sky); }
figure [fill='#8a8f98'] { fill: var(--grey); }
figure [stroke='#8a8f98'] { stroke: var(--grey); }
figure text[fill='#d55e00'], figure g[aria-label='text'][fill='#d55e00'] { fill: var(--red); }
figure [stroke='white'] { stroke: var(--paper); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 8px; }
th, td { padding: 6px 10px; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
[data-table] th, [data-table] td { padding: 6px 8px; }
[data-table] td { white-space: nowrap; }
[data-table] td.doubts { white-space: normal; min-width: 13em; }
[data-table] th.number { min-width: 4.2em; max-width: 6.5em; }
[data-table] td.long { white-space: normal; overflow-wrap: anywhere; min-width: 16em; }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--line); }
.number { text-align: right; white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
tbody tr:hover { background: var(--fill); }
td.best { font-weight: 700; color: var(--blue); }
tr.baseline th { font-weight: 400; color: var(--soft); }
th button { all: unset; display: inline; cursor: pointer; font-weight: 600; white-space: normal; }
th button:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, .scroll:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
th[aria-sort=ascending] button::after { content: ' ▲'; font-size: 0.7em; }
th[aria-sort=descending] button::after { content: ' ▼'; font-size: 0.7em; }
.tools { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: center; margin: 0 0 12px; font-size: 0.9rem; }
.tools label { display: flex; gap: 6px; align-items: center; }
.tools input { width: 20em; max-width: 60vw; }
input, select, .tools button, figure button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; }
.tools button, figure button { cursor: pointer; }
.tools button:disabled { opacity: 0.4; cursor: default; }
figure button { font-size: 0.75rem; padding: 1px 7px; color: var(--soft); }
.doubt { display: inline-block; margin: 0 4px 2px 0; padding: 0 7px; border-radius: 9px; background: var(--bad-bg); color: var(--bad); font-size: 0.92em; white-space: nowrap; }
footer { margin: 56px 0 40px; color: var(--soft); font-size: 0.85rem; }
@media (max-width: 560px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 8px; } main, body > header { padding-left: 14px; padding-right: 14px; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --page: #fff; --ink: #000; --soft: #444; --line: #ccc; --fill: #fff; --blue: #0072b2; --sky: #56b4e9; --grey: #8a8f98; --red: #c04f00; --good: #00795a; --good-bg: #fff; --small: #8a5a00; --small-bg: #fff; --bad: #a93800; --bad-bg: #fff; }
  body { font-size: 10.5pt; }
  main, body > header { max-width: none; padding: 0; }
  nav, .tools, figure button { display: none; }
  .figures { columns: 2; }
  figure, .card, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
}
`;
