/** What a report is made of: data only, so that any caller (command line, browser, notebook) can make one. */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import type { CoverageRow } from '../evaluate/coverage.js';
import type { RegimeRow } from '../evaluate/regimes.js';
import type { ScoreRow, SummaryRow } from '../evaluate/scores.js';
import type { Random } from '../random/index.js';
import type { DonorGridRow } from './plots/donor-grid.js';
import type { Figure } from './plots/drawing.js';

export interface ReportInput {
  readonly title: string;
  /** Name of the file that the screen came from. */
  readonly source: string;
  /** Sentences on what was understood of the file: roles, control, rows left out. */
  readonly understood: readonly string[];
  /** The command that made this report, if there was one. */
  readonly command?: string;
  /** The options of the run in words, e.g. 'donors greedy, intercept on, ρ 0.1'. */
  readonly options: string;
  readonly seed: number;
  readonly version: string;
  readonly tensor: OutcomeTensor;
  /** One row a held-out pair and method, in any order. */
  readonly scores: readonly ScoreRow[];
  /** One row a method; shown as given. */
  readonly summary: readonly SummaryRow[];
  /** Which of the methods are plain averages that others must beat (`ImputerDescriptor.baseline`). */
  readonly baselines: readonly string[];
  /** ρ of the subspace inclusion test; `null` when the test never rejects. */
  readonly tauThreshold: number | null;
  /** The experiment of Fig. 5c, when it was run. */
  readonly donorGrid?: readonly DonorGridRow[];
  /** Medians where whole actions or contexts were held out but for k pairs, when that was run. */
  readonly regimes?: readonly RegimeRow[];
  /** How many measured values the intervals held, of methods that gave any. */
  readonly coverage?: readonly CoverageRow[];
  /** The share that they should hold. Default 0.9. */
  readonly intervalLevel?: number;
  /** Warnings and remarks of the run, shown on top. */
  readonly notes: readonly string[];
  /** Draws the samples of large screens and the layout of the UMAP. */
  readonly random: Random;
}

export interface Report {
  /** One self-contained page. */
  readonly html: string;
  /** File stem → SVG; figures that could not be drawn are left out. */
  readonly figures: Map<string, string>;
}

/** Figures under one heading of the page. */
export interface FigureGroup {
  readonly id: string;
  readonly heading: string;
  readonly intro: string;
  readonly figures: readonly Figure[];
}
