/** Matrix completion with the neural tangent kernel. */
export { activationDual, derivativeDual, tangentKernel } from './kernel.js';
export { ntk } from './ntk.js';
