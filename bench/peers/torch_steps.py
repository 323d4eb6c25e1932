"""PyTorch's side of train-step.mjs and epoch.mjs, eager, as its users write it. Reads one request a line and answers
one line of JSON: {"model", "steps"} the milliseconds of each step, {"epoch": cells, "density"} a DataLoader loop."""
import json
import math
import resource
import sys
import time

import numpy as np
import torch

from sparse_vae import SparseVae

BATCH, GENES, LATENT, PERTURBATIONS = 128, 1187, 50, 105


class Model(SparseVae):
    def loss(self, counts, labels):
        likelihood, kl = self.terms(counts, labels)
        sparsity = (math.log(10) + 9 * self.log_open(0.999)).sum()
        return 1000 * (kl - likelihood).mean() - sparsity


def counts(rows, seed=1):
    random = np.random.default_rng(seed)
    return torch.from_numpy(random.poisson(3 * random.random((rows, GENES))).astype(np.float32))


def sparse_vae():
    model = Model(GENES, PERTURBATIONS, LATENT)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, eps=0.01, weight_decay=1e-6)
    x, labels = counts(BATCH), torch.randint(0, PERTURBATIONS, (BATCH,))
    return optimiser, lambda: model.loss(x, labels)


def mlp():
    widths = [978, 500, 300, 500, 978]
    parts = [part for a, b in zip(widths, widths[1:]) for part in (torch.nn.Linear(a, b), torch.nn.ReLU())]
    model = torch.nn.Sequential(*parts[:-1])
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)
    x = torch.randn(32, 978)
    return optimiser, lambda: ((model(x) - x) ** 2).sum()


MODELS = {"svae": sparse_vae, "mlp": mlp}
made = {}


def steps(name, count):
    if name not in made:
        torch.manual_seed(0)
        made[name] = MODELS[name]()
    optimiser, loss = made[name]
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        optimiser.zero_grad()
        value = loss()
        value.backward()
        optimiser.step()
        value.item()
        times.append(1000 * (time.perf_counter() - begin))
    return times


class Rows(torch.utils.data.Dataset):
    """A CSR matrix as scvi-tools hands it out: rows made dense one minibatch at a time."""

    def __init__(self, matrix, labels):
        self.matrix, self.labels = matrix, labels

    def __len__(self):
        return self.matrix.shape[0]

    def __getitem__(self, rows):
        return self.matrix[rows].toarray(), self.labels[rows]


def epoch(cells, density):
    import scipy.sparse as sp

    matrix = sp.random(cells, GENES, density=density, format="csr", dtype=np.float32, random_state=0)
    matrix.data = np.ceil(matrix.data * 5)
    labels = np.random.default_rng(0).integers(0, PERTURBATIONS, cells)
    rows = Rows(matrix, labels)
    torch.manual_seed(0)
    model = Model(GENES, PERTURBATIONS, LATENT)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, eps=0.01, weight_decay=1e-6)
    sampler = torch.utils.data.BatchSampler(torch.utils.data.RandomSampler(rows), BATCH, drop_last=False)
    loader = torch.utils.data.DataLoader(rows, sampler=sampler, batch_size=None)
    begin, assembly, total = time.perf_counter(), 0.0, 0.0
    last = begin
    for x, labels in loader:
        assembly += time.perf_counter() - last
        optimiser.zero_grad()
        loss = model.loss(torch.as_tensor(x), torch.as_tensor(labels))
        loss.backward()
        optimiser.step()
        total += loss.item()
        last = time.perf_counter()
    return {
        "seconds": time.perf_counter() - begin,
        "assemblySeconds": assembly,
        "peakGiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


for line in sys.stdin:
    request = json.loads(line)
    if "epoch" in request:
        answer = epoch(request["epoch"], request["density"])
    elif request.get("version"):
        answer = [torch.__version__, torch.get_num_threads()]
    else:
        answer = steps(request["model"], request["steps"])
    print(json.dumps(answer), flush=True)
