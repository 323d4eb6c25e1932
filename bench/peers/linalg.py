"""NumPy and SciPy for `bench/linalg.mjs`: reads one request a line, {"op", "n", "repeats"}, and answers the seconds
of each call, on matrices of its own. {"op": "about"} is answered by versions and by the OpenBLAS that is in use.
"""
import json
import sys
import time
from types import SimpleNamespace

import numpy as np
import scipy
import scipy.linalg

matrices = {}


def inputs(n):
    if n not in matrices:
        random = np.random.default_rng(n)
        a = random.standard_normal((n, n))
        definite = a @ a.T + n * np.eye(n)
        matrices[n] = SimpleNamespace(
            a=a,
            b=random.standard_normal((n, n)),
            tall=random.standard_normal((2 * n, n)),
            rhs=random.standard_normal((2 * n, 4)),
            symmetric=(a + a.T) / 2,
            definite=definite,
            lower=np.tril(definite),
        )
    return matrices[n]


operations = {
    "product": lambda x: x.a @ x.b,
    "gram": lambda x: x.a @ x.a.T,
    "cholesky": lambda x: np.linalg.cholesky(x.definite),
    "triangular solve": lambda x: scipy.linalg.solve_triangular(x.lower, x.b, lower=True),
    "qr": lambda x: np.linalg.qr(x.tall),
    "pivoted qr": lambda x: scipy.linalg.qr(x.tall, mode="economic", pivoting=True),
    "svd": lambda x: np.linalg.svd(x.a, full_matrices=False),
    "singular values": lambda x: np.linalg.svd(x.a, compute_uv=False),
    "symmetric eigen": lambda x: np.linalg.eigh(x.symmetric),
    "eigenvalues": lambda x: np.linalg.eigvalsh(x.symmetric),
    "least squares": lambda x: np.linalg.lstsq(x.tall, x.rhs, rcond=None),
    "pseudoinverse": lambda x: np.linalg.pinv(x.a),
}


def openblas_in_use():
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split()[-1] for line in maps if "openblas" in line.split("/")[-1]}
    except OSError:
        return None
    return min(files, default=None)


def answer(op, n=0, repeats=0):
    if op == "about":
        return {"versions": f"NumPy {np.__version__}, SciPy {scipy.__version__}", "library": openblas_in_use()}
    x, run, seconds = inputs(n), operations[op], []
    for _ in range(repeats):
        start = time.perf_counter()
        run(x)
        seconds.append(time.perf_counter() - start)
    return seconds


for line in sys.stdin:
    print(json.dumps(answer(**json.loads(line))), flush=True)
