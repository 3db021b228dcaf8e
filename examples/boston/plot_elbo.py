#!/usr/bin/env python3
"""Draws the ELBO curves of two fits as an SVG, from what `vippl run --trace FILE` wrote. Needs nothing but Python.

    V="build/release/vippl run examples/boston/boston.vi --data examples/boston/boston.csv"
    $V --guide fullrank --trace saa.csv
    $V --guide fullrank --algorithm adam --steps 4000 --trace adam.csv
    examples/boston/plot_elbo.py saa.csv adam.csv > examples/boston/elbo.svg
"""
import csv
import math
import sys

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 300, 70, 44, 16
BEST = -380.547  # the log evidence: no ELBO is higher


def read(path):
    with open(path, newline="") as f:
        rows = [(1e3 * float(r["time_in_seconds"]), float(r["ELBO"])) for r in csv.DictReader(f)]
    return [(t, max(BEST - e, 1e-2)) for t, e in rows if math.isfinite(e)]


def main():
    curves = [("saa (default)", "#1f6feb", read(sys.argv[1])), ("adam", "#d1570a", read(sys.argv[2]))]
    last = max(t for _, _, points in curves for t, _ in points)
    top = max(gap for _, _, points in curves for _, gap in points)
    decades = range(-2, math.ceil(math.log10(top)) + 1)

    def place(t, gap):
        x = LEFT + (WIDTH - LEFT - 40) * t / last
        y = TOP + (HEIGHT - TOP - BOTTOM) * (decades[-1] - math.log10(gap)) / (decades[-1] - decades[0])
        return "%.1f,%.1f" % (x, y)

    print('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">' % (WIDTH, HEIGHT, WIDTH, HEIGHT))
    print("<style>text { font: 12px sans-serif; fill: #444 } path { fill: none; stroke-width: 2 }</style>")
    print('<rect width="100%" height="100%" fill="white"/>')
    for d in decades:
        x, y = place(0, 10.0**d).split(",")
        print('<path d="M%s %sH%d" stroke="#ddd" style="stroke-width: 1"/>' % (x, y, WIDTH - 40))
        print('<text x="%d" y="%s" text-anchor="end">%g</text>' % (LEFT - 6, y, 10.0**d))
    for k in range(5):
        t = last * k / 4
        x = place(t, 1).split(",")[0]
        print('<text x="%s" y="%d" text-anchor="middle">%.0f ms</text>' % (x, HEIGHT - BOTTOM + 18, t))
    print('<text x="%d" y="%d">nats below the log evidence, against time</text>' % (LEFT, HEIGHT - 8))
    for k, (name, colour, points) in enumerate(curves):
        print('<path d="M%s" stroke="%s"/>' % ("L".join(place(*p) for p in points), colour))
        print('<text x="%d" y="%d" style="fill: %s">%s</text>' % (WIDTH - 130, TOP + 16 + 16 * k, colour, name))
    print("</svg>")


main()
