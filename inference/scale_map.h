#pragma once
#include <cmath>

#include "inference/guide.h"

namespace vippl::inference {

/// The scale that an unconstrained parameter stands for.
inline double scale_of(ScaleMap map, double parameter) {
  switch (map) {
    case ScaleMap::log:
      return std::exp(parameter);
    case ScaleMap::softplus:  // the larger term is taken out, so that neither side overflows
      return std::fmax(parameter, 0) + std::log1p(std::exp(-std::fabs(parameter)));
  }
  return 0;
}

/// The parameter that stands for a scale > 0.
inline double scale_parameter(ScaleMap map, double scale) {
  switch (map) {
    case ScaleMap::log:
      return std::log(scale);
    case ScaleMap::softplus:  // log(exp(s) - 1), without overflow for a large s
      return scale + std::log(-std::expm1(-scale));
  }
  return 0;
}

/// d scale / d parameter, from both.
inline double scale_derivative(ScaleMap map, double parameter, double scale) {
  switch (map) {
    case ScaleMap::log:
      return scale;
    case ScaleMap::softplus:
      return 1 / (1 + std::exp(-parameter));
  }
  return 0;
}

}  // namespace vippl::inference
