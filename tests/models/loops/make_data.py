#!/usr/bin/env python3
"""Writes data.json, the made-up data of the pairs of models in scalar/ and array/. Needs Python only."""
import json
import random
from pathlib import Path

ROWS, COLUMNS, GROUPS, TIMES, WORDS = 40, 3, 5, 30, 7
rng = random.Random(7)


def reals(count, scale=1.0):
    return [round(rng.gauss(0, scale), 3) for _ in range(count)]


def ints(count, low, high):
    return [rng.randint(low, high) for _ in range(count)]


starts = [1, 9, 12, 13, 25]  # of the groups in rows that are sorted by group; one has a single row
data = {
    "X": [reals(COLUMNS) for _ in range(ROWS)],
    "y": reals(ROWS, 2),
    "hit": ints(ROWS, 0, 1),
    "count": ints(ROWS, 0, 6),
    "trials": ints(ROWS, 6, 9),
    "group": ints(ROWS, 1, GROUPS),
    "grade": ints(ROWS, 1, 4),
    "first": starts,
    "last": [start - 1 for start in starts[1:]] + [ROWS],
    "sorted_group": [sum(row >= start for start in starts) for row in range(1, ROWS + 1)],
    "series": reals(TIMES),
    "place": sorted(round(rng.uniform(0, 3), 3) for _ in range(8)),
    "height": reals(8),
    "answers": [ints(9, 0, 1) for _ in range(6)],
    "pairs": [reals(2) for _ in range(10)],
    "word": ints(24, 1, WORDS),
    "document": ints(24, 1, 4),
    "V": WORDS,
    "M": 4,
    "J": GROUPS,
}
text = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in data.items())
(Path(__file__).resolve().parent / "data.json").write_text("{\n" + text + "\n}\n")
