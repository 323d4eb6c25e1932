import { expect, it } from 'vitest';
import { escapeHtml, html, scriptJson, trusted } from './escape.js';

const nasty = `<script>alert("1")</script> & 'x'`;

it('escapes everything that is markup', () => {
  expect(escapeHtml(nasty)).toBe('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;');
});

it('escapes values in templates once, markup never', () => {
  expect(html`<p title="${nasty}">${html`<b>${'<'}</b>`}${['a', '<']}${null}${false}${0}</p>`.markup).toBe(
    `<p title="${escapeHtml(nasty)}"><b>&lt;</b>a&lt;0</p>`,
  );
  expect(html`${trusted('<i>')}`.markup).toBe('<i>');
});

it('writes JSON that cannot leave its script element', () => {
  const text = scriptJson({ name: '</script><!--', none: Number.NaN });
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual({ name: '</script><!--', none: null });
});
