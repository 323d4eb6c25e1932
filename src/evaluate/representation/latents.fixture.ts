/** Latents whose scores were computed elsewhere: three true ones and four estimates of them, 40 rows. */
import { type DenseMatrix, dense } from '../../data/index.js';
import { Random } from '../../random/index.js';

const N_ROWS = 40;

/** Columns from functions of the row number. */
export const columns = (nRows: number, ...of: ((i: number) => number)[]) =>
  dense(
    nRows,
    of.length,
    Float64Array.from({ length: nRows * of.length }, (_, at) =>
      of[at % of.length](Math.floor(at / of.length)),
    ),
  );

/*
 * i = np.arange(40)[:, None]
 * T = np.sin(i * [[.7, 1.3, 2.1]] + [[0, 1, 2]])
 * E = np.stack([-2*T[:,2] + .3*np.cos(i[:,0]*3.1), T[:,0]**3 + .2*np.sin(i[:,0]*5.3), .1*i[:,0] % 1,
 *               .5*T[:,1] + np.cos(i[:,0]*.9)], 1)
 */
const first = (i: number): number => Math.sin(0.7 * i);
const second = (i: number): number => Math.sin(1.3 * i + 1);
const third = (i: number): number => Math.sin(2.1 * i + 2);
export const truth = columns(N_ROWS, first, second, third);
export const estimate = columns(
  N_ROWS,
  (i) => -2 * third(i) + 0.3 * Math.cos(i * 3.1),
  (i) => first(i) ** 3 + 0.2 * Math.sin(i * 5.3),
  (i) => (0.1 * i) % 1,
  (i) => 0.5 * second(i) + Math.cos(i * 0.9),
);

/** Independent standard normal numbers (nRows, nCols), others for another name. */
export function normals(nRows: number, nCols: number, name: string): DenseMatrix {
  const random = Random.fromSeed(7).split(name);
  return dense(
    nRows,
    nCols,
    Float64Array.from({ length: nRows * nCols }, () => random.normal()),
  );
}
