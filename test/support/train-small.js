/**
 * Trains a two-layer network for a few steps on whatever runtime it is given; plain JavaScript, so that a page and Node
 * run the same file.
 */

/** Irregular numbers in [−1, 1). */
const numbers = (n, salt) =>
  Float32Array.from({ length: n }, (_, i) => 2 * ((((i + 1) ** 2 + salt) * 0.7548776662466927) % 1) - 1);

export async function train(compute, runtime, steps) {
  const { add, affine, gradients, input, mean, mul, Program, relu, square, Store, sub } = compute;
  const [rows, inputs, hidden, outputs] = [32, 20, 48, 5];
  const x = input('x', [rows, inputs]);
  const target = input('target', [rows, outputs]);
  const parameters = [
    input('first.weight', [hidden, inputs]),
    input('first.bias', [hidden]),
    input('second.weight', [outputs, hidden]),
    input('second.bias', [outputs]),
  ];
  const [w1, b1, w2, b2] = parameters;
  const y = affine(relu(affine(x, w1, b1)), w2, b2);
  const loss = mean(square(sub(y, target)));
  const updates = gradients(loss, parameters).flatMap((gradient, i) => {
    const parameter = parameters[i];
    const velocity = input(`velocity.${parameter.name}`, parameter.shape);
    const next = add(mul(velocity, 0.9), gradient);
    return [
      [velocity, next],
      [parameter, sub(parameter, mul(next, 0.1))],
    ];
  });
  const store = new Store(runtime);
  for (const [state] of updates) {
    const scale = state.name.startsWith('velocity') ? 0 : 0.2;
    store.set(
      state,
      numbers(state.size, state.size % 7).map((value) => scale * value),
    );
  }
  const program = await Program.compile(store, { outputs: { loss }, updates });
  const feeds = { x: numbers(x.size, 0.3), target: numbers(target.size, 0.6) };
  const losses = [];
  for (let step = 0; step < steps; step++) losses.push((await program.run(feeds)).loss[0]);
  const weights = [];
  for (const { name } of parameters) weights.push(...(await store.get(name)));
  await program.dispose();
  store.dispose();
  return { losses, weights, threads: runtime.threads };
}
