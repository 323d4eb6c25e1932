"""PyTorch's side of axial.mjs: the axial layer as the MSA Transformer and the differential network write it (einsum
over a (rows, columns, batch, width) tensor), eager. One line of JSON in, {"steps"}; one out, milliseconds a step."""
import json
import sys
import time

import torch
from torch import nn

ROWS = COLUMNS = 100
WIDTH, HEADS, HIDDEN = 128, 8, 512
EACH = WIDTH // HEADS


class TiedAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x):
        rows, columns, batch, _ = x.shape
        split = (rows, columns, batch, HEADS, EACH)
        q = self.q_proj(x).view(split) * (EACH * rows) ** -0.5
        k = self.k_proj(x).view(split)
        v = self.v_proj(x).view(split)
        weights = torch.einsum("rinhd,rjnhd->hnij", q, k).softmax(-1)
        context = torch.einsum("hnij,rjnhd->rinhd", weights, v)
        return self.out_proj(context.contiguous().view(rows, columns, batch, WIDTH))


class AxialLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows, self.columns = TiedAttention(), TiedAttention()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(3))
        self.fc1, self.fc2 = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)

    def forward(self, x):
        x = x + self.rows(self.norms[0](x))
        x = x + self.columns(self.norms[1](x).permute(1, 0, 2, 3)).permute(1, 0, 2, 3)
        return x + self.fc2(nn.functional.gelu(self.fc1(self.norms[2](x))))


torch.manual_seed(0)
layer = AxialLayer()
x = torch.randn(ROWS, COLUMNS, 1, WIDTH, requires_grad=True)


def step():
    begin = time.perf_counter()
    layer.zero_grad(set_to_none=True)
    x.grad = None
    (layer(x) ** 2).mean().backward()
    return 1000 * (time.perf_counter() - begin)


for line in sys.stdin:
    request = json.loads(line)
    answer = (
        [torch.__version__, torch.get_num_threads()]
        if request.get("version")
        else [step() for _ in range(request["steps"])]
    )
    print(json.dumps(answer), flush=True)
