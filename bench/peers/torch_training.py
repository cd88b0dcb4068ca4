"""Trains a table model in PyTorch, in rounds asked for on standard input.

Each line in is a command, `{"round": 20}`: run 20 steps. Each line out answers it,
`{"seconds": 1.2, "rowsPerSecond": 68000.0, "peakBytes": 512000000, "loss": 0.31}`. The first line out,
`{"ready": {...}}`, comes after the warm-up and says what is being measured. The end of the input ends the program.
"""

import argparse
import json
import resource
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

FRAPPE_FIELDS = (956, 4084, 9, 9, 4, 5, 4, 11, 82, 235)


def parser(description):
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--batch", type=int, default=4096)
    arguments.add_argument("--device", default="cpu", help="cpu or cuda")
    arguments.add_argument("--dimension", type=int, default=10, help="width of an embedding")
    arguments.add_argument("--batch-norm", action="store_true")
    arguments.add_argument("--dropout", type=float, default=0.0)
    arguments.add_argument("--l2", type=float, default=0.0, help="lambda of lambda / 2 * sum of squared embeddings")
    arguments.add_argument("--clip", type=float, default=0.0, help="largest norm of the gradient; 0 leaves it as it is")
    arguments.add_argument("--learning-rate", type=float, default=1e-3)
    arguments.add_argument("--warmup", type=int, default=10, help="steps before the first round, not measured")
    arguments.add_argument("--fields", default=",".join(map(str, FRAPPE_FIELDS)), help="rows of each field's table")
    arguments.add_argument("--ids", help="file of little-endian int32 rows of ids into the joint table; else drawn")
    arguments.add_argument("--rows", type=int, default=202_027, help="rows drawn when there is no file")
    arguments.add_argument("--seed", type=int, default=2021)
    arguments.add_argument("--compile", action="store_true", help="torch.compile the model and its loss")
    return arguments


def read_rows(arguments, fields):
    """Ids into the joint table [rows, fields] and labels [rows]; a third of the labels are 1."""
    generator = np.random.default_rng(arguments.seed)
    if arguments.ids:
        ids = np.fromfile(arguments.ids, dtype="<i4").reshape(-1, len(fields))
    else:
        starts = np.cumsum((0,) + fields[:-1])
        ids = np.stack([generator.integers(1, size, arguments.rows) for size in fields], axis=1) + starts
    labels = generator.random(len(ids)) < 1 / 3
    return torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(labels.astype(np.float32))


def batches(ids, labels, size):
    """Whole batches, for ever."""
    if len(ids) < size:
        raise SystemExit(f"{len(ids)} rows are fewer than one batch of {size}")
    while True:
        for start in range(0, len(ids) - size + 1, size):
            yield ids[start : start + size], labels[start : start + size]


def initialise(model):
    """Linear weights Xavier-normal with bias 0, embeddings N(0, 1e-4)."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=1e-4)


def training_step(model, loss_of, arguments):
    """One step of Adam on what `loss_of` makes of a batch, the gradient's norm clipped where that is asked for."""
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, lr=arguments.learning_rate, fused=True)
    compiled = torch.compile(loss_of) if arguments.compile else loss_of

    def step(*batch):
        optimizer.zero_grad(set_to_none=True)
        loss = compiled(*(part.to(arguments.device, non_blocking=True) for part in batch))
        loss.backward()
        if arguments.clip:
            nn.utils.clip_grad_norm_(parameters, arguments.clip)
        optimizer.step()
        return loss

    return step


def serve(create, arguments):
    """Answers rounds for the model `create(fields)` makes, a module from ids [batch, fields] to logits [batch]."""
    torch.manual_seed(arguments.seed)
    fields = tuple(map(int, arguments.fields.split(",")))
    model = create(fields)
    initialise(model)
    tables = [module.weight for module in model.modules() if isinstance(module, nn.Embedding)]

    def loss_of(ids, labels):
        loss = functional.binary_cross_entropy_with_logits(model(ids), labels)
        for table in tables if arguments.l2 else ():
            loss = loss + arguments.l2 / 2 * table.square().sum()
        return loss

    answer_rounds(model, loss_of, batches(*read_rows(arguments, fields), arguments.batch), arguments)


def answer_rounds(model, loss_of, rows, arguments):
    """Trains `model` on `rows`, batches for ever, and answers each round asked for."""
    torch.set_num_threads(arguments.threads)
    model.to(arguments.device).train()
    step = training_step(model, loss_of, arguments)
    for _ in range(arguments.warmup):
        step(*next(rows))
    answer(
        ready={
            "library": f"torch {torch.__version__}",
            "model": type(model).__name__,
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "threads": arguments.threads,
            "batch": arguments.batch,
            "card": torch.cuda.get_device_name() if arguments.device == "cuda" else None,
        }
    )
    for line in sys.stdin:
        command = json.loads(line)
        if command.get("round", 0) < 1:
            answer(error='expected {"round": steps}, got ' + line.strip())
            continue
        start = time.perf_counter()
        for _ in range(command["round"]):
            loss = step(*next(rows))
        value = loss.item()
        seconds = time.perf_counter() - start
        answer(
            seconds=seconds,
            rowsPerSecond=command["round"] * arguments.batch / seconds,
            peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            loss=value,
        )


def answer(**fields):
    print(json.dumps(fields), flush=True)
