/**
 * The documentation, checked: nothing points nowhere, what it says to type runs, what it shows in TypeScript
 * compiles and runs, and what the program can do is named.
 *
 * Commands run on a tiny screen in a folder of their own, one folder a page, in the order of the page. A remark
 * `<!-- not run: reason -->` before a block leaves it out of running. A page of many commands may take a minute or two.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { verbs as makers } from '../src/cli/verbs.js';
import { OutcomeTensor, preprocessingSteps } from '../src/data/index.js';
import { formats } from '../src/formats/index.node.js';
import { defaultImputerOptions, type ImputerDescriptor, imputers, Training } from '../src/impute/index.js';
import { root, temporaryFolder } from './support/command.js';
import { TINY, writeDocumentedFiles } from './support/documented-files.js';
import { type CodeBlock, type Page, readPages } from './support/markdown.js';

const run = promisify(execFile);
const at = temporaryFolder();
const pages = readPages();
const pageNamed = (path: string) => pages.find((page) => page.path === path)!;
const cli = pageNamed('docs/cli.md');
const verbs = makers.map((make) => make());

beforeAll(() => writeDocumentedFiles(at('files')));

/** A folder of the page's own with the documented files. */
function workFolder(name: string): string {
  const folder = at(name.replace(/\W+/g, '-'));
  cpSync(at('files'), folder, { recursive: true });
  return folder;
}

describe('links', () => {
  it.each(pages.map((page) => [page.path, page] as const))('of %s lead somewhere', (_, page) => {
    const dead = page.links.filter(({ target }) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, target));
    expect(dead).toEqual([]);
  });

  it('reach every page from the README', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) {
      for (const { target } of pageNamed(path)?.links ?? []) {
        const next = posix.join(posix.dirname(path), target.split('#')[0]);
        if (pageNamed(next)) reached.add(next);
      }
    }
    const lost = pages
      .map(({ path }) => path)
      .filter((path) => !reached.has(path) && !path.startsWith('bench/'));
    expect(lost).toEqual([]);
  });
});

function leadsSomewhere(page: Page, target: string): boolean {
  const [file, anchor] = target.split('#') as [string, string | undefined];
  const path = file === '' ? page.path : posix.join(posix.dirname(page.path), file);
  if (!existsSync(join(root, path))) return false;
  return anchor === undefined || (pageNamed(path)?.anchors.has(anchor) ?? false);
}

describe.concurrent('commands', () => {
  const withCommands = pages.filter((page) => commandsOf(page).length > 0);

  it.each(withCommands.map((page) => [page.path, page] as const))(
    'of %s run',
    async (_, page) => {
      const folder = workFolder(page.path);
      for (const { line, args } of commandsOf(page)) {
        const program = [join(root, 'bin', 'mechanist.js'), ...args];
        await run(process.execPath, program, { cwd: folder }).catch((error: { stderr: string }) => {
          throw new Error(`${page.path}:${line}: mechanist ${args.join(' ')}\n${error.stderr}`);
        });
      }
      if (page !== cli) return;
      const texts = page.blocks.filter(({ language }) => language === 'text').map(({ code }) => code);
      const header = (file: string) => readFileSync(join(folder, file), 'utf8').split('\n')[0];
      expect(texts).toContain(header('results/scores.csv'));
      expect(texts).toContain(header('results/summary.csv'));
      const columns = header('asked.csv').replaceAll('"', '').split(',').slice(1, -TINY.genes);
      expect(texts).toContain(columns.join(','));
    },
    180_000,
  );

  it('are found where they should be', () => {
    const found = withCommands.map(({ path }) => path);
    expect(found).toEqual(expect.arrayContaining(['README.md', 'docs/cli.md', 'docs/tutorial.md']));
    const run = commandsOf(cli).map(({ args }) => args[0]);
    expect(new Set(run)).toEqual(
      new Set([
        'info',
        'convert',
        'evaluate',
        'impute',
        'design',
        'inpaint',
        'fingerprint',
        'represent',
        'target',
        'train-target',
        'simulate',
      ]),
    );
  });
});

/** The `mechanist` commands of a page's shell blocks, made small. */
function commandsOf(page: Page): { line: number; args: string[] }[] {
  return page.blocks
    .filter(({ language, remark }) => language === 'sh' && !remark.startsWith('not run:'))
    .flatMap(({ code, line }) =>
      code.split('\n').flatMap((text, i) => {
        const words = text
          .replace(/\s#.*$/, '')
          .trim()
          .split(/\s+/);
        const args =
          words[0] === 'mechanist' ? words.slice(1) : words[1] === 'bin/mechanist.js' ? words.slice(2) : [];
        return args.length > 0 ? [{ line: line + 1 + i, args: [...args, ...smaller(args)] }] : [];
      }),
    );
}

/** Options that make a documented command quick and leave what it does as it is. */
function smaller(args: readonly string[]): string[] {
  if (args[0] === 'simulate') {
    const sizes = args[1] === 'screen' ? Object.entries(TINY) : [];
    return ['--overwrite', ...sizes.map(([option, value]) => `--${option}=${value}`)];
  }
  return ['evaluate', 'impute'].includes(args[0]) && !args.includes('--threads') ? ['--threads=1'] : [];
}

describe('TypeScript', () => {
  const examples = pages.flatMap((page) =>
    page.blocks.filter(({ language }) => language === 'ts').map((block) => ({ page, block })),
  );
  const nameOf = ({ page, block }: (typeof examples)[number]) =>
    `${page.path.replace(/\W+/g, '-')}-${block.line}`;
  let complaints: string[];

  beforeAll(() => {
    const folder = at('typescript');
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(root, join(folder, 'node_modules', 'mechanist'), 'dir');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const files = examples.map((example) => {
      const file = join(folder, `${nameOf(example)}.ts`);
      writeFileSync(file, withResolvedImports(example.block));
      return file;
    });
    complaints = compile(files);
  });

  it('compiles', () => {
    expect(examples.length).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
  });

  const runnable = examples.filter(
    ({ block }) => !sourcePathOf(block) && !block.remark.startsWith('not run:'),
  );
  it.concurrent.each(runnable.map((example) => [nameOf(example), example] as const))(
    '%s runs',
    async (name) => {
      const script = join(at('typescript'), `${name}.js`);
      await run(process.execPath, [script], { cwd: workFolder(name) });
    },
  );

  it('shows an imputer that works', async () => {
    const example = examples.find(
      ({ block }) => sourcePathOf(block) === 'src/impute/median-over-actions.ts',
    )!;
    const module = await import(
      /* @vite-ignore */ pathToFileURL(join(at('typescript'), `${nameOf(example)}.js`)).href
    );
    const imputer: ImputerDescriptor = module.medianOverActions;
    const tensor = new OutcomeTensor({
      contexts: ['A', 'B'],
      actions: ['DMSO', 'x', 'y', 'z'],
      genes: ['g', 'h'],
      control: 0,
      profiles: Float64Array.of(1, 10, 2, 20, 900, 30, 5, 50, 7, 70),
      pairContext: Int32Array.of(0, 0, 0, 1, 1),
      pairAction: Int32Array.of(0, 1, 2, 0, 3),
      replicates: new Int32Array(5).fill(1),
    });
    const fitted = await imputer.create(tensor, defaultImputerOptions).fit(new Training(tensor));
    const known = fitted.predict(0, 3);
    expect([...known.profile]).toEqual([2, 20]);
    expect([known.donors, known.fallback, known.explain().method]).toEqual([3, '', 'median-over-actions']);
    // A hidden pair does not count: the median of 1 and 900 is 450.5
    const hiding = await imputer.create(tensor, defaultImputerOptions).fit(new Training(tensor, [1]));
    expect([...hiding.predict(0, 1).profile]).toEqual([450.5, 20]);
    expect(fitted.predict(-1, 3).fallback).toBe('mean-over-contexts');
    expect(fitted.predict(0, -1).fallback).toBe('mean-over-actions');
    expect(fitted.predict(-1, -1).fallback).toBe('overall-mean');
  });
});

/** A block that begins with `// src/…ts` is that file of the project. */
function sourcePathOf({ code }: CodeBlock): string | undefined {
  return /^\/\/ (src\/\S+\.ts)\n/.exec(code)?.[1];
}

/** Relative imports of an example file of the project point to what was built. */
function withResolvedImports(block: CodeBlock): string {
  const path = sourcePathOf(block);
  if (!path) return `${block.code}\nexport {};\n`;
  const built = join(root, dirname(path).replace(/^src/, 'dist'));
  return block.code.replace(/from '(\.[^']*)'/g, (_, from: string) => `from '${join(built, from)}'`);
}

/** Type-checks and compiles next to the sources; what the compiler complains of. */
function compile(files: readonly string[]): string[] {
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
    strict: true,
    skipLibCheck: true,
  });
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file, messageText }) =>
    [file?.fileName.replace(/.*\//, ''), ts.flattenDiagnosticMessageText(messageText, '\n')].join(': '),
  );
}

describe('what the program can do is named', () => {
  it.each(verbs.map((verb) => [verb.name(), verb] as const))('options of %s', (name, verb) => {
    expect(cli.headings).toContain(name);
    const missing = longOptions(verb).filter((option) => !cli.text.includes(`\`${option}`));
    expect(missing).toEqual([]);
  });

  it('and no option that there is not', () => {
    const known = new Set([...verbs.flatMap(longOptions), '--help', '--version', '--debug']);
    const named = pages
      .filter(({ path }) => path === 'README.md' || path.startsWith('docs/'))
      .flatMap(({ text }) => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option));
    expect([...new Set(named)].filter((option) => !known.has(option))).toEqual([]);
  });

  it.each(preprocessingSteps.map(({ word }) => [word]))('step %s', (word) => {
    expect(cli.text).toMatch(new RegExp(`^\\| \`${word}[\`=[]`, 'm'));
  });

  it.each(imputers.map(({ name }) => [name]))('method %s has a heading', (name) => {
    const methodPages = pages.filter(({ path }) => path.startsWith('docs/methods/'));
    const headings = methodPages.flatMap((page) => page.text.match(/^#+ .*$/gm) ?? []);
    expect(headings.filter((heading) => heading.includes(`\`${name}\``))).toHaveLength(1);
  });

  it.each(formats.map((format) => [format.name, format.extensions] as const))(
    'format %s',
    (name, extensions) => {
      const row = pageNamed('docs/formats.md')
        .text.split('\n')
        .find((line) => line.startsWith('|') && line.includes(`\`${name}\``));
      for (const extension of extensions) {
        expect(row).toContain(extension.endsWith('.gz') ? '.gz' : `\`${extension}\``);
      }
    },
  );

  it('and every script that is spoken of is there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = pages.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

function longOptions(verb: Command): string[] {
  return verb.options.flatMap(({ long }) => long ?? []);
}
