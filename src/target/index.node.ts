/** The target room in Node: everything, and the trained networks that come with the package. */
export * from './index.js';
export { trainedNetwork } from './trained.node.js';
