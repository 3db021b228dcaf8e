"""Writes data/*: data made for the scripts of this folder from known values, with NumPy.

usage: python3 make_data.py
"""
import csv
import json
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent / "data"


def table(name, columns):
    with open(DATA / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*columns.values()):
            writer.writerow([f"{x:.4g}" if isinstance(x, float) else x for x in row])


def reals(x):
    return [float(v) for v in x]


def ints(x):
    return [int(v) for v in x]


def inv_logit(x):
    return 1 / (1 + np.exp(-x))


def category_regression(rng):
    regions, schools = ["north", "east", "south", "west"], ["none", "primary", "secondary", "university"]
    region, school, member = rng.integers(4, size=150), rng.integers(4, size=150), rng.integers(2, size=150)
    level = np.array([0, 0.2, 0.5, 1.0])
    log_wage = 2.5 + np.array([0.1, -0.2, 0.0, 0.2])[region] + 0.9 * level[school] + 0.15 * member
    wage = np.exp(log_wage + 0.3 * rng.normal(size=150))
    table("category_regression", {"wage": reals(wage), "region": [regions[i] for i in region],
                                  "school": [schools[i] for i in school],
                                  "union_member": ["yes" if m else "no" for m in member]})


def censored_survival(rng):
    n = 120
    age, treatment = rng.normal(60, 8, n), rng.integers(2, size=n)
    scale = np.exp(1.5 - 0.3 * (age - 60) / 8 + 0.4 * (treatment - 0.5))
    death, leaving = scale * rng.weibull(1.4, n), rng.uniform(1, 9, n)
    table("censored_survival", {"time": reals(np.minimum(death, leaving)), "died": ints(death <= leaving),
                                "age": reals(age), "treatment": ints(treatment)})


def covarying_effects(rng):
    group = np.repeat(np.arange(12), 12)
    x = np.column_stack([np.ones(144), rng.normal(size=144)])
    beta = np.array([1.0, -0.5]) + rng.multivariate_normal([0, 0], [[0.8, 0.3], [0.3, 0.4]], 12)
    y = (x * beta[group]).sum(axis=1) + 0.5 * rng.normal(size=144)
    table("covarying_effects", {"group": ints(group + 1), "x1": ints(x[:, 0]), "x2": reals(x[:, 1]), "y": reals(y)})


def forecast(rng):
    y = [10.0]
    for _ in range(79):
        y.append(10 + 0.7 * (y[-1] - 10) + rng.normal())
    table("forecast", {"y": reals(y)})


def functions(rng):
    t = np.linspace(100, 140, 40)
    size = 2.5 * inv_logit(t - 120) + 0.1 * rng.normal(size=40)
    table("functions", {"t": reals(t), "size": reals(size)})


def gaussian_mixture_multivariate(rng):
    centres = np.array([[-4, 0], [4, 1], [0, 6], [1, -6]])
    y = np.vstack([c + rng.normal(size=(40, 2)) @ np.array([[1, 0.4], [0, 0.8]]) for c in centres])
    table("gaussian_mixture_multivariate", {"x1": reals(y[:, 0]), "x2": reals(y[:, 1])})


def gp_latent_multi(rng):
    east, north = rng.uniform(-2, 2, (2, 50))
    y = rng.uniform(size=50) < inv_logit(2 * np.sin(east) + north)
    table("gp_latent_multi", {"east": reals(east), "north": reals(north), "y": ints(y)})


def minibatch_local(rng):
    x = rng.normal(size=(600, 3))
    clicked = rng.uniform(size=600) < inv_logit(-0.5 + x @ np.array([1, -0.5, 0]) + 0.5 * rng.normal(size=600))
    table("minibatch_local", {"clicked": ints(clicked), **{f"x{j + 1}": reals(x[:, j]) for j in range(3)}})


def missing_data(rng):
    n = 150
    age = rng.normal(42, 12, n)
    income = 3 + 0.05 * (age - 42) + rng.normal(size=n)
    y = rng.uniform(size=n) < inv_logit(-1 + 0.5 * (age - 40) / 10 + 0.3 * income)
    hidden = rng.uniform(size=(2, n)) < 0.1
    table("missing_data", {"age": ["NA" if h else f"{v:.4g}" for h, v in zip(hidden[0], age)],
                           "income": ["NA" if h else f"{v:.4g}" for h, v in zip(hidden[1], income)], "y": ints(y)})


def ordinal(rng):
    price, size = rng.normal(20, 5, 200), rng.normal(3, 1, 200)
    latent = -0.8 * (price - 20) / 5 + 0.6 * (size - 3) + rng.logistic(size=200)
    labels = np.array(["poor", "fair", "good", "excellent"])
    table("ordinal", {"rating": list(labels[np.digitize(latent, [-1.5, 0, 1.8])]), "price": reals(price),
                      "size": reals(size)})


def poisson_factorisation(rng):
    taste, appeal = rng.gamma(0.5, 1, (12, 3)), rng.gamma(0.5, 1, (15, 3))
    counts = rng.poisson(taste @ appeal.T)
    user, song = np.divmod(np.arange(180), 15)
    table("poisson_factorisation", {"user": [f"user{i + 1:02}" for i in user], "song": [f"song{i + 1:02}" for i in song],
                                    "plays": ints(counts.ravel())})
    (DATA / "poisson_factorisation_matrix.json").write_text(json.dumps({"Y": counts.tolist()}) + "\n")


def ragged_growth(rng):
    lengths = rng.integers(3, 8, 15)
    last = np.cumsum(lengths)
    first = last - lengths + 1
    age, y = [], []
    for length in lengths:
        a, error = 1 + 0.5 * rng.normal(), 0.0
        for t in range(length):
            error = 0.5 * error + 0.3 * rng.normal()
            age.append(float(t))
            y.append(float(a + 0.4 * t + error))
    (DATA / "ragged_growth.json").write_text(json.dumps(
        {"first": ints(first), "last": ints(last), "age": age, "y": [round(v, 4) for v in y]}) + "\n")


def spline(rng):
    x = np.sort(rng.uniform(0, 10, 120))
    table("spline", {"x": reals(x), "y": reals(np.sin(x) + 0.2 * x + 0.3 * rng.normal(size=120))})


def stochastic_volatility(rng):
    h = [-1.0]
    for _ in range(119):
        h.append(-1 + 0.9 * (h[-1] + 1) + 0.3 * rng.normal())
    table("stochastic_volatility", {"y": reals(np.exp(np.array(h) / 2) * rng.normal(size=120))})


def submodel(rng):
    state, age, school = rng.integers(8, size=300), rng.integers(4, size=300), rng.integers(3, size=300)
    effects = [0.8 * rng.normal(size=8), 0.4 * rng.normal(size=4), 0.3 * rng.normal(size=3)]
    vote = rng.uniform(size=300) < inv_logit(0.2 + effects[0][state] + effects[1][age] + effects[2][school])
    table("submodel", {"vote": ints(vote), "state": [f"s{i + 1}" for i in state],
                       "age": [["18-29", "30-44", "45-64", "65+"][i] for i in age],
                       "school": [["low", "middle", "high"][i] for i in school]})


def two_tables(rng):
    names = ["Aitkin", "Anoka", "Becker", "Beltrami", "Benton", "Blue Earth", "Brown", "Carlton"]
    uranium = rng.normal(0, 0.5, 8)
    a = 1.4 + 0.7 * uranium + 0.2 * rng.normal(size=8)
    county, floor = rng.integers(8, size=120), rng.integers(2, size=120)
    table("houses", {"county": [names[i] for i in county], "floor": ints(floor),
                     "radon": reals(a[county] - 0.6 * floor + 0.7 * rng.normal(size=120))})
    order = rng.permutation(8)
    table("counties", {"county": [names[i] for i in order], "uranium": reals(uranium[order])})


def main():
    DATA.mkdir(exist_ok=True)
    makers = [category_regression, censored_survival, covarying_effects, forecast, functions,
              gaussian_mixture_multivariate, gp_latent_multi, minibatch_local, missing_data, ordinal,
              poisson_factorisation, ragged_growth, spline, stochastic_volatility, submodel, two_tables]
    for seed, make in enumerate(makers):
        make(np.random.default_rng(seed))


if __name__ == "__main__":
    main()
