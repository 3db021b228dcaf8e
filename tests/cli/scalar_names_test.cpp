#include "cli/scalar_names.h"

#include <doctest/doctest.h>

using vippl::cli::scalar_count;
using vippl::cli::scalar_label;
using vippl::cli::scalar_name;
using vippl::runtime::Quantity;

TEST_CASE("scalars are named with subscripts from 1, row by row") {
  Quantity matrix;
  matrix.name = "W";
  matrix.shape = {2, 3};
  CHECK(scalar_count(matrix) == 6);
  CHECK(scalar_name(matrix, 0) == "W[1,1]");
  CHECK(scalar_name(matrix, 2) == "W[1,3]");
  CHECK(scalar_name(matrix, 3) == "W[2,1]");
  Quantity number;
  number.name = "sigma";
  CHECK(scalar_count(number) == 1);
  CHECK(scalar_name(number, 0) == "sigma");
  CHECK(scalar_label(number, 0) == "sigma");
}

TEST_CASE("scalars that are not all of an array have names of their own") {
  Quantity missing;
  missing.name = "age";
  missing.shape = {2};
  missing.labels = {{"no", "labels"}};
  missing.scalar_names = {"age[17]", "age[40]"};
  CHECK(scalar_name(missing, 1) == "age[40]");
  CHECK(scalar_label(missing, 0) == "age[17]");
}

TEST_CASE("a label stands where its dimension has labels") {
  Quantity matrix;
  matrix.name = "W";
  matrix.shape = {2, 2};
  matrix.labels = {{}, {"ash", "line\nbreak"}};
  CHECK(scalar_label(matrix, 2) == "W[2,ash]");
  CHECK(scalar_label(matrix, 1) == "W[1,line break]");
  CHECK(scalar_name(matrix, 2) == "W[2,1]");
}
