"""Fits LightGBM on typed arrays written by `bench/trees.js`, in rounds asked for on standard input.

The folder given holds `data.json` (rows, columns, which are categorical, the options) and the raw little-endian arrays
it names, so both sides see the same encoded rows. Each line in, `{"fit": true}`, is answered by one line:
`{"binSeconds": ..., "fitSeconds": ..., "predictSeconds": ..., "peakBytes": ..., "trees": ...}`; the predictions of the
test rows are left in `lightgbm.f64`. The end of the input ends the program. Needs `pip install lightgbm`.
"""

import json
import os
import resource
import sys
import time

import lightgbm
import numpy as np


def read_part(folder, part):
    categorical = np.fromfile(os.path.join(folder, part["categorical"]), dtype="<i4").reshape(part["rows"], -1)
    numeric = np.fromfile(os.path.join(folder, part["numeric"]), dtype="<f4").reshape(part["rows"], -1)
    target = np.fromfile(os.path.join(folder, part["target"]), dtype="<f4")
    return np.hstack([categorical.astype(np.float32), numeric]), target, categorical.shape[1]


def parameters(options, threads, layout):
    return {
        "objective": options["objective"],
        "num_class": options.get("classes", 1),
        "num_leaves": options["leaves"],
        "learning_rate": options["learningRate"],
        "max_bin": options["bins"],
        "lambda_l2": options["l2"],
        "min_data_in_leaf": options["minRows"],
        "min_sum_hessian_in_leaf": options["minHessian"],
        "max_cat_to_onehot": options["oneHotCategories"],
        "max_cat_threshold": options["maxCategories"],
        "cat_smooth": options["categorySmooth"],
        "cat_l2": options["categoryL2"],
        "min_data_per_group": options["minRowsPerCategory"],
        "num_threads": threads,
        "verbose": -1,
        **({layout: True} if layout else {}),
    }


def main():
    folder, threads, layout = sys.argv[1], int(sys.argv[2]), (sys.argv[3] if len(sys.argv) > 3 else "")
    with open(os.path.join(folder, "data.json")) as file:
        data = json.load(file)
    rows, target, categories = read_part(folder, data["train"])
    test_rows, _, _ = read_part(folder, data["test"])
    given = parameters(data["options"], threads, layout)
    print(json.dumps({"ready": {"lightgbm": lightgbm.__version__, **given}}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        dataset = lightgbm.Dataset(rows, target, categorical_feature=list(range(categories)), params=given)
        dataset.construct()
        binned = time.perf_counter()
        booster = lightgbm.train(given, dataset, data["options"]["trees"])
        fitted = time.perf_counter()
        booster.predict(test_rows, num_threads=threads).astype("<f8").tofile(os.path.join(folder, "lightgbm.f64"))
        answer = {
            "binSeconds": binned - start,
            "fitSeconds": fitted - binned,
            "predictSeconds": time.perf_counter() - fitted,
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "trees": booster.num_trees(),
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
