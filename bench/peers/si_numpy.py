"""Leave-one-out of SI-A on a (context, action) table, written well in NumPy: one centred lstsq a pair.

What a careful user would run today. Usage: si_numpy.py FILE.tsv [OUT.csv]; prints JSON with the seconds of
the computation alone (reading excluded) and the medians of the scores.
"""
import json
import sys
import time

import numpy as np

path = sys.argv[1]
with open(path) as lines:
    header = next(lines).rstrip("\n").split("\t")
    rows = [line.rstrip("\n").split("\t") for line in lines]
units = [row[0] for row in rows]
actions = [row[1] for row in rows]
values = np.array([row[2:] for row in rows], dtype=float)
CONTROL = "DMSO"
row_of = {pair: i for i, pair in enumerate(zip(units, actions))}
contexts_of = {a: {u for u, b in row_of if b == a} for a in sorted(set(actions))}
actions_of = {u: {a for v, a in row_of if v == u} for u in sorted(set(units))}


def donors_and_contexts(unit, action):
    contexts = contexts_of[action] - {unit}
    remaining = sorted(actions_of[unit] - {action})
    donors = []
    while remaining:
        best = max(remaining, key=lambda a: len(contexts & contexts_of[a]))  # first of equals: sorted by name
        left = contexts & contexts_of[best]
        if not left:
            break
        contexts = left
        donors.append(best)
        remaining.remove(best)
    return sorted(donors), sorted(contexts)


def predict(unit, action):
    donors, contexts = donors_and_contexts(unit, action)
    X = np.concatenate([values[[row_of[c, d] for d in donors]].T for c in contexts])
    y = np.concatenate([values[row_of[c, action]] for c in contexts])
    mean_x, mean_y = X.mean(axis=0), y.mean()
    beta = np.linalg.lstsq(X - mean_x, y - mean_y, rcond=None)[0]
    test = values[[row_of[unit, d] for d in donors]].T
    return test @ beta + (mean_y - mean_x @ beta), len(donors), len(contexts)


pairs = sorted(pair for pair in row_of if pair[1] != CONTROL)
start = time.perf_counter()
predictions = [predict(*pair) for pair in pairs]
seconds = time.perf_counter() - start

scores = []
for (unit, action), (estimate, n_donors, n_contexts) in zip(pairs, predictions):
    truth, control = values[row_of[unit, action]], values[row_of[unit, CONTROL]]
    rmse = np.sqrt(np.mean((estimate - truth) ** 2))
    q1, q3 = np.quantile(truth, [0.25, 0.75])
    a, b = estimate - control, truth - control
    others = [values[row_of[unit, c]] for c in actions_of[unit] - {CONTROL, action}]
    mean = np.mean(others, axis=0)
    e, f = estimate - mean, truth - mean
    scores.append([
        rmse / (q3 - q1), rmse, a @ b / np.linalg.norm(a) / np.linalg.norm(b),
        e @ f / np.linalg.norm(e) / np.linalg.norm(f),
        1 - np.sum((estimate - truth) ** 2) / np.sum((truth - truth.mean()) ** 2), n_donors, n_contexts,
    ])
names = ["nrmse", "rmse", "cosine", "cosine_cellmean", "r2", "donors", "training_contexts"]
if len(sys.argv) > 2:
    with open(sys.argv[2], "w") as out:
        out.write(",".join(["context", "action", *names]) + "\n")
        for pair, row in zip(pairs, scores):
            out.write(",".join([*pair, *(repr(float(x)) for x in row)]) + "\n")
print(json.dumps({"seconds": seconds, "pairs": len(pairs), "medians": dict(zip(names, np.median(scores, axis=0)))}))
