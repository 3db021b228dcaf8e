#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "runtime/data.h"
#include "runtime/random.h"

using vippl::runtime::DataError;
using vippl::runtime::DataFile;
using vippl::runtime::Field;
using vippl::runtime::parse_csv;
using vippl::runtime::Purpose;
using vippl::runtime::Rng;
using namespace std::string_view_literals;

namespace {

std::string error_of(std::string_view text) {
  try {
    parse_csv(text, "t.csv");
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a CSV becomes columns whose kinds follow from their cells") {
  const DataFile file = parse_csv(
      "count,height,smoker,city,mixed,huge\n"
      "1,1.5,true,Bonn,1,12345678901234567890\n"
      "-2,3,FALSE,Ulm,b,1\n",
      "folder/people.csv");
  CHECK(file.stem == "people");
  REQUIRE(file.fields.size() == 6);
  CHECK(file.find("count")->kind == Field::Kind::integer);
  CHECK(file.find("count")->values == std::vector<double>{1, -2});
  CHECK(file.find("height")->kind == Field::Kind::real);
  CHECK(file.find("height")->values == std::vector<double>{1.5, 3});
  CHECK(file.find("smoker")->kind == Field::Kind::boolean);
  CHECK(file.find("smoker")->values == std::vector<double>{1, 0});
  CHECK(file.find("city")->kind == Field::Kind::text);
  CHECK(file.find("city")->texts == std::vector<std::string>{"Bonn", "Ulm"});
  CHECK(file.find("mixed")->kind == Field::Kind::text);
  CHECK(file.find("mixed")->texts == std::vector<std::string>{"1", "b"});
  CHECK(file.find("huge")->kind == Field::Kind::real);
  CHECK(file.find("city")->values.empty());
  CHECK(file.find("count")->extents == std::vector<Eigen::Index>{2});
  CHECK(file.find("count")->is_column);
  CHECK(file.find("nothing") == nullptr);
}

TEST_CASE("numbers are read to the last bit") {
  struct Case {
    std::string text;
    double value;
  };
  const Case cases[] = {{"0.1", 0.1},
                        {"0.3", 0.3},
                        {"2.2250738585072014e-308", 2.2250738585072014e-308},
                        {"1e23", 1e23},
                        {"+7", 7},
                        {" 4.5 ", 4.5},
                        {"\"6\"", 6},
                        {"1e400", std::numeric_limits<double>::infinity()},
                        {"-1e400", -std::numeric_limits<double>::infinity()},
                        {"1e-400", 0},
                        {"-inf", -std::numeric_limits<double>::infinity()}};
  for (const auto& [text, value] : cases) {
    CAPTURE(text);
    const DataFile file = parse_csv(fmt::format("x,y\n{},1\n", text), "t.csv");
    REQUIRE(file.fields[0].values.size() == 1);
    CHECK(file.fields[0].values[0] == value);
  }
}

TEST_CASE("quotes, line ends and byte order marks are those of RFC 4180 and of real files") {
  struct Case {
    std::string what;
    std::string_view text;
  };
  const Case cases[] = {
      {"plain", "a,b\n1,x y\n2,z\n"},
      {"no end of line at the end", "a,b\n1,x y\n2,z"},
      {"CRLF", "a,b\r\n1,x y\r\n2,z\r\n"},
      {"carriage returns alone", "a,b\r1,x y\r2,z\r"},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "a,b\n1,x y\n2,z\n"},
      {"quotes everywhere", "\"a\",\"b\"\n\"1\",\"x y\"\n\"2\",\"z\"\n"},
      {"blanks around cells", " a , b \n 1 , x y \n 2 , z \n"},
      {"blank lines", "\na,b\n\n1,x y\n  \n2,z\n\n\n"},
      {"semicolons", "a;b\n1;x y\n2;z\n"},
      {"tabs", "a\tb\n1\tx y\n2\tz\n"},
      {"bars", "a|b\n1|x y\n2|z\n"},
  };
  for (const auto& [what, text] : cases) {
    CAPTURE(what);
    const DataFile file = parse_csv(text, "t.csv");
    REQUIRE(file.fields.size() == 2);
    REQUIRE(file.find("a") != nullptr);
    REQUIRE(file.find("b") != nullptr);
    CHECK(file.find("a")->values == std::vector<double>{1, 2});
    CHECK(file.find("b")->texts == std::vector<std::string>{"x y", "z"});
  }
}

TEST_CASE("a quoted cell may hold separators, quotes and line ends, and rows keep their lines") {
  const DataFile file = parse_csv("a,b\n\"x,\"\"y\"\"\",1\n\"p\nq\",2\nr,3\n", "t.csv");
  CHECK(file.find("a")->texts == std::vector<std::string>{"x,\"y\"", "p\nq", "r"});
  CHECK(file.find("b")->values == std::vector<double>{1, 2, 3});
  CHECK(file.find("b")->lines == std::vector<std::uint32_t>{2, 3, 5});
  CHECK(file.find("b")->place(2) == "t.csv, line 5");
}

TEST_CASE("rows that are lines need no table of lines") {
  const DataFile file = parse_csv("a\n1\n2\n", "t.csv");
  CHECK(file.fields[0].lines.empty());
  CHECK(file.fields[0].place(1) == "t.csv, line 3");
}

TEST_CASE("missing cells are marked and do not change the kind") {
  const DataFile file = parse_csv(
      "i,r,b,t,none\n"
      "NA,,true,,\n"
      "3,nan,NA,NA,NA\n"
      "4,1.5,false,x,\n",
      "t.csv");
  CHECK(file.find("i")->kind == Field::Kind::integer);
  CHECK(file.find("i")->missing == std::vector<bool>{true, false, false});
  CHECK(std::isnan(file.find("i")->values[0]));
  CHECK(file.find("r")->kind == Field::Kind::real);
  CHECK(file.find("r")->missing == std::vector<bool>{true, true, false});
  CHECK(file.find("b")->kind == Field::Kind::boolean);
  CHECK(file.find("b")->missing == std::vector<bool>{false, true, false});
  CHECK(file.find("t")->kind == Field::Kind::text);
  CHECK(file.find("t")->texts == std::vector<std::string>{"", "", "x"});
  CHECK(file.find("t")->missing == std::vector<bool>{true, true, false});
  CHECK(file.find("none")->missing == std::vector<bool>{true, true, true});
  CHECK(file.find("none")->is_missing(2));
}

TEST_CASE("text after numbers keeps the spelling of the numbers and the missing cells") {
  const DataFile file = parse_csv("n,a\n1,007\n2,NA\n3,1.50\n4,true\n5,x\n6,\n", "t.csv");
  const Field& column = *file.find("a");
  CHECK(column.texts == std::vector<std::string>{"007", "", "1.50", "true", "x", ""});
  CHECK(column.missing == std::vector<bool>{false, true, false, false, false, true});
  CHECK(column.values.empty());
}

TEST_CASE("a header alone is a table without rows") {
  const DataFile file = parse_csv("a,b\n", "t.csv");
  REQUIRE(file.fields.size() == 2);
  CHECK(file.fields[0].extents == std::vector<Eigen::Index>{0});
}

TEST_CASE("what is no table is refused with its place") {
  struct Case {
    std::string what;
    std::string_view text;
    const char* expected;
  };
  const Case cases[] = {
      {"nothing", "", "t.csv: the file is empty"},
      {"blank lines only", "\n \n", "t.csv: the file is empty"},
      {"short row", "a,b\n1,2\n3\n", "t.csv:3:1: this row has 1 cell, the header names 2 columns"},
      {"long row", "a,b\n1,2,3\n", "t.csv:2:1: this row has 3 cells, the header names 2 columns"},
      {"open quote", "a,b\n1,\"x\n2,y\n", "t.csv:2:3: this quote is never closed"},
      {"text after a quote", "a,b\n1,\"x\"y\n", "t.csv:2:6: text after a closing quote"},
      {"the same name twice", "a,b,a\n1,2,3\n", "t.csv:1:1: columns 1 and 3 are both named `a`"},
      {"a column without a name", "a,,b\n1,2,3\n", "t.csv:1:1: column 2 of 3 has no name"},
      {"row names", ",b\n1,2\n", "row.names = FALSE"},
      {"a NUL byte", "a,b\n1,\0\n"sv, "t.csv:2:3: a NUL byte: this is not a text file"},
      {"UTF-16",
       "\xFF\xFE"
       "a\0"sv,
       "UTF-16"},
      {"gzip", "\x1F\x8B\x08\0"sv, "compressed (gzip)"},
      {"spreadsheet", "PK\x03\x04zzz", "save it as CSV"},
  };
  for (const auto& [what, text, expected] : cases) {
    CAPTURE(what);
    CHECK(error_of(text).find(expected) != std::string::npos);
    if (error_of(text).find(expected) == std::string::npos) MESSAGE(error_of(text));
  }
}

namespace {

/// A random table: what was meant, and its text with random quoting, separator and line ends.
struct RandomTable {
  std::vector<std::vector<std::string>> cells;
  std::string text;
};

std::string in_quotes(const std::string& cell) {
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

RandomTable random_table(Rng& rng) {
  constexpr std::string_view letters = "ab,;\t|\"\n\r'# x1é.-";
  const std::size_t columns = 2 + rng.index(5);
  const std::size_t rows = rng.index(8);
  const char separator = ",;\t|"[rng.index(4)];
  const std::string line_end = rng.index(2) == 0 ? "\n" : "\r\n";
  RandomTable table;
  for (std::size_t r = 0; r <= rows; ++r) {
    std::vector<std::string>& row = table.cells.emplace_back();
    for (std::size_t c = 0; c < columns; ++c) {
      // The first letter keeps every column a text column and every header different.
      std::string cell = r == 0 ? fmt::format("column {}", c) : "z";
      if (r > 0) {
        for (std::size_t i = rng.index(6); i > 0; --i) cell += letters[rng.index(letters.size())];
      }
      const bool needs_quotes =
          cell.find_first_of(",;\t|\"\n\r") != cell.npos || cell.back() == ' ' || rng.index(3) == 0;
      table.text += (c == 0 ? std::string() : std::string(1, separator)) +
                    (needs_quotes ? in_quotes(cell) : cell);
      row.push_back(cell);
    }
    if (r < rows || rng.index(2) == 0) table.text += line_end;
  }
  return table;
}

}  // namespace

TEST_CASE("any text table comes back from its file as it was written") {
  Rng rng(11, Purpose::test);
  for (int round = 0; round < 2000; ++round) {
    const RandomTable table = random_table(rng);
    INFO("the file:\n", table.text);
    const DataFile file = parse_csv(table.text, "t.csv");
    REQUIRE(file.fields.size() == table.cells[0].size());
    for (std::size_t c = 0; c < file.fields.size(); ++c) {
      REQUIRE(file.fields[c].name == table.cells[0][c]);
      REQUIRE(file.fields[c].extents[0] + 1 == static_cast<Eigen::Index>(table.cells.size()));
      for (std::size_t r = 1; r < table.cells.size(); ++r) {
        REQUIRE(file.fields[c].texts[r - 1] == table.cells[r][c]);
      }
    }
  }
}

TEST_CASE("any number comes back from its file as it was written") {
  Rng rng(12, Purpose::test);
  std::string text = "x;i\n";
  std::vector<double> reals;
  std::vector<double> wholes;
  for (int row = 0; row < 5000; ++row) {
    reals.push_back(std::ldexp(rng.uniform() - 0.5, static_cast<int>(rng.index(600)) - 300));
    wholes.push_back(std::round(std::ldexp(rng.uniform() - 0.5, static_cast<int>(rng.index(50)))));
    text += fmt::format("{};{:.0f}\n", reals.back(), wholes.back());
  }
  const DataFile file = parse_csv(text, "t.csv");
  CHECK(file.find("x")->values == reals);
  CHECK(file.find("i")->values == wholes);
  CHECK(file.find("i")->kind == Field::Kind::integer);
}
