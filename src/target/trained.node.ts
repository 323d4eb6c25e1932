/** Networks that come with the package, trained: each in its folder of `weights`, with the command that made it. */
import { fileURLToPath } from 'node:url';
import { loadModel, type SavedModel } from '../compute/index.node.js';

/** Of a folder that a training wrote, by default the package's of that method. Throws FileError, FormatError. */
export const trainedNetwork = (method: string, folder?: string): Promise<SavedModel> =>
  loadModel(folder ?? fileURLToPath(new URL(`../../weights/${method}`, import.meta.url)));
