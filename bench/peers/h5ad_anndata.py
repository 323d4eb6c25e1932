"""Debian's anndata's side of h5ad.mjs: `make FILE`, or `time FILE OUT` which prints JSON."""
import json
import sys
import time

import anndata
import numpy as np
import pandas as pd
import scipy.sparse as sp


def make(path):
    rng = np.random.default_rng(0)
    X = sp.random(100_000, 2_000, density=0.05, format="csr", dtype=np.float32, random_state=0)
    X.data = np.ceil(X.data * 10)
    obs = pd.DataFrame(
        {"cell_line": pd.Categorical(rng.choice(["A", "B", "C"], 100_000)), "n": rng.random(100_000)},
        index=[f"cell{i}" for i in range(100_000)],
    )
    anndata.AnnData(X, obs=obs, var=pd.DataFrame(index=[f"gene{i}" for i in range(2_000)])).write_h5ad(path)
    print("{}")


def timed(work):
    begin = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begin


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    data, first = timed(lambda: anndata.read_h5ad(sys.argv[2]))
    _, again = timed(lambda: anndata.read_h5ad(sys.argv[2]))
    _, write = timed(lambda: data.write_h5ad(sys.argv[3]))
    print(json.dumps({"readFirst": first, "readAgain": again, "write": write}))
