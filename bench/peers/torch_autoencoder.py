"""PyTorch's side of autoencoder.mjs, eager, as its users write it: seconds for some epochs of the over-parameterised
autoencoder on random profiles. One request a line, {"epochs", "rows", "genes", "width"}; one number a line back."""
import json
import sys
import time

import torch


def seconds(epochs, rows, genes, width, batch=128):
    torch.manual_seed(0)
    x = torch.randn(rows, genes)
    encoder, decoder = torch.nn.Linear(genes, width, bias=False), torch.nn.Linear(width, genes, bias=False)
    model = torch.nn.Sequential(encoder, torch.nn.LeakyReLU(), decoder)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    begin = time.perf_counter()
    for _ in range(epochs):
        for part in torch.randperm(rows).split(batch):
            optimiser.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x[part]), x[part])
            loss.backward()
            optimiser.step()
            loss.item()
    return time.perf_counter() - begin


for line in sys.stdin:
    print(json.dumps(seconds(**json.loads(line))), flush=True)
