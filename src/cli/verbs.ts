/** The verbs, in the order in which `--help` lists them: one line each. */
import { convertVerb } from './convert.js';
import { designVerb } from './design.js';
import { evaluateVerb } from './evaluate.js';
import { fingerprintVerb } from './fingerprint.js';
import { imputeVerb } from './impute.js';
import { infoVerb } from './info.js';
import { inpaintVerb } from './inpaint.js';
import { representVerb } from './represent.js';
import { reproduceVerb } from './reproduce.js';
import { simulateVerb } from './simulate.js';
import { targetVerb } from './target.js';
import { trainTargetVerb } from './train-target.js';

export const verbs = [
  infoVerb,
  convertVerb,
  evaluateVerb,
  imputeVerb,
  designVerb,
  inpaintVerb,
  representVerb,
  targetVerb,
  trainTargetVerb,
  simulateVerb,
  reproduceVerb,
  fingerprintVerb,
];
