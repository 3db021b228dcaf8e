#pragma once
#include <boost/math/policies/policy.hpp>

// Only for the sources that call Boost.Math, whose headers take long to compile.

namespace vippl::runtime {

/// NaN and infinity instead of exceptions, and no detour through long double, which costs twice the
/// time for digits that doubles cannot hold.
inline constexpr boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::rounding_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_double<false>>
    quiet;

}  // namespace vippl::runtime
