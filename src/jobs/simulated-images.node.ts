/** Simulated pictures as files: `NAME.png`, the truth, and `NAME_mask.png`, white where a pixel is known. */
import { join } from 'node:path';
import { checkOutput, makeFolder, writePicture } from '../formats/index.node.js';
import { maskPicture, type SimulatedImage } from '../simulate/index.js';

/** Names of the files written into `folder`. Nothing is written when one of them is there already. */
export async function writeImagesTo(
  folder: string,
  images: readonly SimulatedImage[],
  overwrite = false,
): Promise<string[]> {
  const files = images.flatMap(({ name, picture, known }) => [
    { file: `${name}.png`, picture },
    { file: `${name}_mask.png`, picture: maskPicture(known, picture.height, picture.width) },
  ]);
  await makeFolder(folder);
  for (const { file } of files) await checkOutput(join(folder, file), { overwrite });
  for (const { file, picture } of files) await writePicture(join(folder, file), picture, { overwrite });
  return files.map(({ file }) => file);
}
