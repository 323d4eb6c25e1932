/** Options of UT-IGSP. */
import { numberOption, switchOption } from '../../impute/option.js';

export const utigspOptions = {
  utigspAlpha: numberOption({
    default: 1e-3,
    least: 0,
    most: 1,
    placeholder: '<α>',
    summary: 'level of the tests of conditional independence among control cells',
  }),
  utigspAlphaInvariance: numberOption({
    default: 1e-3,
    least: 0,
    most: 1,
    placeholder: '<α>',
    summary: 'level of the tests that a gene given its parents is as in the control',
  }),
  utigspRuns: numberOption({
    default: 5,
    least: 1,
    most: 1000,
    whole: true,
    summary: 'starts of the search',
  }),
  utigspDepth: numberOption({
    default: 4,
    least: 0,
    most: 20,
    whole: true,
    summary: 'reversals without gain, one after the other, that the search tries',
  }),
  utigspMostVisits: numberOption({
    default: 2000,
    least: 1,
    whole: true,
    summary: 'graphs looked at without gain before a run ends',
  }),
  utigspEvidence: switchOption({
    default: true,
    summary: "off: scores are 1 for learned targets and 0 for others, as the authors'",
  }),
  utigspMostCells: numberOption({
    default: 1000,
    least: 10,
    whole: true,
    summary: 'cells drawn of the control and of a group, at most',
  }),
};
