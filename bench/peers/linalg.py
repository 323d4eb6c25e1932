"""NumPy and SciPy for `bench/linalg.mjs`: reads one request a line, {"op", "n", "repeats"}, answers the seconds
of each call, [s, s, ...], on matrices of its own. Threads as OPENBLAS_NUM_THREADS says."""
import json
import sys
import time

import numpy as np
import scipy.linalg as la

matrices = {}


def inputs(n):
    if n not in matrices:
        random = np.random.default_rng(n)
        a = random.standard_normal((n, n))
        b = random.standard_normal((n, n))
        tall = random.standard_normal((2 * n, n))
        rhs = random.standard_normal((2 * n, 4))
        symmetric = (a + a.T) / 2
        definite = a @ a.T + n * np.eye(n)
        matrices[n] = a, b, tall, rhs, symmetric, definite, np.tril(definite)
    return matrices[n]


operations = {
    "product": lambda a, b, tall, rhs, symmetric, definite, lower: a @ b,
    "gram": lambda a, b, tall, rhs, symmetric, definite, lower: a @ a.T,
    "cholesky": lambda a, b, tall, rhs, symmetric, definite, lower: np.linalg.cholesky(definite),
    "triangular solve": lambda a, b, tall, rhs, symmetric, definite, lower: la.solve_triangular(lower, b, lower=True),
    "qr": lambda a, b, tall, rhs, symmetric, definite, lower: np.linalg.qr(tall),
    "pivoted qr": lambda a, b, tall, rhs, symmetric, definite, lower: la.qr(tall, mode="economic", pivoting=True),
    "svd": lambda a, b, tall, rhs, symmetric, definite, lower: np.linalg.svd(a, full_matrices=False),
    "singular values": lambda a, b, tall, rhs, symmetric, definite, lower: np.linalg.svd(a, compute_uv=False),
    "symmetric eigen": lambda a, b, tall, rhs, symmetric, definite, lower: np.linalg.eigh(symmetric),
    "eigenvalues": lambda a, b, tall, rhs, symmetric, definite, lower: np.linalg.eigvalsh(symmetric),
    "least squares": lambda a, b, tall, rhs, symmetric, definite, lower: np.linalg.lstsq(tall, rhs, rcond=None),
    "pseudoinverse": lambda a, b, tall, rhs, symmetric, definite, lower: np.linalg.pinv(a),
}

for line in sys.stdin:
    request = json.loads(line)
    arrays = inputs(request["n"])
    run = operations[request["op"]]
    seconds = []
    for _ in range(request["repeats"]):
        start = time.perf_counter()
        run(*arrays)
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds), flush=True)
