/** Training: batches, validation, early stopping, checkpoints, and what a trained network is saved as. */
export type { Batch, Build, Built } from './batch-program.js';
export { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
export { type Config, type Json, readConfig, writeConfig } from './config.js';
export { exportOnnx } from './export.js';
export { type History, type HistoryRow, historyCsv } from './history.js';
export { Monitor, type MonitorOptions, type MonitorState } from './monitor.js';
export { type DenseRows, type Field, fieldOf, type Rows, type SparseRows } from './rows.js';
export {
  readSafetensors,
  type SafeFile,
  type SafeTensor,
  type SafeType,
  type SafeValues,
  writeSafetensors,
} from './safetensors.js';
export { type Moment, rampOverEpochs, rampOverSteps, type ScheduledScalar } from './scalars.js';
export { Trainer, train } from './trainer.js';
export type { EpochEnd, FitOptions, Progress, Trained, Training } from './training.js';
export { restoreWeights, storeOf, type Weights, weightsOf } from './weights.js';
