/**
 * The page's script: pages, search and sort of the two tables, and saving figures and tables.
 *
 * Plain JavaScript in a string, since it runs in the reader's browser and nowhere else. Rows stay columns of
 * numbers and are made into elements only for the page shown, so ten thousand of them stay quick. Names go in
 * as text nodes, never as markup.
 */
export const script = String.raw`
(() => {
  'use strict';
  const source = document.getElementById('scores-data');
  const data = source ? JSON.parse(source.textContent) : null;
  const byKey = (key) => data.rows[key];
  const names = { context: 'contexts', action: 'actions', method: 'methods', fallback: 'fallbacks' };
  const nameAt = (key, row) => data[names[key]][byKey(key)[row]];
  const doubtsOf = (row) => data.reasons.filter((_, i) => byKey('doubts')[row] & (1 << i));

  const plain = (value) => {
    if (value === null) return '';
    return String(value);
  };
  const shown = (value) => {
    if (value === null) return '–';
    const size = Math.abs(value);
    const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(2)
      : value.toFixed(size === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size))));
    return text.replace('-', '−');
  };
  const cells = {
    name: (key, row) => nameAt(key, row),
    number: (key, row) => shown(byKey(key)[row]),
    whole: (key, row) => plain(byKey(key)[row]),
    percent: (key, row) => {
      const gain = byKey(key)[row];
      return gain === null ? '–' : (gain > 0 ? '+' : gain < 0 ? '−' : '') + Math.abs(Math.round(gain * 100)) + ' %';
    },
    test: (key, row) => ({ 1: 'rejected', 0: 'passed' })[byKey(key)[row]] ?? '–',
    doubts: (key, row) => doubtsOf(row).join(', '),
  };
  const sortValue = (kind, key, row) => {
    if (kind === 'name') return nameAt(key, row);
    return byKey(key)[row];
  };
  const compare = (a, b) => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : a < b ? -1 : a > b ? 1 : 0);

  const save = (name, type, content) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const mount = (section) => {
    const table = section.querySelector('table');
    const body = table.tBodies[0];
    const heads = [...table.tHead.querySelectorAll('th')];
    const columns = heads.map((head) => ({ key: head.dataset.key, kind: head.dataset.kind }));
    const search = section.querySelector('input[type=search]');
    const method = section.querySelector('select.method');
    const size = section.querySelector('select.size');
    const [back, next] = section.querySelectorAll('.pager button');
    const status = section.querySelector('output');
    const own = [];
    for (let row = 0; row < data.length; row++) {
      if (!('doubtful' in section.dataset) || (byKey('doubts')[row] && byKey('method')[row] === data.main)) own.push(row);
    }
    const haystack = new Map();
    const textOf = (row) => {
      let text = haystack.get(row);
      if (text === undefined) {
        text = [nameAt('context', row), nameAt('action', row), nameAt('method', row), nameAt('fallback', row), ...doubtsOf(row)].join('\n').toLowerCase();
        haystack.set(row, text);
      }
      return text;
    };
    let found = own;
    let page = 0;
    let order = { column: columns.findIndex(({ key }) => key === 'nrmse'), down: true };

    const select = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = method && method.value !== '' ? Number(method.value) : null;
      found = own.filter((row) =>
        (wanted === null || byKey('method')[row] === wanted) && words.every((word) => textOf(row).includes(word)));
      const { key, kind } = columns[order.column];
      const values = new Map(found.map((row) => [row, sortValue(kind, key, row)]));
      found.sort((a, b) => {
        const x = values.get(a);
        const y = values.get(b);
        // what is missing stays at the end, whichever way
        return (x === null || y === null ? compare(x, y) : order.down ? compare(y, x) : compare(x, y)) || a - b;
      });
      page = 0;
      draw();
    };
    const draw = () => {
      const perPage = Number(size.value);
      const pages = Math.max(1, Math.ceil(found.length / perPage));
      const start = page * perPage;
      const rows = found.slice(start, start + perPage).map((row) => {
        const line = document.createElement('tr');
        columns.forEach(({ key, kind }) => {
          const cell = document.createElement('td');
          if (kind === 'doubts') {
            cell.className = 'doubts';
            for (const reason of doubtsOf(row)) {
              const mark = document.createElement('span');
              mark.className = 'doubt';
              mark.textContent = reason;
              cell.append(mark, ' ');
            }
          } else {
            cell.textContent = cells[kind](key, row);
            if (cell.textContent.length > 28) cell.className = 'long';
          }
          if (kind === 'number' || kind === 'whole' || kind === 'percent') cell.className = 'number';
          line.append(cell);
        });
        return line;
      });
      body.replaceChildren(...rows);
      heads.forEach((head, i) => {
        if (i === order.column) head.setAttribute('aria-sort', order.down ? 'descending' : 'ascending');
        else head.removeAttribute('aria-sort');
      });
      const total = found.length.toLocaleString('en-US');
      status.textContent = found.length === 0 ? 'no row fits'
        : (start + 1).toLocaleString('en-US') + '–' + Math.min(start + perPage, found.length).toLocaleString('en-US') + ' of ' + total;
      back.disabled = page === 0;
      next.disabled = page >= pages - 1;
    };

    heads.forEach((head, i) => {
      head.querySelector('button').addEventListener('click', () => {
        const name = columns[i].kind === 'name';
        order = { column: i, down: order.column === i ? !order.down : !name };
        select();
      });
    });
    let waiting;
    search.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(select, 120);
    });
    if (method) method.addEventListener('change', select);
    size.addEventListener('change', () => { page = 0; draw(); });
    back.addEventListener('click', () => { page--; draw(); });
    next.addEventListener('click', () => { page++; draw(); });
    section.querySelector('button.save').addEventListener('click', () => {
      const quote = (text) => (/[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text);
      const raw = ({ key, kind }, row) => (kind === 'name' || kind === 'doubts' ? cells[kind](key, row) : plain(byKey(key)[row]));
      const lines = found.map((row) => columns.map((column) => quote(raw(column, row))).join(','));
      save(section.id + '.csv', 'text/csv', [columns.map(({ key }) => key).join(','), ...lines, ''].join('\n'));
    });
    section.querySelector('.tools').hidden = false;
    table.hidden = false;
    select();
  };
  if (data) document.querySelectorAll('section[data-table]').forEach(mount);

  /** The figure as it is on the page, with the inks of the page written into it. */
  const snapshot = (svg) => {
    const copy = svg.cloneNode(true);
    const originals = [svg, ...svg.querySelectorAll('*')];
    [copy, ...copy.querySelectorAll('*')].forEach((element, i) => {
      for (const property of ['fill', 'stroke', 'color']) {
        if (element.hasAttribute(property)) element.setAttribute(property, getComputedStyle(originals[i])[property]);
      }
    });
    copy.setAttribute('style', 'background:' + getComputedStyle(document.documentElement).getPropertyValue('--paper'));
    copy.setAttribute('color', getComputedStyle(svg).color);
    return new XMLSerializer().serializeToString(copy);
  };
  document.querySelectorAll('figure').forEach((figure) => {
    const svg = figure.querySelector('svg');
    if (!svg) return;
    const add = (label, what, act) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      button.setAttribute('aria-label', 'Save as ' + label + ': ' + what);
      button.addEventListener('click', act);
      figure.querySelector('h3').append(button);
    };
    const name = figure.id;
    const what = figure.querySelector('h3 span').textContent;
    add('SVG', what, () => save(name + '.svg', 'image/svg+xml', snapshot(svg)));
    add('PNG', what, () => {
      const picture = new Image();
      const address = URL.createObjectURL(new Blob([snapshot(svg)], { type: 'image/svg+xml' }));
      picture.onload = () => {
        const canvas = document.createElement('canvas');
        canvas.width = svg.viewBox.baseVal.width * 3;
        canvas.height = svg.viewBox.baseVal.height * 3;
        const pen = canvas.getContext('2d');
        pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--paper');
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
        canvas.toBlob((blob) => save(name + '.png', 'image/png', blob));
        URL.revokeObjectURL(address);
      };
      picture.src = address;
    });
  });
})();
`;
