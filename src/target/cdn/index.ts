/** The differential network: evidence, network, training from simulations, a trained one. */
export {
  type Calibration,
  calibrate,
  calibrationError,
  probabilityOf,
  type Reliability,
  reliabilityOf,
} from './calibration.js';
export { type Evidence, type EvidenceWanted, evidenceOf, setEvidence } from './evidence.js';
export { drawExamples, type Example } from './mixture.js';
export { CDN_MODEL, type CdnModel, cdnFeatures, cdnModel, predictorOf } from './model.js';
export { momentsOf, scalesOf } from './moments.js';
export { CdnPredictor } from './predictor.js';
export {
  CDN_DEFAULTS,
  CDN_MARGINALS,
  CDN_PAIRINGS,
  CDN_STATISTICS,
  CDN_VARIANTS,
  type CdnSettings,
  checkSettings,
} from './settings.js';
export { CDN_TRAINING, CdnTrainer, type CdnTraining, checkTraining, drawBatch } from './training.js';
