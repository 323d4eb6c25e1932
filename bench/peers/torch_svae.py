"""PyTorch's side of svae.mjs, eager, as its users write it: sVAE+ at the size of the paper's simulation, with validation
after every epoch. The first line of the input has the cells, each later one asks for so many epochs on so many threads;
answers one line of JSON with the seconds."""
import json
import math
import sys
import time

import torch

from sparse_vae import SparseVae

BATCH, LATENT, WARM_UP = 128, 15, 50


class Model(SparseVae):
    def loss(self, counts, labels, warm_up, cells):
        likelihood, kl = self.terms(counts, labels)
        beta = len(self.shift)  # the prior of edges is Beta(1, perturbations)
        sparsity = (math.log(beta) + (beta - 1) * self.log_open(0.999999)).sum()
        return cells * (warm_up * kl - likelihood).mean() - warm_up * sparsity


class Training:
    def __init__(self, counts, labels, perturbations):
        torch.manual_seed(0)
        x = torch.tensor(counts, dtype=torch.float32).reshape(len(labels), -1)
        y = torch.tensor(labels)
        order = torch.randperm(len(y))
        held_back = round(len(y) / 10)
        rows = [torch.utils.data.TensorDataset(x[of], y[of]) for of in (order[held_back:], order[:held_back])]
        self.train, self.valid = (
            torch.utils.data.DataLoader(
                part,
                sampler=torch.utils.data.BatchSampler(sampler(part), BATCH, drop_last=False),
                batch_size=None,
            )
            for part, sampler in zip(
                rows, (torch.utils.data.RandomSampler, torch.utils.data.SequentialSampler)
            )
        )
        self.cells = len(rows[0])
        self.model = Model(x.shape[1], perturbations, LATENT)
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=1e-3, eps=0.01, weight_decay=1e-6)
        self.done = 0

    def epoch(self):
        self.model.train()
        warm_up = min(1, self.done / WARM_UP)
        total = 0.0
        for x, labels in self.train:
            self.optimiser.zero_grad()
            loss = self.model.loss(x, labels, warm_up, self.cells)
            loss.backward()
            self.optimiser.step()
            total += loss.item()
        self.model.eval()
        with torch.no_grad():
            elbo = sum((likelihood - kl).sum().item() for likelihood, kl in (self.model.terms(*b) for b in self.valid))
        self.done += 1
        return elbo


training = Training(**json.loads(sys.stdin.readline()))
print(json.dumps({"trainCells": training.cells}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    torch.set_num_threads(asked["threads"])
    begin = time.perf_counter()
    for _ in range(asked["epochs"]):
        elbo = training.epoch()
    print(json.dumps({"seconds": time.perf_counter() - begin, "elbo": elbo}), flush=True)
