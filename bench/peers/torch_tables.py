"""Table models in PyTorch, with the public leaderboard's settings for Frappe as defaults."""

import json

import torch
from torch import nn
from torch.nn import functional

from torch_dnn import DNN, MLP
from torch_training import parser, serve


class DeepFM(nn.Module):
    def __init__(self, fields, dimension, hidden=(400, 400, 400), **block):
        super().__init__()
        self.embedding = nn.Embedding(sum(fields), dimension)
        self.wide = nn.Embedding(sum(fields), 1)
        self.deep = MLP(len(fields) * dimension, hidden, 1, **block)

    def forward(self, ids):
        e = self.embedding(ids)
        pairs = (e.sum(1).square() - e.square().sum(1)).sum(1) / 2
        return self.wide(ids).sum((1, 2)) + pairs + self.deep(e.flatten(1)).squeeze(1)


class DCNv2(nn.Module):
    """Parallel: x_{l+1} = x_0 * (W x_l + b) + x_l beside an MLP."""

    def __init__(self, fields, dimension, crosses=4, hidden=(400, 400, 400), **block):
        super().__init__()
        width = len(fields) * dimension
        self.embedding = nn.Embedding(sum(fields), dimension)
        self.crosses = nn.ModuleList(nn.Linear(width, width) for _ in range(crosses))
        self.deep = MLP(width, hidden, **block)
        self.output = nn.Linear(width + hidden[-1], 1)

    def forward(self, ids):
        x = start = self.embedding(ids).flatten(1)
        for cross in self.crosses:
            x = torch.addcmul(x, start, cross(x))
        return self.output(torch.cat((x, self.deep(start)), 1)).squeeze(1)


class FieldAttention(nn.Module):
    """Written out: for ten fields that is faster on a CPU than `scaled_dot_product_attention`."""

    def __init__(self, inputs, width, heads, residual, scale, norm, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.scale = (width // heads) ** -0.5 if scale else 1.0
        self.query = nn.Linear(inputs, width, bias=False)
        self.key = nn.Linear(inputs, width, bias=False)
        self.value = nn.Linear(inputs, width, bias=False)
        self.keeps = residual
        self.residual = nn.Linear(inputs, width, bias=False) if residual and inputs != width else nn.Identity()
        self.norm = nn.LayerNorm(width) if norm else nn.Identity()

    def forward(self, x):
        query, key, value = (
            project(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for project in (self.query, self.key, self.value)
        )
        weights = (query * self.scale @ key.mT).softmax(-1)
        y = (functional.dropout(weights, self.dropout, self.training) @ value).transpose(1, 2).flatten(2)
        return self.norm(y + self.residual(x) if self.keeps else y).relu()


class AutoInt(nn.Module):
    def __init__(
        self,
        fields,
        dimension,
        layers=6,
        width=128,
        heads=4,
        residual=True,
        scale=False,
        norm=False,
        wide=False,
        hidden=(),
        batch_norm=False,
        dropout=0.0,
    ):
        super().__init__()
        self.embedding = nn.Embedding(sum(fields), dimension)
        self.layers = nn.Sequential(
            *(
                FieldAttention(width if layer else dimension, width, heads, residual, scale, norm, dropout)
                for layer in range(layers)
            )
        )
        self.output = nn.Linear(len(fields) * width, 1)
        self.wide = nn.Embedding(sum(fields), 1) if wide else None
        self.deep = MLP(len(fields) * dimension, hidden, 1, batch_norm, dropout) if hidden else None

    def forward(self, ids):
        e = self.embedding(ids)
        logits = self.output(self.layers(e).flatten(1)).squeeze(1)
        if self.wide:
            logits = logits + self.wide(ids).sum((1, 2))
        if self.deep:
            logits = logits + self.deep(e.flatten(1)).squeeze(1)
        return logits


class Gate(nn.Module):
    """2 sigmoid(MLP(context)); the context has a table of its own, or is one learned vector."""

    def __init__(self, fields, dimension, context, hidden):
        super().__init__()
        self.context = context
        if context:
            sizes = [fields[field] for field in context]
            starts = [sum(fields[:field]) for field in context]
            self.register_buffer("shift", torch.tensor([sum(sizes[:i]) - starts[i] for i in range(len(sizes))]))
            self.table = nn.Embedding(sum(sizes), dimension)
        else:
            self.vector = nn.Parameter(torch.zeros(1, dimension))
        self.gate = MLP(dimension * max(1, len(context)), hidden, len(fields) * dimension)

    def forward(self, ids):
        context = self.table(ids[:, self.context] + self.shift).flatten(1) if self.context else self.vector
        return 2 * self.gate(context).sigmoid()


class FinalMLP(nn.Module):
    def __init__(
        self,
        fields,
        dimension,
        first=(400,),
        second=(100,),
        gate=(400,),
        contexts=((0,), (1,)),
        heads=5,
        batch_norm=False,
        dropout=0.0,
    ):
        super().__init__()
        inputs = len(fields) * dimension
        self.embedding = nn.Embedding(sum(fields), dimension)
        self.gates = nn.ModuleList(Gate(fields, dimension, list(context), gate) for context in contexts)
        self.streams = nn.ModuleList(
            MLP(inputs, hidden, batch_norm=batch_norm, dropout=dropout) for hidden in (first, second)
        )
        self.outputs = nn.ModuleList(nn.Linear(hidden[-1], 1) for hidden in (first, second))
        self.heads = heads
        self.bilinear = nn.Parameter(torch.empty(first[-1] * second[-1] // heads, 1))
        nn.init.xavier_normal_(self.bilinear)

    def forward(self, ids):
        e = self.embedding(ids).flatten(1)
        first, second = (stream(gate(ids) * e) for gate, stream in zip(self.gates, self.streams))
        x, y = (stream.unflatten(1, (self.heads, -1)).transpose(0, 1) for stream in (first, second))
        pairs = ((x @ self.bilinear.view(self.heads, x.shape[2], y.shape[2])) * y).sum((0, 2))
        return (self.outputs[0](first) + self.outputs[1](second)).squeeze(1) + pairs


class FGCNN(nn.Module):
    """Convolutions over the fields generate features; an IPNN reads them beside the raw ones."""

    def __init__(
        self,
        fields,
        dimension,
        channels=(14, 16, 18),
        height=7,
        recombined=3,
        hidden=(400, 400, 400),
        convolution_norm=True,
        **block,
    ):
        super().__init__()
        self.embedding = nn.Embedding(sum(fields), dimension)
        self.generating = nn.Embedding(sum(fields), dimension)
        self.convolutions, self.recombinations = nn.ModuleList(), nn.ModuleList()
        rows, features, before = len(fields), len(fields), 1
        for width in channels:
            self.convolutions.append(
                nn.Sequential(
                    nn.Conv2d(before, width, (height, 1), padding=((height - 1) // 2, 0)),
                    nn.BatchNorm2d(width) if convolution_norm else nn.Identity(),
                    nn.Tanh(),
                    nn.MaxPool2d((2, 1), padding=(rows % 2, 0)),
                )
            )
            rows, before = (rows + 1) // 2, width
            self.recombinations.append(nn.Linear(rows * width * dimension, rows * recombined * dimension))
            features += rows * recombined
        self.dimension = dimension
        first, second = torch.triu_indices(features, features, 1)
        self.register_buffer("pairs", first * features + second)
        self.deep = MLP(features * dimension + len(self.pairs), hidden, 1, **block)

    def forward(self, ids):
        features = [self.embedding(ids)]
        maps = self.generating(ids).unsqueeze(1)
        for convolve, recombine in zip(self.convolutions, self.recombinations):
            maps = convolve(maps)
            features.append(recombine(maps.flatten(1)).tanh().unflatten(1, (-1, self.dimension)))
        a = torch.cat(features, 1)
        products = (a @ a.mT).flatten(1).index_select(1, self.pairs)
        return self.deep(torch.cat((a.flatten(1), products), 1)).squeeze(1)


MODELS = {"dnn": DNN, "deepfm": DeepFM, "dcnv2": DCNv2, "autoint": AutoInt, "finalmlp": FinalMLP, "fgcnn": FGCNN}

if __name__ == "__main__":
    command = parser(__doc__)
    command.add_argument("--model", choices=MODELS, required=True)
    command.add_argument("--options", type=json.loads, default={}, help='settings of the model, {"layers": 2}')
    arguments = command.parse_args()
    block = {"batch_norm": arguments.batch_norm, "dropout": arguments.dropout}
    serve(lambda fields: MODELS[arguments.model](fields, arguments.dimension, **block, **arguments.options), arguments)
