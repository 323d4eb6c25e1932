"""The convolutional NTK and its regression in NumPy, for `bench/cntk.mjs`: the kernel held as (d, d, d, d), as the
authors hold it, every step vectorised. Reads {"op", "size", "repeats"} a line, answers seconds and a sum to compare.
"""
import json
import sys
import time

import numpy as np
import scipy.linalg

SLOPE = 0.01


def window(a):
    for first, second in ((0, 2), (1, 3)):
        a = sum(np.roll(a, (step, step), (first, second)) for step in (-1, 0, 1))
    return a


def kernel(size):
    d = size
    eye = np.eye(d * d).reshape(d, d, d, d)
    sigma = 1 / 400 + eye * (1 / 300 - 1 / 400)
    derivative = tangent = None
    layers = ["conv"] + ["down", "conv"] * 3 + ["up", "conv"] * 3
    for i, layer in enumerate(layers):
        if layer == "down":
            sigma, derivative, tangent = (x[::2, ::2, ::2, ::2] for x in (sigma, derivative, tangent))
        elif layer == "up":
            for axis in range(4):
                sigma, derivative, tangent = (np.repeat(x, 2, axis) for x in (sigma, derivative, tangent))
        else:
            if tangent is not None:
                tangent = window(sigma + derivative * tangent)
                if i == len(layers) - 1:
                    break
            a = window(sigma)
            if tangent is None:
                tangent = a
            n = np.einsum("ijij->ij", a)
            norm = np.sqrt(n[:, :, None, None] * n[None, None])
            t = np.clip(a / norm, -1, 1)
            angle = np.arccos(t)
            sine = np.sqrt(1 - t * t)
            leak = 2 * SLOPE / (np.pi * (SLOPE**2 + 1))
            sigma = ((t * (np.pi - angle) + sine) / np.pi + leak * (t * angle - sine)) * norm / 9
            derivative = ((np.pi - angle) / np.pi + leak * angle) / 9
    return tangent


def known(size):
    return [i for i in range(size * size) if (i * 2654435761 % 2**32) < 2**31]


def solve(size, matrix):
    pixels = known(size)
    square = matrix.reshape(size * size, size * size)
    targets = np.sin(np.array(pixels, dtype=float))[:, None] * np.ones((1, 3))
    weights = scipy.linalg.solve(square[np.ix_(pixels, pixels)], targets, assume_a="pos")
    missing = np.setdiff1d(np.arange(size * size), pixels)
    return square[np.ix_(missing, pixels)] @ weights


for line in sys.stdin:
    request = json.loads(line)
    size = request["size"]
    made = kernel(size) if request["op"] == "solve" else None
    seconds = []
    for _ in range(request["repeats"]):
        begin = time.perf_counter()
        result = kernel(size) if made is None else solve(size, made)
        seconds.append(time.perf_counter() - begin)
    print(json.dumps({"seconds": seconds, "sum": float(result.sum())}), flush=True)
