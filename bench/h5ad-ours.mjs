/** Our side of `h5ad.mjs`: read twice, write, read a slice. */
import { openH5ad } from '../dist/formats/h5ad/h5ad.node.js';
import { readData, writeData } from '../dist/formats/index.node.js';

const [input, output] = process.argv.slice(2);
const seconds = async (work) => {
  const begin = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - begin) / 1000 };
};

const first = await seconds(() => readData(input));
const again = await seconds(() => readData(input));
const write = await seconds(() => writeData(output, first.result));
const slice = await seconds(async () => {
  const handle = await openH5ad(input);
  const rows = await handle.readRows(50_000, 51_000);
  await handle.close();
  return rows;
});
console.log(
  JSON.stringify({
    readFirst: first.seconds,
    readAgain: again.seconds,
    write: write.seconds,
    slice: slice.seconds,
  }),
);
