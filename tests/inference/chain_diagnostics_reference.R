# Prints the expected values of chain_diagnostics_test.cpp. Needs R and its package posterior
# (Debian: r-cran-posterior), which is an independent implementation of the same paper.
library(posterior)

# Chains that any language makes alike: a chaotic map instead of random numbers, made normal.
# uniform: fractional parts of multiples of the golden ratio, scrambled by a sine.
wave <- function(i) { x <- sin(12.9898 * i + 78.233) * 43758.5453; x - floor(x) }

made_up <- function(length, chains, memory, shift, tie) {
  x <- matrix(0, length, chains)
  for (c in 1:chains) {
    state <- 0
    for (t in 1:length) {
      state <- memory * state + wave(1000 * c + t) - 0.5
      value <- state + shift * (c - 1)
      if (tie) value <- floor(4 * value)
      x[t, c] <- value
    }
  }
  x
}

show <- function(length, chains, memory, shift, tie) {
  x <- made_up(length, chains, memory, shift, tie)
  cat(sprintf("    {%d, %d, %g, %g, %s, %.12g, %.12g, %.12g, %.12g},\n", length, chains, memory,
              shift, if (tie) "true" else "false", rhat(x), ess_bulk(x), ess_tail(x),
              mcse_mean(x)))
}

show(100, 4, 0, 0, FALSE)
show(101, 4, 0.5, 0, FALSE)
show(250, 1, 0.9, 0, FALSE)
show(60, 3, -0.6, 0, FALSE)
show(200, 2, 0.3, 0.2, FALSE)
show(80, 4, 0.7, 0, TRUE)
show(40, 4, 0.99, 1, FALSE)
