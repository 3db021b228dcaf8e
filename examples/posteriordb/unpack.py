#!/usr/bin/env python3
"""Writes the data of one of the two posteriors whose JSON is too large to keep here, from the table that is kept.

usage: unpack.py diamonds-diamonds | prostate-logistic_regression_rhs   > FILE.json

The numbers agree with posteriordb's to about 1e-15, the rounding of its own text. Needs Python only.
"""
import csv
import json
import math
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"


def polynomials(levels):
    """Row l holds the orthonormal polynomials of degree 1, 2, ... at level l of so many, as R's contr.poly."""
    centred = [level - (levels - 1) / 2 for level in range(levels)]
    basis = [[1 / math.sqrt(levels)] * levels]
    for degree in range(1, levels):
        column = [x * y for x, y in zip(centred, basis[-1])]
        for _ in range(2):  # once more removes what rounding has left
            for other in basis:
                projection = sum(x * y for x, y in zip(column, other))
                column = [x - projection * y for x, y in zip(column, other)]
        length = math.sqrt(sum(x * x for x in column))
        basis.append([x / length for x in column])
    return [list(row) for row in zip(*basis[1:])]


def diamonds():
    cuts, colours, clarities = polynomials(5), polynomials(7), polynomials(8)
    prices, rows = [], []
    for stone in csv.DictReader(open(DATA / "diamonds-diamonds.csv")):
        carat = float(stone["carat"])
        sizes = [math.log(float(stone[side])) for side in "xyz"]
        prices.append(math.log(int(stone["price"])))
        rows.append([1, carat, *sizes, *cuts[int(stone["cut"]) - 1], *colours[int(stone["color"]) - 1],
                     *clarities[int(stone["clarity"]) - 1], *(carat * size for size in sizes)])
    return {"N": len(rows), "Y": prices, "K": len(rows[0]), "X": rows, "prior_only": 0}


def prostate():
    answers, rows = [], []
    for line in csv.reader(open(DATA / "prostate-logistic_regression_rhs.csv")):
        answers.append(int(line[0]))
        rows.append([math.log10(int(tenths) / 10) if tenths else 1 for tenths in line[1:]])
    return {"n": len(rows), "d": len(rows[0]), "x": rows, "y": answers, "nu_local": 1, "nu_global": 1,
            "scale_global": 8.30521341198351e-05, "scale_icept": 5, "slab_scale": 2, "slab_df": 100}


MAKERS = {"diamonds-diamonds": diamonds, "prostate-logistic_regression_rhs": prostate}

if len(sys.argv) != 2 or sys.argv[1] not in MAKERS:
    sys.exit(__doc__)
json.dump(MAKERS[sys.argv[1]](), sys.stdout, separators=(",", ":"))
