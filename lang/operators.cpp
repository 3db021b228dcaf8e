#include "lang/operators.h"

#include <algorithm>

#include "lang/diagnostic.h"

namespace vippl::lang {
namespace {

using ast::BinaryOperator;

constexpr Infix table[] = {
    {"or", BinaryOperator::logical_or, 1},
    {"and", BinaryOperator::logical_and, 2},
    {"==", BinaryOperator::equal, 4, Associativity::none},
    {"!=", BinaryOperator::not_equal, 4, Associativity::none},
    {"<", BinaryOperator::less, 4, Associativity::none},
    {"<=", BinaryOperator::less_equal, 4, Associativity::none},
    {">", BinaryOperator::greater, 4, Associativity::none},
    {">=", BinaryOperator::greater_equal, 4, Associativity::none},
    {"..", BinaryOperator::range, 5, Associativity::none},
    {"+", BinaryOperator::add, 6},
    {"-", BinaryOperator::subtract, 6},
    {"*", BinaryOperator::multiply, 7},
    {"/", BinaryOperator::divide, 7},
    {"@", BinaryOperator::matrix_multiply, 7},
    {"^", BinaryOperator::power, 9, Associativity::right},
};

template <class Condition>
const Infix& find(Condition condition) {
  const auto found = std::find_if(std::begin(table), std::end(table), condition);
  VIPPL_ASSERT(found != std::end(table), "the table has every operator");
  return *found;
}

}  // namespace

std::span<const Infix> infixes() { return table; }

const Infix& infix(std::string_view text) {
  return find([&](const Infix& candidate) { return candidate.text == text; });
}

const Infix& infix(BinaryOperator op) {
  return find([&](const Infix& candidate) { return candidate.op == op; });
}

}  // namespace vippl::lang
