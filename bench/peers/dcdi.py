"""PyTorch's side of dcdi.mjs: the same model and step, eager, float64, noise included. One line of JSON in,
{"model", "steps"}; one out, milliseconds a step."""
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
GENES, REGIMES, CELLS, UNITS, LAYERS = 10, 30, 64, 16, 2
DELTA = 1e-6
OTHERS = 1 - torch.eye(GENES)
FULL = math.exp(GENES - 1) + (GENES - 1) * math.exp(-1) - GENES


def logistic(shape):
    u = torch.rand(shape)
    return torch.log(u) - torch.log1p(-u)


def hard_sigmoid(logits):
    noisy = logits + logistic(logits.shape)
    soft = torch.sigmoid(noisy)
    return (noisy > 0).double() - soft.detach() + soft


def gaussian(x, parameters):
    mean, log_deviation = parameters.unbind(-1)
    return -0.5 * ((x - mean) / log_deviation.exp()) ** 2 - log_deviation - 0.5 * math.log(2 * math.pi)


def flow(x, parameters):
    log_slope = 0
    for layer in parameters.chunk(LAYERS, -1):
        slope, shift, weight = layer.chunk(3, -1)
        slope = F.softplus(slope) + DELTA
        inner = slope * x[..., None] + shift
        inside = (torch.softmax(weight, -1) * torch.sigmoid(inner)).sum(-1) * (1 - DELTA) + DELTA / 2
        up, down = inside.log(), (1 - inside).log()
        terms = F.log_softmax(weight, -1) + slope.log() + F.logsigmoid(inner) + F.logsigmoid(-inner)
        log_slope = log_slope + torch.logsumexp(terms, -1) + math.log(1 - DELTA) - up - down
        x = up - down
    return -0.5 * x**2 / math.e - 0.5 * math.log(2 * math.pi * math.e) + log_slope


class Dcdi(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.density = gaussian if model == "g" else flow
        outputs = 1 if model == "g" else 3 * UNITS * LAYERS
        sizes = [GENES, 16, 16, outputs]
        self.weights = torch.nn.ParameterList(
            torch.nn.Parameter(torch.randn(GENES, a, b) * math.sqrt(2 / (a + b))) for a, b in zip(sizes, sizes[1:])
        )
        self.biases = torch.nn.ParameterList(torch.nn.Parameter(torch.zeros(GENES, 1, b)) for b in sizes[1:])
        own = 1 if model == "g" else 0
        self.own = torch.nn.Parameter(torch.zeros(GENES, 1, own))
        self.hit = torch.nn.Parameter(0.1 * torch.randn(REGIMES, GENES, outputs + own))
        self.edges = torch.nn.Parameter(torch.zeros(GENES, GENES))
        self.untouched = torch.nn.Parameter(3 * torch.ones(REGIMES, GENES))

    def forward(self, x, regime, perturbed):
        masks = hard_sigmoid(self.edges[:, None].expand(GENES, CELLS, GENES)) * OTHERS[:, None]
        told = masks * x
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases)):
            told = torch.baddbmm(bias, told, weight)
            if layer < len(self.weights) - 1:
                told = F.leaky_relu(told)
        told = torch.cat([told, self.own.expand(-1, CELLS, -1)], -1)
        alone = self.density(x.T, told)
        hit = self.density(x, self.hit[regime]).T
        touched = perturbed * (1 - hard_sigmoid(self.untouched[regime].T))
        loss = -(alone + touched * (hit - alone)).mean()
        weights = torch.sigmoid(self.edges) * OTHERS
        h = (torch.matrix_exp(weights).trace() - GENES) / FULL
        sparsity = 0.1 / GENES**2 * weights.sum() + 1e-4 * torch.sigmoid(-self.untouched).sum()
        return loss + sparsity + 0.1 * h + 0.5 * h**2


torch.manual_seed(0)
X = torch.randn(CELLS, GENES)
REGIME = torch.randint(REGIMES, (CELLS,))
PERTURBED = (torch.rand(1, CELLS) < 0.7).double()
models = {name: Dcdi(name) for name in ("g", "dsf")}
optimisers = {name: torch.optim.RMSprop(model.parameters(), lr=1e-3) for name, model in models.items()}


def steps(name, count):
    model, optimiser = models[name], optimisers[name]
    begin = time.perf_counter()
    for _ in range(count):
        optimiser.zero_grad(set_to_none=True)
        model(X, REGIME, PERTURBED).backward()
        optimiser.step()
    return 1000 * (time.perf_counter() - begin) / count


for line in sys.stdin:
    request = json.loads(line)
    answer = (
        [torch.__version__, torch.get_num_threads()]
        if request.get("version")
        else steps(request["model"], request["steps"])
    )
    print(json.dumps(answer), flush=True)
