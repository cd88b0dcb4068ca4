"""Interaction indices by shapiq and shap, asked for line by line on standard input by `bench/explain.js`.

The folder given holds what both sides look at: a network as ONNX with its rows, tables of game values (by bit mask) and
trees as arrays. Each line in is one request, `{"ask": name, ...}`; each line out has `seconds`, `calls` (coalitions or rows
evaluated) and `values`, in the order of the sets by size and then lexicographically. The end of the input ends the
program. Needs `pip install shapiq shap lightgbm onnxruntime`.
"""

import json
import os
import sys
import time
import warnings
from importlib.metadata import version
from itertools import combinations
from math import comb

import numpy as np
import onnxruntime
import shap
import shapiq
from shapiq.approximator import (
    SHAPIQ,
    SVARMIQ,
    KernelSHAP,
    KernelSHAPIQ,
    PermutationSamplingSII,
    PermutationSamplingSTII,
    PermutationSamplingSV,
    ProxySPEX,
    RegressionFSII,
    UnbiasedKernelSHAP,
)
from shapiq.explainer.tree import TreeExplainer
from shapiq.explainer.tree.base import TreeModel

warnings.filterwarnings("ignore")
folder, threads = sys.argv[1], int(sys.argv[2])

APPROXIMATORS = {
    "KernelSHAP": lambda n, index, order, seed: KernelSHAP(n=n, random_state=seed),
    "UnbiasedKernelSHAP": lambda n, index, order, seed: UnbiasedKernelSHAP(n=n, random_state=seed),
    "KernelSHAPIQ": lambda n, index, order, seed: KernelSHAPIQ(n=n, max_order=order, index=index, random_state=seed),
    "RegressionFSII": lambda n, index, order, seed: RegressionFSII(n=n, max_order=order, random_state=seed),
    "PermutationSamplingSV": lambda n, index, order, seed: PermutationSamplingSV(n=n, random_state=seed),
    "PermutationSamplingSII": lambda n, index, order, seed: PermutationSamplingSII(
        n=n, max_order=order, index="SII", random_state=seed
    ),
    "PermutationSamplingSTII": lambda n, index, order, seed: PermutationSamplingSTII(
        n=n, max_order=order, random_state=seed
    ),
    "SHAPIQ": lambda n, index, order, seed: SHAPIQ(n=n, max_order=order, index=index, random_state=seed),
    "SVARMIQ": lambda n, index, order, seed: SVARMIQ(n=n, max_order=order, index=index, random_state=seed),
    "ProxySPEX": lambda n, index, order, seed: ProxySPEX(n=n, max_order=order, index=index, random_state=seed),
}


class Table:
    """A game of known values, counting what is asked of it."""

    def __init__(self, name, players):
        self.values = np.fromfile(os.path.join(folder, f"{name}.f64"), dtype="<f8")
        self.players, self.calls = players, 0
        self.bits = 2 ** np.arange(players)

    def __call__(self, coalitions):
        coalitions = np.atleast_2d(coalitions)
        self.calls += len(coalitions)
        return self.values[(coalitions.astype(np.int64) @ self.bits)]


def in_order(values, players, order):
    sets = [s for size in range(1, order + 1) for s in combinations(range(players), size)]
    known = values.interactions
    return [float(known.get(s, 0.0)) for s in sets]


def exact(name, players, index, order):
    game = Table(name, players)
    started = time.process_time()
    values = shapiq.ExactComputer(game, n_players=players)(index, order)
    seconds = time.process_time() - started
    return {"seconds": seconds, "calls": game.calls, "values": in_order(values, players, order)}


def estimate(name, players, peer, index, order, budget, seed):
    game = Table(name, players)
    started = time.process_time()
    if peer == "shap KernelExplainer":
        explainer = shap.KernelExplainer(game, np.zeros((1, players)))
        np.random.seed(seed)
        values = explainer.shap_values(np.ones((1, players)), nsamples=budget, l1_reg=False, silent=True)[0]
        result = [float(value) for value in values]
    else:
        values = APPROXIMATORS[peer](players, index, order, seed).approximate(budget, game)
        result = in_order(values, players, order)
    return {"seconds": time.process_time() - started, "calls": game.calls, "values": result}


class Network:
    """The network on rows, counting them."""

    def __init__(self, fields):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(os.path.join(folder, "network.onnx"), options)
        self.calls = 0
        read = lambda name: np.fromfile(os.path.join(folder, name), dtype="<f8").reshape(-1, fields)
        self.rows, self.background = read("rows.f64"), read("background.f64")

    def __call__(self, rows):
        self.calls += len(rows)
        return self.session.run(None, {"x": np.ascontiguousarray(rows)})[0][:, 0]


def rows(fields, peer, index, order):
    network = Network(fields)
    started = time.process_time()
    values = []
    if peer == "shap Exact":
        masker = shap.maskers.Independent(network.background, max_samples=len(network.background))
        explainer = shap.explainers.Exact(network, masker)
        values = [float(v) for row in explainer(network.rows).values for v in row]
    else:
        for row in network.rows:
            imputer = shapiq.MarginalImputer(
                network, network.background, x=row, sample_size=len(network.background), random_state=1
            )
            computed = shapiq.ExactComputer(imputer, n_players=fields)(index, order)
            values += in_order(computed, fields, order)
    return {"seconds": time.process_time() - started, "calls": network.calls, "values": values}


def trees(columns, peer, order, count):
    with open(os.path.join(folder, "trees.json")) as file:
        model = json.load(file)
    data = np.fromfile(os.path.join(folder, "tree-rows.f64"), dtype="<f8").reshape(-1, columns)[:count]
    arrays = [{name: np.array(values) for name, values in tree.items()} for tree in model]
    if peer == "shap TreeExplainer":
        for tree in arrays:
            tree["children_default"] = tree["children_left"]
            tree["values"] = tree["values"].reshape(-1, 1)
        types = {"input_dtype": np.float64, "internal_dtype": np.float64}
        described = {"trees": arrays, "tree_output": "raw_value", "objective": "squared_error", **types}
        explainer = shap.TreeExplainer(described, feature_perturbation="tree_path_dependent")
        started = time.process_time()
        if order == 1:
            values = explainer.shap_values(data, check_additivity=False).ravel().tolist()
        else:
            found = explainer.shap_interaction_values(data)
            sets = list(combinations(range(columns), 2))
            # half of a pair's index is on either side of the diagonal
            values = [float(2 * row[i, j]) for row in found for i, j in sets]
        return {"seconds": time.process_time() - started, "values": values}
    models = [
        TreeModel(
            children_left=tree["children_left"],
            children_right=tree["children_right"],
            features=tree["features"],
            thresholds=tree["thresholds"],
            values=tree["values"],
            node_sample_weight=tree["node_sample_weight"],
        )
        for tree in arrays
    ]
    explainer = TreeExplainer(models, max_order=order, index="SV" if order == 1 else "SII")
    started = time.process_time()
    values = []
    for row in data:
        found = in_order(explainer.explain(row), columns, order)
        values += found if order == 1 else found[-comb(columns, 2) :]
    return {"seconds": time.process_time() - started, "values": values}


def main():
    two = shap.maskers.Independent(np.zeros((1, 2)))
    shap.explainers.Exact(lambda x: x[:, 0], two)(np.ones((1, 2)))  # compiles what it times
    versions = {name: version(name) for name in ("shapiq", "shap", "onnxruntime")}
    print(json.dumps({"ready": versions}), flush=True)
    asks = {"exact": exact, "estimate": estimate, "rows": rows, "trees": trees}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = asks[request.pop("ask")](**request)
        except Exception as error:  # the peer's own refusal is an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
