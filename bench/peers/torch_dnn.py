"""The DNN of the table protocol in PyTorch: embeddings, then an MLP of 400-400-400."""

from torch import nn

from torch_training import parser, serve


class MLP(nn.Sequential):
    """Linear, batch norm, ReLU and dropout for each hidden layer, then a linear layer where `outputs` is given."""

    def __init__(self, inputs, hidden, outputs=None, batch_norm=False, dropout=0.0):
        layers = []
        for width in hidden:
            layers.append(nn.Linear(inputs, width))
            if batch_norm:
                layers.append(nn.BatchNorm1d(width))
            layers.append(nn.ReLU())
            if dropout:
                layers.append(nn.Dropout(dropout))
            inputs = width
        if outputs is not None:
            layers.append(nn.Linear(inputs, outputs))
        super().__init__(*layers)


class DNN(nn.Module):
    def __init__(self, fields, dimension, hidden=(400, 400, 400), **block):
        super().__init__()
        self.embedding = nn.Embedding(sum(fields), dimension)
        self.deep = MLP(len(fields) * dimension, hidden, 1, **block)

    def forward(self, ids):
        return self.deep(self.embedding(ids).flatten(1)).squeeze(1)


if __name__ == "__main__":
    arguments = parser(__doc__).parse_args()
    block = {"batch_norm": arguments.batch_norm, "dropout": arguments.dropout}
    serve(lambda fields: DNN(fields, arguments.dimension, **block), arguments)
