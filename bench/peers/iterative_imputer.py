"""scikit-learn's IterativeImputer for `bench/mice.mjs` and `bench/missforest.mjs`: reads one request a line,
{"rows", "genes", "method", "skip_complete", "tol", "seed"}, rows of [genes, one-hot context, one-hot action] with null for missing
genes, and answers {"seconds", "rounds", "filled"}: the genes of the incomplete rows. {"method": "about"} is answered
by versions.
"""
import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestRegressor
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer

warnings.simplefilter("ignore")


def answer(method, rows=None, genes=0, skip_complete=False, tol=1e-3, seed=0):
    if method == "about":
        return {"versions": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}"}
    matrix = np.array(rows, dtype=float)
    missing = np.isnan(matrix).any(axis=1)
    estimator = RandomForestRegressor(random_state=seed) if method == "missforest" else None
    start = time.perf_counter()
    imputer = IterativeImputer(estimator, skip_complete=skip_complete, tol=tol)
    filled = imputer.fit_transform(matrix)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "rounds": imputer.n_iter_, "filled": filled[missing, :genes].tolist()}


for line in sys.stdin:
    print(json.dumps(answer(**json.loads(line))), flush=True)
