/** A report on disk: `DIR/report.html`, `DIR/figures/*.svg` and, on demand, `DIR/figures/*.png`. */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOutput, fileError, makeFolder, writeAtomically } from '../formats/files.node.js';
import type { Report } from './input.js';
import { figureStems } from './plots/drawing.js';
import { svgToPng } from './png.node.js';

export interface WriteReportOptions {
  /** Replace the files of an earlier report. Default false: FileError 'exists'. */
  readonly overwrite?: boolean;
  /** Also write each figure as PNG, with so many pixels a unit; `true` is 2. Default none. */
  readonly png?: boolean | number;
}

/**
 * Writes the files and returns their paths, the page first. All names are checked before the first byte is
 * written, and each file appears whole or not at all. Throws FileError.
 */
export async function writeReport(
  folder: string,
  report: Report,
  { overwrite = false, png = false }: WriteReportOptions = {},
): Promise<string[]> {
  const figuresFolder = join(folder, 'figures');
  await makeFolder(figuresFolder);
  const files: { path: string; content: () => Promise<string | Uint8Array> }[] = [
    { path: join(folder, 'report.html'), content: async () => report.html },
  ];
  for (const [stem, svg] of report.figures) {
    files.push({ path: join(figuresFolder, `${stem}.svg`), content: async () => `${svg}\n` });
    if (png === false) continue;
    const scale = png === true ? 2 : png;
    files.push({ path: join(figuresFolder, `${stem}.png`), content: () => svgToPng(svg, { scale }) });
  }
  for (const { path } of files) await checkOutput(path, { overwrite });
  if (overwrite) await removeOthers(figuresFolder, new Set(files.map(({ path }) => path)));
  for (const { path, content } of files) {
    await writeAtomically(path, { overwrite }, async (temporary) => writeFile(temporary, await content()));
  }
  return files.map(({ path }) => path);
}

/** Fails early where a report, or a picture by the name of one of its figures, is there and may not be replaced. */
export async function checkReport(
  folder: string,
  { overwrite = false }: WriteReportOptions = {},
): Promise<void> {
  await checkOutput(join(folder, 'report.html'), { overwrite });
  const pictures = join(folder, 'figures');
  const there = new Set(await readdir(pictures).catch(() => []));
  const ours = figureStems.flatMap((stem) => [`${stem}.svg`, `${stem}.png`]);
  for (const name of ours) if (there.has(name)) await checkOutput(join(pictures, name), { overwrite });
}

/** A report that is there, and its figures, are taken away; nothing else is. Throws FileError. */
export async function removeReport(folder: string): Promise<void> {
  await rm(join(folder, 'report.html'), { force: true }).catch((error) => {
    throw fileError(error, folder);
  });
  await removeOthers(join(folder, 'figures'), new Set());
}

/** Figures of an earlier report that this one does not have would be taken for its own. */
async function removeOthers(figuresFolder: string, own: ReadonlySet<string>): Promise<void> {
  for (const stem of figureStems) {
    for (const extension of ['svg', 'png']) {
      const path = join(figuresFolder, `${stem}.${extension}`);
      if (own.has(path)) continue;
      await rm(path, { force: true }).catch((error) => {
        throw fileError(error, path);
      });
    }
  }
}
