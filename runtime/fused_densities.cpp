#include "runtime/fused_pass.h"

// The densities of a fused sum. Those that the engine has a loop of its own for are added up
// without their values one by one.

namespace vippl::runtime {

namespace {

using simd::Strided;

std::size_t unsigned_of(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

void FusedSum::Pass::add_terms(double* out) {
  Lanes sums = {};
  if ((lanes_ != 1 && lanes_ != sums.size()) || !add_up(sums)) return add_density(out);
  for (std::size_t l = 0; l < lanes_; ++l) out[l] += sums[l];
}

// False where it takes a look at every term.
bool FusedSum::Pass::add_up(Lanes& sums) {
  switch (sum_.form_) {
    case DensityForm::bernoulli_logit:
      return add_outcomes(sums);
    case DensityForm::normal:
      return sum_.known_.inverses.empty() ? add_normal(sums) : add_normal_of_known_scale(sums);
    case DensityForm::poisson_log:
      return add_counts(sums);
    case DensityForm::student_t:
    case DensityForm::cauchy:
      return add_student_t(sums);
    case DensityForm::categorical:  // of one row, not of one number
    case DensityForm::other:
      break;
  }
  return false;
}

bool FusedSum::Pass::add_outcomes(Lanes& sums) {
  const auto [y, logit] = std::array{sum_.arguments_[0], sum_.arguments_[1]};
  slopes_[logit] = {adjoints_[logit], 1};
  return !sum_.active_[y] &&
         simd::engine().fused.bernoulli_logit(count_, lanes_, registers_[y], registers_[logit],
                                              sums.data(), adjoints_[logit]);
}

bool FusedSum::Pass::add_counts(Lanes& sums) {
  const auto [y, log_rate] = std::array{sum_.arguments_[0], sum_.arguments_[1]};
  slopes_[log_rate] = {adjoints_[log_rate], 1};
  return !sum_.known_.sums.empty() &&
         simd::engine().fused.poisson_log(count_, lanes_, registers_[y], registers_[log_rate],
                                          sums.data(), adjoints_[log_rate]) &&
         subtract_known(sums);
}

// Where the slopes by the location go, or null; those by the value have the other sign.
double* FusedSum::Pass::slopes_by_location(std::size_t y, std::size_t location) {
  double* const slopes = adjoints_[location];
  slopes_[y] = {slopes, -1};
  slopes_[location] = {slopes, 1};
  return frame_.gradient && (sum_.active_[y] || sum_.active_[location]) ? slopes : nullptr;
}

bool FusedSum::Pass::add_normal(Lanes& sums) {
  const std::vector<std::size_t>& in = sum_.arguments_;
  const std::size_t scale = in[2];
  slopes_[scale] = {adjoints_[scale], 1};
  return simd::engine().fused.normal(
      count_, lanes_, registers_[in[0]], registers_[in[1]], registers_[scale], sums.data(),
      slopes_by_location(in[0], in[1]),
      frame_.gradient && sum_.active_[scale] ? adjoints_[scale] : nullptr);
}

bool FusedSum::Pass::add_normal_of_known_scale(Lanes& sums) {
  const std::vector<std::size_t>& in = sum_.arguments_;
  const bool is_one = sum_.known_.inverses.size() == 1;
  const double* const inverses = sum_.known_.inverses.data() + (is_one ? 0 : first_);
  return simd::engine().fused.normal_known_scale(
             count_, lanes_, registers_[in[0]], registers_[in[1]],
             {inverses, is_one ? std::size_t{0} : std::size_t{1}, 0}, sums.data(),
             slopes_by_location(in[0], in[1])) &&
         subtract_known(sums);
}

// What this tile has of the terms that do not depend on the point.
bool FusedSum::Pass::subtract_known(Lanes& sums) const {
  const std::vector<double>& before = sum_.known_.sums;
  const double known = before.size() == 1
                           ? static_cast<double>(count_) * before[0]
                           : before[unsigned_of(first_) + count_] - before[unsigned_of(first_)];
  for (std::size_t l = 0; l < lanes_; ++l) sums[l] -= known;
  return true;
}

// Slopes by what is one number for all terms are added up where they arise.
bool FusedSum::Pass::add_student_t(Lanes& sums) {
  constexpr double one = 1;
  const bool is_cauchy = sum_.form_ == DensityForm::cauchy;
  const std::vector<std::size_t>& in = sum_.arguments_;
  const auto [y, df, location, scale] =
      std::array{in[0], in[is_cauchy ? 0 : 1], in[is_cauchy ? 1 : 2], in[is_cauchy ? 2 : 3]};
  const Strided degrees = is_cauchy ? Strided{&one, 0, 0} : registers_[df];
  const bool wants_by_df = frame_.gradient && !is_cauchy && sum_.active_[df];
  const bool wants_by_scale = frame_.gradient && sum_.active_[scale];
  const bool is_one_scale = registers_[scale].element == 0;
  Lanes by_df;
  Lanes by_scale;
  if (!simd::engine().fused.student_t(
          count_, lanes_, registers_[y], degrees, registers_[location], registers_[scale],
          sums.data(), slopes_by_location(y, location), wants_by_df ? by_df.data() : nullptr,
          !wants_by_scale ? nullptr : (is_one_scale ? by_scale.data() : adjoints_[scale])))
    return false;
  degrees_.set(degrees, lanes_, wants_by_df);
  const auto terms = static_cast<double>(count_);
  for (std::size_t l = 0; l < lanes_; ++l) {
    sums[l] += terms * degrees_.constant(l);
    if (wants_by_df) by_df[l] += terms * degrees_.slope(l);
  }
  if (wants_by_df) add_slopes_of_one(df, by_df);
  slopes_[scale] = {adjoints_[scale], 1};
  if (wants_by_scale && is_one_scale) add_slopes_of_one(scale, by_scale);
  return true;
}

void FusedSum::Pass::add_slopes_of_one(std::size_t s, const Lanes& slopes) {
  double* const sums = sums_of_one(s);
  for (std::size_t l = 0; l < lanes_; ++l) sums[l] += slopes[l];
  slopes_[s] = {};
}

// A kernel knows numbers that lie together, and one for all.
KernelArgument FusedSum::Pass::argument(std::size_t k) {
  const Strided& x = registers_[sum_.arguments_[k]];
  if (x.element == 0 && x.lane == 0) return {x.data, 0};
  if (x.element == lanes_ && (lanes_ == 1 || x.lane == 1)) return {x.data, 1};
  double* const to = arguments_[k];
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t l = 0; l < lanes_; ++l)
      to[i * lanes_ + l] = x.data[i * x.element + l * x.lane];
  }
  return {to, 1};
}

void FusedSum::Pass::add_density(double* out) {
  std::array<KernelArgument, max_kernel_arguments> arguments;
  std::array<double*, max_kernel_arguments> partials = {};
  for (std::size_t k = 0; k < sum_.arguments_.size(); ++k) {
    const std::size_t s = sum_.arguments_[k];
    arguments[k] = argument(k);
    slopes_[s] = {adjoints_[s], 1};
    if (sum_.active_[s]) partials[k] = adjoints_[s];
  }
  sum_.kernel_(count_ * lanes_, arguments.data(), terms_,
               frame_.gradient ? partials.data() : nullptr);
  simd::engine().fused.add_rows(count_, lanes_, 1, terms_, out);
}

}  // namespace vippl::runtime
