/**
 * A perceptron with two hidden layers from what is known of the perturbed gene to the change of all genes: Adam on mean
 * squares, inputs and changes scaled to a mean square of 1.
 */
import { adam, mean, mlp, square, sub, train } from '../../compute/index.js';
import { InterruptedError } from '../../errors.js';
import { denseLayer, forward } from '../../represent/dense-layers.js';
import type { TargetRun } from '../method.js';
import type { ForwardModel } from './forward-models.js';

export const mlpModel =
  (width: number, epochs: number, run: TargetRun): ForwardModel =>
  async (known, fold) => {
    const { nGenes, targets, changes } = known;
    const inputUnit = rootMeanSquare(known.genes);
    const changeUnit = rootMeanSquare(changes);
    if (known.width === 0 || inputUnit === 0 || changeUnit === 0) return new Float64Array(nGenes * nGenes);
    const genes = known.genes.map((value) => value / inputUnit);
    const x = new Float32Array(targets.length * known.width);
    targets.forEach((target, i) => {
      x.set(genes.subarray(target * known.width, (target + 1) * known.width), i * known.width);
    });
    const y = Float32Array.from(changes, (value) => value / changeUnit);
    const trained = await train(
      await run.runtime(),
      {
        data: {
          x: { values: x, shape: [targets.length, known.width] },
          y: { values: y, shape: [targets.length, nGenes] },
        },
        build: (scope, fields) => {
          const predicted = mlp(scope, fields.x, { widths: [width, width, nGenes] });
          return { loss: mean(square(sub(predicted, fields.y))) };
        },
        optimiser: adam({ learningRate: 1e-3 }),
        epochs,
        random: run.random.split('mlp', fold),
      },
      { signal: run.signal },
    );
    if (trained.interrupted) throw new InterruptedError();
    const layers = [
      await denseLayer(trained.store, '0', { slope: 0 }),
      await denseLayer(trained.store, '1', { slope: 0 }),
      await denseLayer(trained.store, '2', { slope: 1 }),
    ];
    trained.store.dispose();
    return forward(layers, genes, nGenes).map((value) => value * changeUnit);
  };

const rootMeanSquare = (values: Float64Array): number =>
  values.length === 0 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
