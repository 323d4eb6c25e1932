/** The mixture of estimators, and conformal intervals. */
export { auto } from './auto.js';
