"""Prints the tables of function_reference_test.cpp. Needs scipy (Debian: python3-scipy)."""
import numpy as np
from scipy import interpolate, linalg, special


def text(x):
    return repr(float(x)).removesuffix(".0")


def listed(x):
    return "{" + ", ".join(map(text, np.ravel(x))) + "}"


def array(x):
    if isinstance(x, str):
        return f'name_of("{x}")'
    x = np.asarray(x)
    if x.ndim == 0:
        return f"number({text(x)})" if x.dtype.kind == "f" else f"whole({x})"
    if x.ndim == 1:
        return f"{'vector' if x.dtype.kind == 'f' else 'ints'}({listed(x)})"
    return f"matrix({x.shape[0]}, {x.shape[1]}, {listed(x)})"


def case(name, arguments, expected):
    print(f'{{"{name}", {{{", ".join(map(array, arguments))}}}, {listed(expected)}}},')


def bspline(x, knots, degree):
    ends = [min(x)] * (degree + 1), [max(x)] * (degree + 1)
    padded = np.concatenate([ends[0], knots, ends[1]])
    return interpolate.BSpline.design_matrix(np.array(x), padded, degree).toarray()


x = np.array([0.3, -1.0, 2.5, 4.0, 1.0])
for degree in [0, 1, 3]:
    case("bspline", [x, [0.5, 1.0, 2.0], degree], bspline(x, [0.5, 1.0, 2.0], degree))
case("bspline", [x, [1.0, 1.0], 2], bspline(x, [1.0, 1.0], 2))

a = np.array([[0.3, -1.2, 0.5], [0.8, 0.1, 2.0], [-0.7, 0.4, 1.5]])
case("matrix_exp", [a], linalg.expm(a))
case("matrix_exp", [20 * a], linalg.expm(20 * a))

symmetric = a + a.T
vectors = np.linalg.eigh(symmetric)[1]
vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(0), range(3)])
case("eigenvectors", [symmetric], vectors)

inputs = np.array([[0.5, -1.0], [2.0, 0.25]])
layers = [2, 3, 2, 1]
w = np.sin(np.arange(1.0, 21.0))
activations = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.logaddexp(0, z),
    "gelu": lambda z: z * special.ndtr(z),
    "sigmoid": special.expit,
    "logistic": special.expit,
    "identity": lambda z: z,
}
for name, activation in activations.items():
    values = inputs
    rest = w
    for n, m in zip(layers, layers[1:]):
        values = values @ rest[: n * m].reshape(n, m) + rest[n * m : (n + 1) * m]
        rest = rest[(n + 1) * m :]
        if m != 1:
            values = activation(values)
    case("mlp", [inputs, w, np.array(layers), name], values)

columns = np.array([[1.0, 10.0], [4.0, 20.0], [2.0, 50.0], [8.0, 30.0]])
chances = np.array([0.25, 0.9])
case("quantile", [columns, chances, 1], np.quantile(columns, chances, axis=0))
case("quantile", [columns, 0.3, 2], np.quantile(columns, 0.3, axis=1))
