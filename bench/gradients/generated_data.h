#pragma once
#include "runtime/data.h"

// Data that are drawn, the same on every machine, for models that have none of their own.

namespace vippl::bench {

runtime::DataSet logistic_data();  ///< y and X: 100000 rows, 20 columns
runtime::DataSet level_data();     ///< 300 months of an autoregression with heavy tails
runtime::DataSet claims_data();    ///< 4000 policies with eight measurements
runtime::DataSet clinics_data();   ///< 8000 patients of 60 clinics in no order
runtime::DataSet sizes_data();     ///< 1000 measurements of three kinds

/// The houses of the file of radon_all in no order, under other names.
runtime::DataSet shuffled_houses(const std::string& path);

}  // namespace vippl::bench
