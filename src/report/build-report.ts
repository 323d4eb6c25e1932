/** From the results of an evaluation to a report: figures and one page. */
import { reasonsToDistrust } from './distrust.js';
import { drawFigures } from './figures.js';
import type { Report, ReportInput } from './input.js';
import { page } from './page/page.js';
import { standing as standingOf } from './paired.js';
import { verdict as verdictOf } from './verdict.js';

/**
 * Draws every figure and writes the page. Touches no file; the same input gives the same bytes.
 * Empty scores, one pair, one method or one context are all fine: what cannot be drawn is replaced by a sentence.
 */
export async function buildReport(input: ReportInput): Promise<Report> {
  const standing = standingOf(input.scores, input.summary, input.baselines);
  const groups = await drawFigures(input, standing);
  const html = page({
    input,
    standing,
    verdict: verdictOf(standing, input.summary, input.baselines),
    reasons: reasonsToDistrust(input.scores, standing, input.baselines, input.tauThreshold),
    groups,
  });
  const figures = new Map<string, string>();
  for (const { stem, svg } of groups.flatMap((group) => group.figures)) {
    if (svg !== null) figures.set(stem, svg);
  }
  return { html, figures };
}
