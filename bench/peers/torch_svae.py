"""PyTorch's side of svae.mjs, eager, as its users write it: sVAE+ at the size of the paper's simulation, with validation
after every epoch. The first line of the input has the cells, each later one asks for so many epochs; answers one line
of JSON with the seconds."""
import json
import math
import sys
import time

import torch

BATCH, HIDDEN, LATENT, WARM_UP = 128, 128, 15, 50


def layers(width_in, width, dropout):
    for inner in (width_in, width):
        yield torch.nn.Linear(inner, width)
        yield torch.nn.BatchNorm1d(width, eps=1e-3, momentum=0.01)
        yield torch.nn.ReLU()
        if dropout:
            yield torch.nn.Dropout(0.1)


class SparseVae(torch.nn.Module):
    """sVAE+ as its authors train it: Genentech/sVAE on scvi-tools 0.18."""

    def __init__(self, genes, perturbations):
        super().__init__()
        self.encoder = torch.nn.Sequential(*layers(genes, HIDDEN, True))
        self.mean, self.variance = torch.nn.Linear(HIDDEN, LATENT), torch.nn.Linear(HIDDEN, LATENT)
        self.decoder = torch.nn.Sequential(*layers(LATENT, HIDDEN, False))
        self.output = torch.nn.Linear(HIDDEN, genes)
        self.log_theta = torch.nn.Parameter(torch.randn(genes))
        self.shift = torch.nn.Parameter(torch.randn(perturbations, LATENT))
        self.mask_logits = torch.nn.Parameter(torch.full((perturbations, LATENT), 5.0))

    def terms(self, counts, labels):
        library = counts.sum(1, keepdim=True)
        hidden = self.encoder(torch.log1p(counts))
        mean, variance = self.mean(hidden), self.variance(hidden).exp() + 1e-4
        latent = mean + variance.sqrt() * torch.randn_like(mean)
        logits = self.mask_logits[labels]
        uniform = torch.rand_like(logits)
        soft = torch.sigmoid(logits + torch.log(uniform) - torch.log1p(-uniform))
        mask = (soft > 0.5).float() - soft.detach() + soft
        prior = mask * self.shift[labels]
        kl = 0.5 * (variance + (mean - prior) ** 2 - 1 - variance.log()).sum(1)
        mu = torch.softmax(self.output(self.decoder(latent)), -1) * library
        theta = self.log_theta.exp()
        both = torch.log(theta + mu + 1e-8)
        likelihood = (
            theta * (torch.log(theta + 1e-8) - both)
            + counts * (torch.log(mu + 1e-8) - both)
            + torch.lgamma(counts + theta)
            - torch.lgamma(theta)
            - torch.lgamma(counts + 1)
        ).sum(1)
        return likelihood, kl

    def loss(self, counts, labels, warm_up, cells):
        likelihood, kl = self.terms(counts, labels)
        beta = len(self.shift)  # the prior of edges is Beta(1, perturbations)
        sparsity = (math.log(beta) + (beta - 1) * torch.log1p(-0.999999 * torch.sigmoid(self.mask_logits))).sum()
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
        self.model = SparseVae(x.shape[1], perturbations)
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
print(json.dumps({"trainCells": training.cells, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    begin = time.perf_counter()
    for _ in range(json.loads(line)["epochs"]):
        elbo = training.epoch()
    print(json.dumps({"seconds": time.perf_counter() - begin, "elbo": elbo}), flush=True)
