/**
 * The order of the rooms, read from the imports of every source file: a room looks up only to rooms before it,
 * no two files import each other in a circle, and what a browser may load never reaches for Node.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A room may import itself and the rooms before it. Rooms of later versions have their place already. */
const ROOMS = [
  'errors',
  'random',
  'compute',
  'linalg',
  'stats',
  'data',
  'formats',
  'simulate',
  'represent',
  'impute',
  'inpaint',
  'design',
  'target',
  'evaluate',
  'report',
  'jobs',
  'cli',
];
const MOST_LINES = 400;

interface Source {
  /** Path in `src`, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
  readonly imports: readonly Import[];
}
interface Import {
  readonly from: string;
  /** Types vanish when the file is compiled. */
  readonly typeOnly: boolean;
}

const sources = new Map(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !isTestFile(path))
    .sort()
    .map((path) => [path, readSource(path)]),
);

function isTestFile(path: string): boolean {
  return /\.test\.ts$|\.fixture(\.node)?\.ts$|(^|\/)testing\.ts$/.test(path);
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, 'src', path), 'utf8');
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const { moduleSpecifier } = node;
      if (moduleSpecifier && ts.isStringLiteral(moduleSpecifier)) {
        imports.push({ from: moduleSpecifier.text, typeOnly: isTypeOnly(node) });
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [module] = node.arguments;
      if (ts.isStringLiteral(module)) imports.push({ from: module.text, typeOnly: false });
    } else if (ts.isCallExpression(node) && isResolve(node.expression)) {
      // a file of a package that is read, not imported
      const [module] = node.arguments;
      if (module && ts.isStringLiteral(module)) imports.push({ from: module.text, typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return { path, text, syntax, imports };
}

/** `resolve(…)` and `anything.resolve(…)`, as `import.meta.resolve` and `createRequire(…).resolve`. */
function isResolve(called: ts.Expression): boolean {
  const name = ts.isPropertyAccessExpression(called) ? called.name : called;
  return ts.isIdentifier(name) && name.text === 'resolve';
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** The source file that an import in `path` names, `undefined` for a package. */
function resolved(path: string, from: string): string | undefined {
  return from.startsWith('.') ? posix.join(posix.dirname(path), from).replace(/\.js$/, '.ts') : undefined;
}

/** `data` of `data/roles.ts`, `errors` of `errors.ts`; the root export stands above all. */
function roomOf(path: string): string {
  return path.split('/')[0].replace(/\.ts$/, '');
}

const isForNode = (path: string) => path.endsWith('.node.ts') || roomOf(path) === 'cli';

describe('the house', () => {
  it('has sources, each in a known room', () => {
    expect(sources.size).toBeGreaterThan(100);
    const unknown = [...sources.keys()].filter((path) => ![...ROOMS, 'index'].includes(roomOf(path)));
    expect(unknown).toEqual([]);
  });

  it('imports only files that are there', () => {
    const lost = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .map(({ from }) => resolved(path, from))
        .filter((target) => target !== undefined && !sources.has(target))
        .map((target) => `${path} → ${target}`),
    );
    expect(lost).toEqual([]);
  });

  it('imports only rooms before its own', () => {
    const upward = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .map(({ from }) => resolved(path, from))
        .filter((target) => target !== undefined && ROOMS.indexOf(roomOf(target)) > placeOf(path))
        .map((target) => `${path} → ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('has no two files that import each other in a circle', () => {
    expect(circleIn(sources)).toBeUndefined();
  });

  it('keeps Node out of what a browser loads', () => {
    const offences = [...sources.values()]
      .filter(({ path }) => !isForNode(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ from, typeOnly }) => !typeOnly && (isBuiltin(from) || /\.node\.js$/.test(from)))
          .map(({ from }) => `${path} → ${from}`),
      );
    expect(offences).toEqual([]);
  });

  it('uses no global of Node in what a browser loads', () => {
    const offences = [...sources.values()]
      .filter(({ path }) => !isForNode(path))
      .flatMap((source) => nodeGlobalsIn(source).map((name) => `${source.path}: ${name}`));
    expect(offences).toEqual([]);
  });

  it(`has no file above ${MOST_LINES} lines`, () => {
    const long = [...sources.values()]
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > MOST_LINES);
    expect(long).toEqual([]);
  });

  it('says at the top of every file what it is', () => {
    const silent = [...sources.values()]
      .filter(({ text }) => !text.startsWith('/**'))
      .map(({ path }) => path);
    expect(silent).toEqual([]);
  });
});

describe('the exports of the package', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types: string; default: string }>;
    dependencies: Record<string, string>;
    optionalDependencies: Record<string, string>;
  };
  const entries = Object.entries(manifest.exports).filter(([name]) => name !== './package.json');

  it.each(entries)('%s is a source file, and built', (_, entry) => {
    const { types, default: script } = entry as { types: string; default: string };
    const source = script.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts');
    expect(sources.has(source)).toBe(true);
    expect(types).toBe(script.replace(/\.js$/, '.d.ts'));
    expect(existsSync(join(root, script))).toBe(true);
    expect(existsSync(join(root, types))).toBe(true);
  });

  it('has a subpath for every room', () => {
    const rooms = [...new Set([...sources.keys()].map(roomOf))].filter((room) => room !== 'index');
    const missing = rooms.filter((room) => room !== 'cli' && !(`./${room}` in manifest.exports));
    expect(missing).toEqual([]);
  });

  it('has every package that the sources import among the dependencies, and no other', () => {
    const imported = new Set<string>();
    for (const { imports } of sources.values()) {
      // types too: the declarations that are published name them
      for (const { from } of imports) {
        if (!from.startsWith('.') && !isBuiltin(from)) imported.add(packageOf(from));
      }
    }
    const declared = { ...manifest.dependencies, ...manifest.optionalDependencies };
    expect([...imported].sort()).toEqual(Object.keys(declared).sort());
  });
});

const packageOf = (from: string) =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');

function placeOf(path: string): number {
  const room = roomOf(path);
  return room === 'index' ? ROOMS.length : ROOMS.indexOf(room);
}

/** The files of one circle of imports, in order, or `undefined`. Types count: they tangle readers too. */
function circleIn(files: ReadonlyMap<string, Source>): string[] | undefined {
  const finished = new Set<string>();
  const trail: string[] = [];
  const walk = (path: string): string[] | undefined => {
    if (finished.has(path)) return undefined;
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    trail.push(path);
    for (const { from } of files.get(path)?.imports ?? []) {
      const target = resolved(path, from);
      const circle = target === undefined ? undefined : walk(target);
      if (circle) return circle;
    }
    trail.pop();
    finished.add(path);
    return undefined;
  };
  for (const path of files.keys()) {
    const circle = walk(path);
    if (circle) return circle;
  }
  return undefined;
}

const NODE_GLOBALS = new Set([
  'Buffer',
  'process',
  'require',
  '__dirname',
  '__filename',
  'global',
  'setImmediate',
]);

/** Uses of Node's globals as values (a property or a type of that name is none). */
function nodeGlobalsIn({ syntax }: Source): string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && NODE_GLOBALS.has(node.text)) {
      const { parent } = node;
      const isProperty =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        (ts.isPropertyAssignment(parent) && parent.name === node) ||
        (ts.isPropertySignature(parent) && parent.name === node);
      if (!isProperty) found.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return [...found];
}
