#pragma once
#include <memory>
#include <utility>

namespace vippl::lang {

/// A value on the heap with value semantics: lets the nodes of a tree hold each other. Never empty
/// unless moved from.
template <class T>
class Box {
 public:
  Box() : value_(std::make_unique<T>()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): a node converts to its box
  Box(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Box(const Box& other) : value_(std::make_unique<T>(*other.value_)) {}
  Box(Box&&) noexcept = default;
  Box& operator=(const Box& other) { return *this = Box(other); }
  Box& operator=(Box&&) noexcept = default;
  ~Box() = default;

  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace vippl::lang
