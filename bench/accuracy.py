#!/usr/bin/env python3
"""Fits posteriors that have reference answers, at default options, and scores the reported moments.

    bench/accuracy.py POSTERIORDB [--binary build/release/vippl] [--seeds 1 2 3] [--only NAME ...]
                      [--option=TEXT ...] [--markdown FILE]

POSTERIORDB holds a folder per posterior, NAME/data.json and, where there is one, NAME/reference.json
({"parameters": {"beta[1]": {"mean", "sd"}, ...}}); the models are examples/posteriordb/NAME.vi.
For every scalar of a reference: z = |mean - reference mean| / reference sd, ratio = sd / reference sd.
A fit is accurate when every z is below 0.1 and every ratio within 0.9 to 1.1.
"""
import argparse
import json
import math
import os
import pathlib
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def fit(binary, model, data, seed, options, limit):
    """The JSON of one run, and its CPU seconds; None where the run failed or took too long."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [binary, "run", model, "--data", data, "--seed", str(seed), "--format", "json", *options]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=limit)
        answer, words = run.stdout, run.stderr
    except subprocess.TimeoutExpired:
        answer, words = "", f"not done within {limit:.0f} s"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    try:
        return json.loads(answer), seconds, ""
    except json.JSONDecodeError:
        return None, seconds, words.strip().splitlines()[-1] if words.strip() else "no output"


def score(reference, parameters):
    """Worst z, smallest and largest ratio; not finite where a scalar is missing or not finite."""
    worst, low, high, where = 0.0, math.inf, 0.0, ""
    for name, truth in reference.items():
        got = parameters.get(name)
        if got is None or not all(isinstance(got[k], (int, float)) for k in ("mean", "sd")):
            return math.nan, math.nan, math.nan, name
        z, ratio = abs(got["mean"] - truth["mean"]) / truth["sd"], got["sd"] / truth["sd"]
        if z > worst:
            worst, where = z, name
        low, high = min(low, ratio), max(high, ratio)
    return worst, low, high, where


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("posteriordb", type=pathlib.Path)
    arguments.add_argument("--binary", default=str(ROOT / "build/release/vippl"))
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments.add_argument("--only", nargs="+", default=[], help="parts of the names to run")
    arguments.add_argument("--without", action="store_true", help="the posteriors without reference instead")
    arguments.add_argument("--option", action="append", default=[], help="for vippl run, as --option=--guide=meanfield")
    arguments.add_argument("--limit", type=float, default=60, help="wall seconds for one run")
    arguments.add_argument("--markdown", help="also writes the table here")
    given = arguments.parse_args()

    rows, accurate, trusted, false_trust = [], {}, {}, []
    for folder in sorted(given.posteriordb.iterdir()):
        model = ROOT / "examples/posteriordb" / (folder.name + ".vi")
        if not (folder / "data.json").exists() or not model.exists():
            continue
        if given.only and not any(part in folder.name for part in given.only):
            continue
        reference = folder / "reference.json"
        if reference.exists() == given.without:
            continue
        truth = json.loads(reference.read_text())["parameters"] if reference.exists() else {}
        for seed in given.seeds:
            result, seconds, words = fit(given.binary, model, folder / "data.json", seed, given.option, given.limit)
            if result is None:
                rows.append((folder.name, seed, "failed", "", "", "", "", "", "", f"{seconds:.2f}", words))
                print(*rows[-1], sep=" | ", flush=True)
                continue
            z, low, high, where = score(truth, result["parameters"])
            verdict = result["verdict"]
            good = z < 0.1 and low > 0.9 and high < 1.1
            accurate.setdefault(folder.name, []).append(good)
            trusted.setdefault(folder.name, []).append(verdict == "trustworthy")
            if truth and ((verdict == "trustworthy" and not good) or (verdict == "usable for means" and not z < 0.1)):
                false_trust.append((folder.name, seed, verdict))
            khat = result.get("khat")
            rows.append((folder.name, seed, verdict, f"{z:.3f}", f"{low:.3f}", f"{high:.3f}",
                         "" if khat is None else f"{khat:.2f}", f"{result.get('weight_spread') or 0:.2g}", result.get("gradient_evaluations", ""),
                         f"{seconds:.2f}", where))
            print(*rows[-1], sep=" | ", flush=True)
    if not given.without:
        print(f"accurate for every seed: {sum(all(v) for v in accurate.values())} of {len(accurate)}; "
              f"trustworthy for every seed: {sum(all(v) for v in trusted.values())}; falsely trusted: {false_trust}")
    if given.markdown:
        with open(given.markdown, "w", encoding="utf-8") as file:
            print("| posterior | seed | verdict | worst z | least sd ratio | largest sd ratio | k-hat | weight spread | gradients |"
                  " CPU seconds | worst |", file=file)
            print("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |", file=file)
            for row in rows:
                print("|", " | ".join(str(cell) for cell in row), "|", file=file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
