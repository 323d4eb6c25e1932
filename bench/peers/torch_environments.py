"""PyTorch's side of environments.mjs, eager, as the authors' program is written: the environment VAE with the networks of
its L1000 configuration. The first line of the input has the profiles, each later one asks for so many epochs on so many
threads; answers one line of JSON with the seconds."""
import json
import sys
import time

import torch
from torch import nn

BATCH, LATENT, WIDTH = 32, 300, 500


class EnvironmentVae(nn.Module):
    def __init__(self, genes, columns):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(genes + columns, WIDTH), nn.ReLU())
        self.mean = nn.Linear(WIDTH, LATENT)
        self.log_variance = nn.Linear(WIDTH, LATENT)
        self.environment = nn.Sequential(nn.Linear(columns, WIDTH), nn.ReLU(), nn.Linear(WIDTH, LATENT))
        self.decoder = nn.Sequential(nn.Linear(LATENT, WIDTH), nn.ReLU(), nn.Linear(WIDTH, genes))
        self.temperature = 1.0

    def forward(self, x, environment):
        a = self.environment(environment)
        if self.training:
            self.temperature *= 0.9999
        shift = torch.softmax(a.abs() / self.temperature, dim=1) * a
        hidden = self.encoder(torch.cat([x, environment], dim=1))
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean) if self.training else mean
        divergence = 0.5 * (log_variance.exp() + (mean - shift) ** 2 - 1 - log_variance).sum()
        return ((x - self.decoder(z)) ** 2).sum() + divergence


def main():
    given = json.loads(sys.stdin.readline())
    torch.manual_seed(0)
    labels = torch.tensor(given["labels"])
    x = torch.tensor(given["profiles"]).reshape(len(labels), -1)
    descriptors = torch.tensor(given["descriptors"]).reshape(int(labels.max()) + 1, -1)
    trained = labels < given["trained"]
    train, valid = (
        torch.utils.data.DataLoader(
            part,
            sampler=torch.utils.data.BatchSampler(sampler(part), BATCH, drop_last=False),
            batch_size=None,
        )
        for part, sampler in (
            (torch.utils.data.TensorDataset(x[trained], labels[trained]), torch.utils.data.RandomSampler),
            (torch.utils.data.TensorDataset(x[~trained], labels[~trained]), torch.utils.data.SequentialSampler),
        )
    )
    model = EnvironmentVae(x.shape[1], descriptors.shape[1])
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)

    def epoch():
        model.train()
        for profiles, label in train:
            optimiser.zero_grad()
            loss = model(profiles, descriptors[label])
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            return sum(model(profiles, descriptors[label]).item() for profiles, label in valid)

    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        torch.set_num_threads(asked["threads"])
        begin = time.perf_counter()
        for _ in range(asked["epochs"]):
            loss = epoch()
        print(json.dumps({"seconds": time.perf_counter() - begin, "loss": loss}), flush=True)


main()
