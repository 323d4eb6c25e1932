/** The work of `mechanist info`: what a file holds, what is understood of it, and what looks wrong. */
import { type Finding, inspectData, type OutcomeTensor } from '../data/index.js';
import { isMechanistError } from '../errors.js';
import { formatOf, readData } from '../formats/index.node.js';
import { rankAtEnergy } from '../stats/index.js';
import { type ScreenRequest, screenOf } from './load-screen.node.js';
import { profileSpectrum } from './profile-spectrum.js';

/** Fewer leading singular values than this are not worth printing. */
const SHOWN_VALUES = 5;

export interface Description {
  readonly file: string;
  readonly format: string;
  readonly nObs: number;
  readonly nVars: number;
  readonly sparse: boolean;
  readonly obsColumns: readonly string[];
  readonly layers: readonly string[];
  /** What was understood, or why no screen was. */
  readonly understood: readonly string[];
  readonly coverage?: Coverage;
  readonly spectrum?: { readonly rank95: number; readonly leading: readonly number[] };
  readonly findings: readonly Finding[];
  /** All of it, for reading. */
  readonly text: string;
}

export interface Coverage {
  readonly contexts: number;
  readonly actions: number;
  readonly pairs: number;
  readonly missing: number;
  readonly share: number;
  readonly actionsPerContext: { readonly least: number; readonly median: number; readonly most: number };
  readonly contextsPerAction: { readonly least: number; readonly median: number; readonly most: number };
}

/** Reads and describes. Throws what reading throws; roles that cannot be settled are part of the answer. */
export async function describe(request: ScreenRequest): Promise<Description> {
  const format = await formatOf(request.path);
  const { cells, genes } = request;
  const data = await readData(request.path, { cells, genes });
  const { context, action, control, layer, preprocess, smiles, actionFeatures, contextFeatures } = request;
  const given = [context, action, control, layer, preprocess, smiles, actionFeatures, contextFeatures];
  const screen = await screenOf(data, request).catch((error: unknown) => {
    if (!isMechanistError(error) || given.some((option) => option !== undefined)) throw error;
    return error;
  });
  const known = screen instanceof Error ? undefined : screen;
  const facts = {
    file: request.path,
    format: format.title,
    nObs: data.nObs,
    nVars: data.nVars,
    sparse: data.X.kind !== 'dense',
    obsColumns: data.obs.names,
    layers: [...data.layers.keys()],
    understood:
      screen instanceof Error
        ? [`no screen: ${screen.message}`]
        : [...screen.sentences, ...oneContext(screen.tensor)],
    coverage: known && coverageOf(known.tensor),
    spectrum: known && spectrumOf(known.tensor),
    findings: inspectData(data, known?.roles),
  };
  return { ...facts, text: textOf(facts) };
}

function oneContext({ nContexts }: OutcomeTensor): string[] {
  if (nContexts > 1) return [];
  return ['one context only: evaluate and impute learn from other contexts; name a column with --context'];
}

function coverageOf(tensor: OutcomeTensor): Coverage {
  const { nContexts, nActions, nPairs } = tensor;
  return {
    contexts: nContexts,
    actions: nActions,
    pairs: nPairs,
    missing: nContexts * nActions - nPairs,
    share: nPairs / (nContexts * nActions),
    actionsPerContext: range(tensor.pairsOfContext.map((pairs) => pairs.length)),
    contextsPerAction: range(tensor.pairsOfAction.map((pairs) => pairs.length)),
  };
}

function spectrumOf(tensor: OutcomeTensor) {
  const values = profileSpectrum(tensor);
  return { rank95: rankAtEnergy(values, 0.95), leading: Array.from(values.subarray(0, SHOWN_VALUES)) };
}

function range(counts: readonly number[]) {
  const sorted = [...counts].sort((a, b) => a - b);
  return { least: sorted[0], median: sorted[sorted.length >> 1], most: sorted[sorted.length - 1] };
}

function textOf(facts: Omit<Description, 'text'>): string {
  const { coverage, spectrum } = facts;
  const lines = [
    `${facts.file}: ${facts.format}`,
    `  ${facts.nObs} rows × ${facts.nVars} genes, ${facts.sparse ? 'sparse' : 'dense'}`,
    `  obs: ${facts.obsColumns.join(', ') || 'no columns'}`,
  ];
  if (facts.layers.length > 0) lines.push(`  layers: ${facts.layers.join(', ')}`);
  lines.push('', 'Understood', ...facts.understood.map((sentence) => `  ${sentence}`));
  if (coverage) {
    const { actionsPerContext: a, contextsPerAction: c } = coverage;
    lines.push(
      '',
      'Coverage',
      `  ${coverage.pairs} of ${coverage.contexts} × ${coverage.actions} pairs measured (${(100 * coverage.share).toFixed(1)} %), ${coverage.missing} missing`,
      `  actions a context: ${a.least} to ${a.most}, median ${a.median}`,
      `  contexts an action: ${c.least} to ${c.most}, median ${c.median}`,
    );
  }
  if (spectrum) {
    const values = spectrum.leading.map((value) => value.toPrecision(4)).join(', ');
    lines.push(
      '',
      'Spectrum',
      `  rank at 95 % energy: ${spectrum.rank95}; largest singular values: ${values}`,
    );
  }
  lines.push('', 'Suspicious input');
  if (facts.findings.length === 0) lines.push('  nothing found');
  return [...lines, ...facts.findings.map(findingLine)].join('\n');
}

/** A message that names a number of things stands behind it; one that is a sentence of its own does not. */
function findingLine({ severity, message, count, examples }: Finding): string {
  const whole = /^(column|nothing|values are (whole|positive|of both))/.test(message);
  const shown =
    examples.length > 0 ? `: ${examples.join(', ')}${count > examples.length && !whole ? ', …' : ''}` : '';
  return `  ${severity}: ${whole ? '' : `${count} `}${message}${shown}`;
}
