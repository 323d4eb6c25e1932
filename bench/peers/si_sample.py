"""Seconds a pair of SI-A in Python on a sample of missing pairs of a large screen.

The published algorithm, pair by pair: greedy donors over Python sets, stack, centred lstsq. Usage:
si_sample.py SCREEN.h5ad SAMPLES CAP; prints JSON with the mean seconds a pair with a cap on donors and without
(the published setting). The unlimited one stops after two minutes and says the mean so far.
"""
import json
import random
import sys
import time

import h5py
import numpy as np

path, samples, cap = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with h5py.File(path) as file:
    X = file["X"][:]

    def column(name):
        group = file["obs"][name]
        return np.array([c.decode() for c in group["categories"][:]])[group["codes"][:]]

    units, actions = column("cell_iname"), column("pert_iname")
row_of = {pair: i for i, pair in enumerate(zip(units, actions))}
contexts_of, actions_of = {}, {}
for unit, action in row_of:
    contexts_of.setdefault(action, set()).add(unit)
    actions_of.setdefault(unit, set()).add(action)


def predict(unit, action, limit):
    contexts = contexts_of[action] - {unit}
    remaining = sorted(actions_of[unit])
    donors = []
    while remaining and len(donors) < limit:
        best = max(remaining, key=lambda a: len(contexts & contexts_of[a]))
        left = contexts & contexts_of[best]
        if not left:
            break
        contexts = left
        donors.append(best)
        remaining.remove(best)
    if not donors:
        return X[[row_of[unit, a] for a in actions_of[unit]]].mean(axis=0)
    train = np.concatenate([X[[row_of[c, d] for d in donors]].T for c in contexts]).astype(float)
    y = np.concatenate([X[row_of[c, action]] for c in contexts]).astype(float)
    mean_x, mean_y = train.mean(axis=0), y.mean()
    beta = np.linalg.lstsq(train - mean_x, y - mean_y, rcond=None)[0]
    return X[[row_of[unit, d] for d in donors]].T @ beta + (mean_y - mean_x @ beta)


names = sorted(contexts_of)
every = sorted(actions_of)
draw = random.Random(0)
pairs = []
while len(pairs) < samples:
    pair = (draw.choice(every), draw.choice(names))
    if pair not in row_of:
        pairs.append(pair)


def seconds_a_pair(limit, budget):
    begin, done = time.perf_counter(), 0
    for unit, action in pairs:
        predict(unit, action, limit)
        done += 1
        if time.perf_counter() - begin > budget:
            break
    return (time.perf_counter() - begin) / done


print(json.dumps({"capped": seconds_a_pair(cap, 120), "unlimited": seconds_a_pair(10**9, 120)}))
