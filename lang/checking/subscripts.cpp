#include <fmt/format.h>

#include "lang/checking/checker.h"

namespace vippl::lang::checking {

namespace {

bool is_range(const ast::Expression& expression) {
  const auto* binary = std::get_if<ast::Binary>(&expression.node);
  return binary != nullptr && binary->op == ast::BinaryOperator::range;
}

}  // namespace

Checker::Index Checker::read_index(const ast::Place& place) {
  Index index;
  if (!place.index) return index;
  const ast::Expression& written = **place.index;
  if (!is_range(written)) {
    index.type = evaluate(written);
    return index;
  }
  const auto& ends = std::get<ast::Binary>(written.node);
  index.first = evaluate(*ends.left);
  index.last = evaluate(*ends.right);
  index.type = apply(ends, *index.first, *index.last, written.span);
  return index;
}

Type Checker::subscripted(const Type& base, const std::vector<ast::Place>& places) {
  std::vector<Index> indices;
  Type result = base;
  bool known = base.known;
  for (const ast::Place& place : places) {
    indices.push_back(read_index(place));
    if (!indices.back().type) continue;
    taint(result, *indices.back().type);
    known = known && indices.back().type->known;
  }
  result.value.reset();
  result.size.reset();
  result.known = known;
  if (!base.known) return result;
  if (base.element == Element::text || places.size() > base.shape.size()) {
    complain(
        "too-many-subscripts", join(places.front().span, places.back().span),
        base.shape.empty()
            ? std::string("a scalar takes no subscript")
            : fmt::format("{} subscripts for a value of shape {}", places.size(), text(base.shape)),
        base.shape.empty() ? "leave it out, or give the value a shape where it is defined" : "",
        origins(base.shape));
    result.known = false;
    return result;
  }
  Shape shape;
  std::optional<Shape> together;  // index arrays in one bracket are read together
  std::size_t together_at = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Size& extent = base.shape[i];
    if (!indices[i].type) {
      shape.push_back(extent);
      continue;
    }
    const Type& index = *indices[i].type;
    if (!index.known) continue;
    check_index(indices[i], extent, places[i].span, i);
    if (index.is_scalar()) continue;
    if (index.element == Element::boolean) {
      shape.push_back(Size::unknown());
    } else if (is_range(**places[i].index)) {
      shape.push_back(index.shape[0]);
    } else if (!together) {
      together = index.shape;
      together_at = shape.size();
    } else {
      together = broadcast(*together, index.shape);
      if (!together) {
        complain(
            "shape-mismatch", places[i].span,
            fmt::format("index arrays in one bracket are read together, but this one has shape {}",
                        text(index.shape)),
            "for rows and columns crosswise write M[ii][:, jj]", origins(index.shape));
        result.known = false;
        return result;
      }
    }
  }
  if (together) {
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(together_at), together->begin(),
                 together->end());
  }
  shape.insert(shape.end(), base.shape.begin() + static_cast<std::ptrdiff_t>(places.size()),
               base.shape.end());
  result.shape = std::move(shape);
  return result;
}

void Checker::check_index(const Index& read, const Size& extent, Span span, std::size_t dimension) {
  const Type& index = *read.type;
  if (index.element == Element::real || index.element == Element::text) {
    complain("subscript-not-int", span,
             fmt::format("a subscript should be int, got {}", describe(index)),
             index.element == Element::real && index.fixed
                 ? "`round`, `floor` and `ceil` make whole numbers"
                 : "");
    return;
  }
  if (!index.fixed && !index.generated && !place_.in_derived) {
    complain("latent-subscript", span,
             "a subscript must be fixed, but this depends on a latent value",
             "choose between entries with `if c then a else b`");
    return;
  }
  if (index.element == Element::boolean && !index.is_scalar()) {
    if (index.shape.size() == 1 && compare(index.shape[0], extent) == Size::Comparison::different) {
      complain("shape-mismatch", span,
               fmt::format("the mask has {} entries, but dimension {} has size {}",
                           index.shape[0].text(), dimension + 1, extent.text()),
               "", origins(index.shape, {extent}));
    }
    return;
  }
  if (index.element == Element::category && index.levels &&
      compare(*index.levels, extent) == Size::Comparison::different) {
    complain("category-index", span,
             fmt::format("a category with {} levels is an index into a dimension of that size, but "
                         "dimension {} has size {}",
                         index.levels->text(), dimension + 1, extent.text()),
             "", origins({*index.levels}, {extent}));
    return;
  }
  const auto beyond = [&](const Type& end) {
    if (!end.known || !end.size || end.size->is_unknown() || extent.is_unknown()) return false;
    const std::optional<std::int64_t> excess = constant(*end.size - extent);
    return excess && *excess > 0;
  };
  const auto before = [](const Type& end) { return end.known && end.value && *end.value < 1; };
  const Type* outside = nullptr;
  if (index.is_scalar()) {
    if (before(index) || beyond(index)) outside = &index;
  } else if (read.first && constant(index.shape[0]).value_or(1) != 0) {
    outside = before(*read.first) ? &*read.first : beyond(*read.last) ? &*read.last : nullptr;
  }
  if (outside == nullptr) return;
  complain("subscript-out-of-range", span,
           fmt::format("subscript {} is outside of dimension {}, which has size {}",
                       outside->size ? outside->size->text() : "0", dimension + 1, extent.text()),
           "subscripts count from 1; both ends of a range count", origins({extent}));
}

}  // namespace vippl::lang::checking
