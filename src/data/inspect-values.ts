/** Findings about the numbers of `X`: what kind they are, what is missing, impossible or empty. */
import { type Finding, finding } from './finding.js';
import type { PerturbationData } from './perturbation-data.js';
import { forEachStored } from './preprocess/elementwise.js';

const MISSING = -666;
/** Logarithms of expression stay below this; intensities and counts of any size do not. */
const LARGEST_LOG = 30;

/** What the values look like. */
export type Scale = 'counts' | 'intensities' | 'logarithms' | 'signed';

interface Survey {
  least: number;
  most: number;
  nan: number;
  infinite: number;
  missing: number;
  negative: number;
  zeros: number;
  ones: number;
  /** Values above 0 and below 4, 1 excepted. */
  small: number;
  fractions: number;
  readonly emptyRows: number[];
  readonly emptyCols: number[];
  /** Columns with NaN, and with infinite values. */
  readonly nanCols: Set<number>;
  readonly infiniteCols: Set<number>;
}

export function inspectValues(data: PerturbationData): Finding[] {
  const { nObs, nVars } = data;
  if (nObs === 0 || nVars === 0) {
    return finding('empty', 'error', `nothing in here: ${nObs} rows × ${nVars} genes`, [], 1);
  }
  const survey = surveyOf(data);
  const genes = (columns: Iterable<number>) => [...columns].map((column) => data.var.index[column]);
  const scale = scaleOf(survey);
  return [
    ...finding(
      'nan',
      'error',
      'values are NaN (missing); drop those genes or rows',
      genes(survey.nanCols),
      survey.nan,
    ),
    ...finding('infinite', 'error', 'values are infinite', genes(survey.infiniteCols), survey.infinite),
    ...finding(
      'sentinel',
      'error',
      'values are −666, which means missing in L1000 files',
      [],
      survey.missing,
    ),
    ...finding(
      'negative-counts',
      'error',
      'whole numbers like counts, but some are negative',
      [`${survey.least}`],
      survey.fractions === 0 && survey.least < 0 ? survey.negative : 0,
    ),
    ...finding(
      'dropouts',
      'warning',
      'values are exactly 1 among intensities: dropouts of L1000 level 2, which mean missing',
      [],
      isDropout(survey) ? survey.ones : 0,
    ),
    ...finding('zero-genes', 'warning', 'genes are 0 everywhere', genes(survey.emptyCols)),
    ...finding(
      'zero-cells',
      'warning',
      'rows have no counts at all',
      survey.emptyRows.map((row) => data.obs.index[row]),
    ),
    ...finding('scale', 'info', SCALES[scale], [`${shortly(survey.least)} to ${shortly(survey.most)}`], 1),
  ];
}

/** Enough digits to see what it is. */
const shortly = (value: number) => String(Number(value.toPrecision(5)));

const SCALES: Readonly<Record<Scale, string>> = {
  counts: 'values are whole numbers from 0 up: raw counts',
  intensities:
    'values are positive with fractions and large: intensities or normalised counts, no logarithms',
  logarithms: 'values are positive, small and with fractions: logarithms of expression',
  signed: 'values are of both signs: differences, z-scores or centred logarithms',
};

/** What the values look like; `null` for no values. */
export function dataScale(data: PerturbationData): Scale | null {
  return data.nObs === 0 || data.nVars === 0 ? null : scaleOf(surveyOf(data));
}

function scaleOf(survey: Survey): Scale {
  if (survey.fractions === 0) return 'counts';
  if (survey.least < 0) return 'signed';
  return survey.most < LARGEST_LOG ? 'logarithms' : 'intensities';
}

/** Ones stand alone at the bottom: nothing is 0, nothing else is near. */
function isDropout(survey: Survey): boolean {
  return survey.ones > 0 && survey.small === 0 && survey.zeros === 0 && survey.most > LARGEST_LOG;
}

/** One pass over the stored values; the zeros that a sparse matrix does not store are counted too. */
function surveyOf(data: PerturbationData): Survey {
  const { nRows, nCols } = data.X;
  const survey: Survey = {
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
    nan: 0,
    infinite: 0,
    missing: 0,
    negative: 0,
    zeros: nRows * nCols - data.X.values.length,
    ones: 0,
    small: 0,
    fractions: 0,
    emptyRows: [],
    emptyCols: [],
    nanCols: new Set(),
    infiniteCols: new Set(),
  };
  const rowHas = new Uint8Array(nRows);
  const colHas = new Uint8Array(nCols);
  forEachStored(data.X, (value, row, col) => {
    if (value === 0) {
      survey.zeros++;
      return;
    }
    rowHas[row] = 1;
    colHas[col] = 1;
    if (Number.isNaN(value)) {
      survey.nan++;
      survey.nanCols.add(col);
    } else if (!Number.isFinite(value)) {
      survey.infinite++;
      survey.infiniteCols.add(col);
    } else if (value === MISSING) survey.missing++;
    else {
      if (value < survey.least) survey.least = value;
      if (value > survey.most) survey.most = value;
      if (value < 0) survey.negative++;
      if (value === 1) survey.ones++;
      else if (value > 0 && value < 4) survey.small++;
      if (!Number.isInteger(value)) survey.fractions++;
    }
  });
  if (survey.zeros > 0) {
    survey.least = Math.min(survey.least, 0);
    survey.most = Math.max(survey.most, 0);
  }
  rowHas.forEach((has, row) => {
    if (!has) survey.emptyRows.push(row);
  });
  colHas.forEach((has, col) => {
    if (!has) survey.emptyCols.push(col);
  });
  return survey;
}
