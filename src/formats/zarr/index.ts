/** AnnData in zarr from any store; the one for folders is in `zarr.node.ts`. */
export { readAnnData } from './anndata.js';
export { openNode, ZarrArray, ZarrGroup, type ZarrNode, type ZarrStore, type ZarrValues } from './node.js';
