/** What the documentation test reads of Markdown pages: code blocks, links, headings and their anchors. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command.js';

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** The HTML comment on the line before, without its marks; '' where there is none. */
  readonly remark: string;
}

export interface Page {
  /** From the root of the project, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
  /** Targets of links and pictures as written, each with its line. */
  readonly links: readonly { readonly target: string; readonly line: number }[];
  /** Texts of the headings, marks of code taken off. */
  readonly headings: readonly string[];
  /** As GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
}

/** The pages of the project: those at the root, of `docs/` and of `bench/`. */
export function readPages(): Page[] {
  const under = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name.replaceAll('\\', '/')}`,
    );
  const paths = [...readdirSync(root), ...under('docs'), ...under('bench')];
  return paths
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map((path) => parsePage(path, readFileSync(join(root, path), 'utf8')));
}

export function parsePage(path: string, text: string): Page {
  const blocks: CodeBlock[] = [];
  const links: { target: string; line: number }[] = [];
  const headings: string[] = [];
  const lines = text.split('\n');
  let open: { language: string; line: number; remark: string; code: string[] } | undefined;
  lines.forEach((line, i) => {
    const fence = /^```(\w*)\s*$/.exec(line);
    if (open) {
      if (fence) {
        blocks.push({ ...open, code: open.code.join('\n') });
        open = undefined;
      } else open.code.push(line);
    } else if (fence) {
      const remark = /^<!--\s*(.*?)\s*-->$/.exec(lines[i - 1] ?? '')?.[1] ?? '';
      open = { language: fence[1], line: i + 1, remark, code: [] };
    } else {
      const heading = /^#{1,6} (.*)$/.exec(line)?.[1];
      if (heading) headings.push(heading.replaceAll('`', ''));
      const prose = line.replace(/`[^`]*`/g, '');
      for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) links.push({ target, line: i + 1 });
    }
  });
  if (open) throw new Error(`${path}:${open.line}: the code block is not closed`);
  return { path, text, blocks, links, headings, anchors: anchorsOf(headings) };
}

/** Lower case, signs dropped, spaces to hyphens, repeats numbered. */
function anchorsOf(headings: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}
