#include "lang/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace vippl::lang {
namespace {

constexpr char32_t replacement = 0xFFFD;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
}

}  // namespace

CodePoint decode(std::string_view text, std::size_t offset) {
  const auto first = static_cast<unsigned char>(text[offset]);
  if (first < 0x80U) return {first, 1, true};
  utf8proc_int32_t value = 0;
  const utf8proc_ssize_t size = utf8proc_iterate(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data() + offset),
      static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size() - offset, 4)), &value);
  if (size <= 0 || value < 0) return {replacement, 1, false};
  return {static_cast<char32_t>(value), static_cast<std::size_t>(size), true};
}

bool is_name_start(char32_t character) {
  if (character < 0x80U) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
  }
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(character))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return true;
    default:
      return false;
  }
}

bool is_name_part(char32_t character) {
  if (character >= '0' && character <= '9') return true;
  if (is_name_start(character)) return true;
  if (character < 0x80U) return false;
  if (character >= U'\u2080' && character <= U'\u2089') return true;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(character))) {
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_MN:  // marks: a letter may be written as a base and its accents
    case UTF8PROC_CATEGORY_MC:
      return true;
    default:
      return false;
  }
}

bool is_forbidden(char32_t character) {
  if (character < 0x20U) return character != '\t' && character != '\n' && character != '\r';
  if (character >= 0x7FU && character < 0xA0U) return true;
  return (character >= 0x202AU && character <= 0x202EU) ||
         (character >= 0x2066U && character <= 0x2069U);
}

int display_width(char32_t character) {
  if (character < 0x80U) return 1;
  return utf8proc_charwidth(static_cast<utf8proc_int32_t>(character));
}

std::string normalized(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  utf8proc_uint8_t* result = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &result,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(
      result, &std::free);  // it comes from malloc
  if (size < 0) return std::string(text);
  return std::string(reinterpret_cast<const char*>(owner.get()), static_cast<std::size_t>(size));
}

}  // namespace vippl::lang
