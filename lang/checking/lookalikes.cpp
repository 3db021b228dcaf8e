#include "lang/checking/lookalikes.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <unordered_map>

#include "lang/match.h"
#include "lang/unicode.h"

namespace vippl::lang::checking {

namespace {

struct Lookalike {
  char32_t letter;
  char32_t like;
};

// Letters that most typefaces draw alike, from Unicode's list of confusables (UTS 39). Greek
// letters that merely resemble Latin ones, as alpha and a, are told apart in mathematics and left
// out.
constexpr std::array<Lookalike, 45> lookalikes = {{
    {U'\u0430', U'a'},      {U'\u0435', U'e'},     {U'\u043E', U'o'},      {U'\u0440', U'p'},
    {U'\u0441', U'c'},      {U'\u0443', U'y'},     {U'\u0445', U'x'},      {U'\u0456', U'i'},
    {U'\u0458', U'j'},      {U'\u0455', U's'},     {U'\u0501', U'd'},      {U'\u04BB', U'h'},
    {U'\u0410', U'A'},      {U'\u0412', U'B'},     {U'\u0421', U'C'},      {U'\u0415', U'E'},
    {U'\u041D', U'H'},      {U'\u0406', U'I'},     {U'\u0408', U'J'},      {U'\u041A', U'K'},
    {U'\u041C', U'M'},      {U'\u041E', U'O'},     {U'\u0420', U'P'},      {U'\u0405', U'S'},
    {U'\u0422', U'T'},      {U'\u0425', U'X'},     {U'\u03BF', U'o'},      {U'\u03BD', U'v'},
    {U'\u0391', U'A'},      {U'\u0392', U'B'},     {U'\u0395', U'E'},      {U'\u0396', U'Z'},
    {U'\u0397', U'H'},      {U'\u0399', U'I'},     {U'\u039A', U'K'},      {U'\u039C', U'M'},
    {U'\u039D', U'N'},      {U'\u039F', U'O'},     {U'\u03A1', U'P'},      {U'\u03A4', U'T'},
    {U'\u03A5', U'Y'},      {U'\u03A7', U'X'},     {U'\u00B5', U'\u03BC'},  // micro sign, mu
    {U'\u03D5', U'\u03C6'}, {U'\u03F5', U'\u03B5'}  // other forms of phi, epsilon
}};

// The name as it looks.
std::u32string look(const std::string& name) {
  std::u32string result;
  for (std::size_t at = 0; at < name.size();) {
    const CodePoint point = decode(name, at);
    at += point.size;
    char32_t letter = point.value;
    for (const Lookalike& each : lookalikes) {
      if (each.letter == letter) letter = each.like;
    }
    result += letter;
  }
  return result;
}

class Lookalikes {
 public:
  void read(const ast::Block& block) {
    for (const ast::Statement& statement : block) {
      match(
          statement.node, [&](const ast::Data& node) { read_data(node); },
          [&](const ast::Let& node) { define(node.name.name, node.name.span); },
          [&](const ast::Var& node) { define(node.name.name, node.name.span); },
          [&](const ast::Sample& node) { define(node.target.name, node.target.name_span); },
          [&](const ast::Generate& node) { define(node.target.name, node.target.name_span); },
          [&](const ast::Derive& node) { define(node.name.name, node.name.span); },
          [&](const ast::Param& node) { define(node.name.name, node.name.span); },
          [&](const ast::If& node) {
            read(node.accepted);
            read(node.rejected);
          },
          [&](const ast::For& node) {
            define(node.variable.name, node.variable.span);
            read(node.body);
          },
          [&](const ast::While& node) { read(node.body); },
          [&](const ast::Function& node) {
            define(node.name.name, node.name.span);
            for (const ast::Parameter& each : node.parameters)
              define(each.name.name, each.name.span);
            read(node.body);
          },
          [&](const ast::Model& node) {
            define(node.name.name, node.name.span);
            for (const ast::Parameter& each : node.parameters)
              define(each.name.name, each.name.span);
            read(node.body);
          },
          [&](const ast::Guide& node) { read(node.body); }, [](const ast::Assign&) {},
          [](const ast::Observe&) {}, [](const ast::Factor&) {}, [](const ast::Return&) {},
          [](const ast::Import&) {}, [](const ast::Evaluate&) {});
    }
  }

  Diagnostics take() { return std::move(found_); }

 private:
  void read_data(const ast::Data& data) {
    define(data.name.name, data.name.span);
    for (const ast::Expression& size : data.type.shape) {
      if (const auto* name = std::get_if<ast::Name>(&size.node)) define(name->name, size.span);
    }
  }

  void define(const std::string& name, Span span) {
    const auto [there, is_new] = seen_.try_emplace(look(name), std::pair(name, span));
    if (is_new || there->second.first == name) return;
    Diagnostic diagnostic =
        warning("lookalike-name", span,
                fmt::format("`{}` looks like another name, but has other letters", name),
                "rename one of them; no reader can tell them apart");
    diagnostic.notes.push_back({there->second.second, "the other name is here"});
    found_.push_back(std::move(diagnostic));
  }

  std::unordered_map<std::u32string, std::pair<std::string, Span>> seen_;
  Diagnostics found_;
};

}  // namespace

Diagnostics find_lookalikes(const ast::Script& script) {
  Lookalikes lookalikes_of_script;
  lookalikes_of_script.read(script.statements);
  return lookalikes_of_script.take();
}

}  // namespace vippl::lang::checking
