#!/usr/bin/env python3
"""Holds the spread of reported means over seeds against the Monte Carlo error that is stated.

    bench/mcse.py POSTERIORDB NAME... [--binary build/release/vippl] [--seeds 20]

For every scalar of the model examples/posteriordb/NAME.vi, fitted to POSTERIORDB/NAME/data.json with each seed: the sd
of the means over the seeds, divided by the root mean square of their mcse. 1 is right; below it the error is stated
too large, above it too small.
"""
import argparse
import json
import math
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def parameters(binary, name, data, seed):
    command = [binary, "run", ROOT / f"examples/posteriordb/{name}.vi", "--data", data, "--seed", str(seed),
               "--format", "json", "--quiet"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["parameters"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("posteriordb", type=pathlib.Path)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--binary", default=ROOT / "build/release/vippl")
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    for name in arguments.names:
        data = arguments.posteriordb / name / "data.json"
        runs = [parameters(arguments.binary, name, data, seed) for seed in range(1, arguments.seeds + 1)]
        ratios = []
        for scalar in runs[0]:
            spread = statistics.stdev(run[scalar]["mean"] for run in runs)
            stated = math.sqrt(statistics.fmean(run[scalar]["mcse"] ** 2 for run in runs))
            if stated > 0:
                ratios.append((spread / stated, scalar))
        least, largest = min(ratios), max(ratios)
        print(f"{name}: {least[0]:.2f} ({least[1]}) to {largest[0]:.2f} ({largest[1]})")


if __name__ == "__main__":
    main()
