"""Networks of images and of text in PyTorch: the same functions as src/nn/networks, trained on drawn batches."""

import json

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from torch_training import answer_rounds, parser


class SelfAttention(nn.Module):
    def __init__(self, width, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, x):
        query, key, value = self.query_key_value(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(query, key, value, is_causal=self.causal)
        return self.output(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, width, heads, epsilon=1e-5, causal=False):
        super().__init__()
        self.attention_norm = nn.LayerNorm(width, epsilon)
        self.attention = SelfAttention(width, heads, causal)
        self.perceptron_norm = nn.LayerNorm(width, epsilon)
        self.perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.perceptron(self.perceptron_norm(x))


class VisionTransformer(nn.Module):
    def __init__(self, size, patch, width, layers, heads, classes):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.class_token = nn.Parameter(0.02 * torch.randn(1, 1, width))
        self.positions = nn.Parameter(0.02 * torch.randn(1, (size // patch) ** 2 + 1, width))
        self.blocks = nn.Sequential(*(Block(width, heads, 1e-6) for _ in range(layers)))
        self.norm = nn.LayerNorm(width, 1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, images):
        embedded = self.patches(images).flatten(2).mT
        tokens = torch.cat((self.class_token.expand(len(images), -1, -1), embedded), 1) + self.positions
        return self.head(self.norm(self.blocks(tokens)[:, 0]))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut_norm = nn.BatchNorm2d(outputs)
        else:
            self.shortcut = None

    def forward(self, x):
        y = self.second_norm(self.second(self.first_norm(self.first(x)).relu()))
        return (y + (self.shortcut_norm(self.shortcut(x)) if self.shortcut else x)).relu()


class ResidualNetwork(nn.Module):
    def __init__(self, widths, blocks, classes):
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(widths[0])
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(
                    BasicBlock(widths[max(0, stage - 1) if i == 0 else stage], width, 2 if i == 0 and stage else 1)
                    for i in range(count)
                )
            )
            for stage, (width, count) in enumerate(zip(widths, blocks))
        )
        self.head = nn.Linear(widths[-1], classes)

    def forward(self, images):
        x = self.stem_norm(self.stem(images)).relu()
        for stage in self.stages:
            x = stage(x)
        return self.head(x.mean((2, 3)))


class Gpt(nn.Module):
    def __init__(self, vocabulary, context, width, layers, heads):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.positions = nn.Parameter(0.02 * torch.randn(context, width))
        self.blocks = nn.Sequential(*(Block(width, heads, causal=True) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions[: ids.shape[1]]
        return functional.linear(self.norm(self.blocks(x)), self.tokens.weight)


MODELS = {"vision-transformer": VisionTransformer, "residual-network": ResidualNetwork, "gpt": Gpt}


def drawn_images(arguments, size, classes):
    """Batches of noise and classes, for ever, from a pool of eight."""
    generator = np.random.default_rng(arguments.seed)
    images = generator.standard_normal((8, arguments.batch, 3, size, size), dtype=np.float32)
    labels = generator.integers(classes, size=(8, arguments.batch))
    while True:
        yield from zip(torch.from_numpy(images), torch.from_numpy(labels))


def drawn_text(arguments, length, vocabulary):
    generator = np.random.default_rng(arguments.seed)
    ids = torch.from_numpy(generator.integers(vocabulary, size=(8, arguments.batch, length + 1)))
    while True:
        for batch in ids:
            yield batch[:, :-1], batch[:, 1:]


if __name__ == "__main__":
    command = parser(__doc__)
    command.add_argument("--model", choices=MODELS, required=True)
    command.add_argument("--options", type=json.loads, required=True, help='settings of the model, {"width": 192}')
    command.add_argument("--size", type=int, help="pixels of an image's side, or tokens of a text")
    arguments = command.parse_args()
    torch.manual_seed(arguments.seed)
    options = arguments.options
    model = MODELS[arguments.model](**options)
    if arguments.model == "gpt":
        rows = drawn_text(arguments, arguments.size, options["vocabulary"])
    else:
        rows = drawn_images(arguments, arguments.size, options["classes"])
    loss_of = lambda x, y: functional.cross_entropy(model(x).flatten(0, -2), y.flatten())  # noqa: E731
    answer_rounds(model, loss_of, rows, arguments)
