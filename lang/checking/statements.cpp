#include <fmt/format.h>

#include <utility>

#include "lang/checking/checker.h"
#include "lang/match.h"

namespace vippl::lang::checking {

namespace {

// Deeper blocks than anybody writes are left to run time rather than read with an ever deeper
// stack.
constexpr std::size_t deepest = 400;

}  // namespace

void Checker::check_script(const ast::Script& script) {
  collect_definitions(script.statements);
  check_block(script.statements);
  check_filled();
  check_observed();
}

void Checker::check_block(const ast::Block& block) {
  for (const ast::Statement& statement : block) check_statement(statement);
}

void Checker::check_inner_block(const ast::Block& block) {
  if (depth_ > deepest) return;
  ++depth_;
  ++place_.blocks;
  scopes_.push();
  check_block(block);
  scopes_.pop();
  --place_.blocks;
  --depth_;
}

void Checker::check_statement(const ast::Statement& statement) {
  check_place(statement);
  match(
      statement.node, [this](const ast::Data& node) { check_data(node); },
      [this](const ast::Let& node) { check_let(node); },
      [this](const ast::Var& node) { check_var(node); },
      [this, &statement](const ast::Assign& node) { check_assign(node, statement.span); },
      [this](const ast::Sample& node) {
        check_drawn(Kind::latent, node.target, node.type, node.distribution);
      },
      [this](const ast::Observe& node) { check_observe(node); },
      [this](const ast::Factor& node) { check_factor(node); },
      [this](const ast::Derive& node) { check_derive(node); },
      [this](const ast::Generate& node) {
        check_drawn(Kind::generated, node.target, node.type, node.distribution);
      },
      [this, &statement](const ast::Param&) {
        if (place_.in_model) return;  // is misplaced there
        refuse_construct(statement.span, "`param` is", "the guide is generated from the model");
      },
      [this](const ast::If& node) { check_if(node); },
      [this](const ast::For& node) { check_for(node); },
      [this](const ast::While& node) { check_while(node); },
      [this](const ast::Return& node) { check_return(node); },
      [this](const ast::Function& node) { define_function(node); },
      [this](const ast::Model& node) { define_model(node); },
      [this, &statement](const ast::Guide&) {
        refuse_construct({statement.span.begin, statement.span.begin + 5, statement.span.source},
                         "a written `guide` is",
                         "leave it out: the guide is generated from the model");
      },
      [](const ast::Import&) {},  // a file that could not be imported is reported there
      [this](const ast::Evaluate& node) { evaluate(node.value); });
}

void Checker::check_place(const ast::Statement& statement) {
  const auto misplaced = [&](std::string_view word, std::string_view where, std::string hint) {
    complain("misplaced-statement",
             {statement.span.begin, statement.span.begin + static_cast<std::uint32_t>(word.size()),
              statement.span.source},
             fmt::format("`{}` may not stand {}", word, where), std::move(hint));
  };
  std::string_view word;
  bool top_level_only = false;
  bool random = false;
  match(
      statement.node,
      [&](const ast::Data&) {
        word = "data";
        top_level_only = true;
      },
      [&](const ast::Function&) {
        word = "fn";
        top_level_only = true;
      },
      [&](const ast::Model&) {
        word = "model";
        top_level_only = true;
      },
      [&](const ast::Import&) {
        word = "import";
        top_level_only = true;
      },
      [&](const ast::Guide&) {
        word = "guide";
        top_level_only = true;
      },
      [&](const ast::Sample&) {
        word = "sample";
        random = true;
      },
      [&](const ast::Observe&) { word = "observe"; }, [&](const ast::Factor&) { word = "factor"; },
      [&](const ast::Derive&) {
        word = "derive";
        random = true;
      },
      [&](const ast::Generate&) {
        word = "generate";
        random = true;
      },
      [](const ast::Let&) {}, [](const ast::Var&) {}, [](const ast::Assign&) {},
      [&](const ast::Param&) { word = place_.in_model ? "param" : ""; }, [](const ast::If&) {},
      [](const ast::For&) {}, [](const ast::While&) {},
      [&](const ast::Return&) { word = "return"; }, [](const ast::Evaluate&) {});
  if (word.empty()) return;
  if (word == "return") {
    if (!place_.in_function && !place_.in_model) {
      misplaced(word, "outside of a function or model", "");
    }
    return;
  }
  if (place_.in_function) {
    misplaced(word, "in a function",
              "a function only computes; put the statement where it is called");
  } else if (place_.in_model &&
             (top_level_only || word == "param" || word == "observe" || word == "generate")) {
    misplaced(
        word, "in a model",
        "a model is a piece of prior, of `sample`, `factor`, `derive` and what a function may "
        "contain; put the statement where the model is sampled");
  } else if (top_level_only && place_.blocks > 0) {
    misplaced(word, "in a block", "move it to the top level of the script");
  } else if (word == "derive" && !place_.loops.empty()) {
    misplaced(word, "in a loop", "collect the values with `[... for i in 1..n]` or in a `var`");
  } else if (random && place_.latent_branches > 0) {
    misplaced(word, "in a branch whose condition is latent",
              "choose with `if c then a else b` inside the arguments");
  }
}

void Checker::check_let(const ast::Let& let) {
  Type value = evaluate(let.value);
  if (let.type) value = with_declared(*let.type, std::move(value), let.value.span, let.name.name);
  if (value.generated && !place_.in_function && !place_.in_derived) {
    complain("generated-value", let.value.span,
             fmt::format("`{}` depends on a `generate`, which `derive` and `generate` only may use",
                         let.name.name),
             fmt::format("write: derive {} = ...", let.name.name));
  }
  define(let.name.name, Kind::let, std::move(value), let.name.span);
}

Type Checker::with_declared(const ast::Type& type, Type value, Span span, const std::string& name) {
  const Declared declared = read_type(type, NewSizes::rename, &value, name);
  if (!declared.known || !value.known) {
    if (!declared.known || value.known) return value;
    Type promised;  // what the type says is all that is known
    promised.element = declared.element;
    promised.shape = declared.shape;
    promised.fixed = value.fixed;
    promised.generated = value.generated;
    return promised;
  }
  const std::optional<Element> both = widest(declared.element, value.element);
  if (!both || *both != declared.element) {
    complain(
        "type-mismatch", span,
        fmt::format("`{}` is declared as {}, but the value is {}", name, text(declared.element),
                    text(value.element)),
        value.element == Element::real ? "`round`, `floor` and `ceil` make whole numbers" : "");
  }
  if (!same(declared.shape, value.shape)) {
    complain("shape-mismatch", span,
             fmt::format("`{}` is declared with shape {}, but the value has shape {}", name,
                         text(declared.shape), text(value.shape)),
             "", origins(declared.shape, value.shape));
  }
  value.element = declared.element;
  value.shape = declared.shape;
  return value;
}

void Checker::check_var(const ast::Var& var) {
  Type type = var.value ? evaluate(*var.value) : Type{};
  const bool typed = var.type.has_value();
  if (typed && var.value) {
    type = with_declared(*var.type, std::move(type), var.value->span, var.name.name);
  } else if (typed) {
    const Declared declared = read_type(*var.type, NewSizes::refuse);
    type.known = declared.known;
    type.element = declared.element;
    type.shape = declared.shape;
  } else if (!var.value) {
    type.known = false;  // the first assignment says
  }
  if (type.generated && !place_.in_function && !place_.in_derived) {
    complain("generated-value", var.value->span,
             fmt::format("`{}` depends on a `generate`, which `derive` and `generate` only may use",
                         var.name.name));
  }
  type.value.reset();  // it varies
  type.size.reset();
  define(var.name.name, Kind::var, std::move(type), var.name.span);
  if (Definition* definition = scopes_.find(var.name.name)) definition->typed = typed;
}

void Checker::check_assign(const ast::Assign& assign, Span span) {
  const Type value = evaluate(assign.value);
  const bool adds = assign.op == ast::AssignmentOperator::add && assign.places.empty();
  if (adds && assign.name.name == "target" && scopes_.find("target") == nullptr) {
    complain("unknown-name", assign.name.span, "`target` is not defined",
             "a term of the log joint is added with `factor e`, the density of data with "
             "`observe y ~ normal(mu, sigma)`");
    return;
  }
  const Definition* seen = look_up(assign.name.name, assign.name.span);
  if (seen == nullptr) return;
  if (seen->kind != Kind::var) {
    complain(
        "assignment-to-constant", assign.name.span,
        fmt::format("`{}` is {} and may not be assigned to", assign.name.name, text(seen->kind)),
        seen->kind == Kind::let ? fmt::format("define it by: var {} = ...", assign.name.name) : "",
        {{seen->span, fmt::format("`{}` is defined here", assign.name.name)}});
    return;
  }
  Type old = seen->type;
  const Type slot = assign.places.empty() ? old : subscripted(old, assign.places);
  Type stored = value;
  if (assign.op != ast::AssignmentOperator::set) {
    using enum ast::BinaryOperator;
    const ast::BinaryOperator op = assign.op == ast::AssignmentOperator::add        ? add
                                   : assign.op == ast::AssignmentOperator::subtract ? subtract
                                   : assign.op == ast::AssignmentOperator::multiply ? multiply
                                                                                    : divide;
    stored = arithmetic(op, slot, value, span);
  }
  if (place_.latent_branches > 0) stored.fixed = false;  // whether it happens depends on a latent

  Definition& variable = *scopes_.find(assign.name.name);
  store(variable, assign, slot, stored);
  const Type& now = variable.type;
  if (now.known != old.known || now.element != old.element || now.fixed != old.fixed ||
      now.generated != old.generated) {
    ++widenings_;
  }
}

void Checker::store(Definition& variable, const ast::Assign& assign, const Type& slot,
                    const Type& stored) {
  Type& type = variable.type;
  if (!stored.known || !slot.known) {
    const bool first = assign.places.empty() && !type.known && stored.known && !variable.typed;
    if (first) {
      type = stored;
      type.value.reset();
      type.size.reset();
      return;
    }
    taint(type, stored);
    if (!variable.typed) type.known = false;
    return;
  }
  const std::optional<Shape> both = broadcast(slot.shape, stored.shape);
  if (!both || both->size() != slot.shape.size() || !same(*both, slot.shape)) {
    complain("shape-mismatch", assign.value.span,
             fmt::format("the value has shape {}, but `{}{}` has shape {}", text(stored.shape),
                         assign.name.name, assign.places.empty() ? "" : "[...]", text(slot.shape)),
             "the shape of a `var` is that of its definition", origins(stored.shape, slot.shape));
    return;
  }
  const std::optional<Element> wide = widest(type.element, stored.element);
  if (!wide || (variable.typed && *wide != type.element)) {
    complain("type-mismatch", assign.value.span,
             fmt::format("`{}` holds {}, but the value is {}", assign.name.name, text(type.element),
                         text(stored.element)));
    return;
  }
  type.element = *wide;
  taint(type, stored);
}

void Checker::check_derive(const ast::Derive& derive) {
  const bool outer = std::exchange(place_.in_derived, true);
  Type value = evaluate(derive.value);
  place_.in_derived = outer;
  if (derive.type) {
    value = with_declared(*derive.type, std::move(value), derive.value.span, derive.name.name);
  }
  define(derive.name.name, Kind::derived, std::move(value), derive.name.span);
}

void Checker::check_factor(const ast::Factor& factor) {
  const Type value = evaluate(factor.value);
  if (!value.known) return;
  if (!is_number(value, factor.value.span, "`factor`")) return;
  if (value.generated) {
    complain("generated-value", factor.value.span, "the log joint may not depend on a `generate`");
  }
}

}  // namespace vippl::lang::checking
