"""What scanpy computes, written again with numpy and pandas only, from its documented definitions.

Reads {"what": ..., "x": [[...]], ...} on stdin, writes the result as JSON. Used by the tests beside it.
"""

import json
import sys

import numpy as np
import pandas as pd


def normalise_total(x, target):
    totals = x.sum(1)
    target = np.median(totals[totals > 0]) if target == "median" else target
    totals[totals == 0] = target
    return x / (totals / target)[:, None]


def seurat(logged, n_top, n_bins):
    x = np.expm1(logged)
    mean, var = x.mean(0), x.var(0, ddof=1)
    mean[mean == 0] = 1e-12
    dispersion = var / mean
    dispersion[dispersion == 0] = np.nan
    frame = pd.DataFrame({"mean": np.log1p(mean), "dispersion": np.log(dispersion)})
    frame["bin"] = pd.cut(frame["mean"], bins=n_bins)
    grouped = frame.groupby("bin")["dispersion"]
    centre, spread = grouped.mean(), grouped.std(ddof=1)
    single = spread.isnull()
    spread[single] = centre[single]
    centre[single] = 0
    centre, spread = centre[frame["bin"]].values, spread[frame["bin"]].values
    frame["normalised"] = (frame["dispersion"].values - centre) / spread
    norm = frame["normalised"].values
    if n_top:
        ranked = np.sort(norm[~np.isnan(norm)])[::-1]
        chosen = np.nan_to_num(norm, nan=-np.inf) >= ranked[min(n_top, len(ranked)) - 1]
    else:
        norm = np.nan_to_num(norm)
        chosen = (frame["mean"].values > 0.0125) & (frame["mean"].values < 3) & (norm > 0.5)
    return {
        "mean": frame["mean"].tolist(),
        "dispersion": [None if np.isnan(v) else v for v in frame["dispersion"]],
        "normalised": [None if np.isnan(v) else v for v in frame["normalised"]],
        "chosen": chosen.astype(int).tolist(),
    }


def local_quadratic(x, y, span):
    """Exact local regression at every point: no interpolation."""
    out = []
    neighbours = int(len(x) * span)
    for at in x:
        distance = np.abs(x - at)
        near = np.argsort(distance, kind="stable")[:neighbours]
        weight = np.sqrt((1 - (distance[near] / distance[near].max()) ** 3) ** 3)
        design = np.vander(x[near] - at, 3, increasing=True) * weight[:, None]
        out.append(np.linalg.lstsq(design, y[near] * weight, rcond=None)[0][0])
    return np.array(out)


def seurat_v3(counts, span):
    mean, var = counts.mean(0), counts.var(0, ddof=1)
    varying = var > 0
    expected = np.zeros(len(mean))
    expected[varying] = local_quadratic(np.log10(mean[varying]), np.log10(var[varying]), span)
    sd = np.sqrt(10**expected)
    z = np.minimum((counts - mean) / sd, np.sqrt(len(counts)))
    return ((z**2).sum(0) / (len(counts) - 1)).tolist()


def robust_z(x, floor):
    centre = np.median(x, 0)
    mad = np.maximum(np.median(np.abs(x - centre), 0), floor)
    return ((x - centre) / (1.4826 * mad)).tolist()


task = json.load(sys.stdin)
data = np.array(task["x"], dtype=float)
if task["what"] == "normalise":
    result = np.log1p(normalise_total(data, task["target"])).tolist()
elif task["what"] == "seurat":
    result = seurat(data, task.get("n_top"), task.get("n_bins", 20))
elif task["what"] == "seurat_v3":
    result = seurat_v3(data, task["span"])
elif task["what"] == "robust_z":
    result = robust_z(data, task["floor"])
json.dump(result, sys.stdout)
