#include "trainer/nn/data/survey.h"

#include <cmath>

#include "trainer/nn/data/cell.h"
#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {
namespace {

// Columns of numbers can be many and need no texts; columns of texts do.
constexpr std::size_t kMostValues = std::size_t{1} << 21U;  // of all columns, before numbers go
constexpr std::size_t kMostTexts = std::size_t{1} << 24U;   // of all columns
constexpr double kGreatestWhole = 9007199254740992;         // 2^53

class Surveyor {
 public:
  Surveyor(const TableFile& file, const DataSpec& spec) : file_(file), target_(spec.target) {
    wanted_.insert(spec.target);
    for (const auto& [name, type] : spec.columns) {
      if (type == DataSpec::ColumnType::category) {
        wanted_.insert(name);
      }
    }
    survey_.names = file.names();
    follow_names();
  }

  /// What is wrong with the record, or nothing.
  std::string look_at(const Record& record) {
    if (!record.problem.empty()) {
      return record.problem;
    }
    if (std::string problem = file_.split(record.bytes, cells_); !problem.empty()) {
      return problem;
    }
    if (!file_.is_csv()) {
      if (std::string problem = number_keys(); !problem.empty()) {
        return problem;
      }
    }
    for (const Cell& cell : cells_.list) {
      count(cell);
    }
    ++survey_.rows;
    return {};
  }

  Survey take() { return std::move(survey_); }

 private:
  // Facts for each name.
  void follow_names() {
    while (survey_.facts.size() < survey_.names.size()) {
      const std::string& name = survey_.names[survey_.facts.size()];
      survey_.facts.emplace_back().wanted = wanted_.contains(name);
      survey_.facts.back().most = name == target_ ? Survey::kMostClasses : Survey::kMostCategories;
    }
    cells_.last_seen.resize(survey_.names.size());
  }

  std::string number_keys() {
    for (Cell& cell : cells_.list) {
      cell.column = survey_.names.add(cell.key);
      if (survey_.names.size() > TableFile::kMostColumns) {
        file_.fail("there are more than 1048576 different keys; is each a name of a column?");
      }
      follow_names();
      if (cells_.last_seen[cell.column] == cells_.serial) {
        return "the key " + quoted(cell.key) + " stands twice; remove one";
      }
      cells_.last_seen[cell.column] = cells_.serial;
    }
    return {};
  }

  void count(const Cell& cell) {
    ColumnFacts& facts = survey_.facts[cell.column];
    if (cell.nested) {
      ++facts.nested;
      return;
    }
    const std::string_view text = trimmed(cell.text);
    const CellValue value = read_cell(text);
    switch (value.kind) {
      case CellValue::Kind::missing:
        return;
      case CellValue::Kind::number:
        ++facts.numbers;
        facts.words += value.word ? 1 : 0;
        facts.whole = facts.whole && std::trunc(value.number) == value.number &&
                      std::abs(value.number) <= kGreatestWhole;
        facts.sample.add(value.number);
        break;
      case CellValue::Kind::beyond:
        ++facts.beyond;
        break;
      case CellValue::Kind::text:
        ++facts.texts;
        break;
    }
    keep(facts, text);
  }

  void keep(ColumnFacts& facts, std::string_view text) {
    if (facts.dropped || facts.values.contains(text)) {
      return;
    }
    facts.values.emplace(text);
    ++values_;
    if (facts.values.size() > facts.most || (crowded_ && is_dispensable(facts))) {
      drop(facts);
    }
    if (values_ > kMostValues && !crowded_) {
      crowded_ = true;
      for (ColumnFacts& other : survey_.facts) {
        if (is_dispensable(other)) {
          drop(other);
        }
      }
    }
    if (values_ > kMostTexts) {
      file_.fail("there are more than 16777216 different texts in all; ignore columns");
    }
  }

  static bool is_dispensable(const ColumnFacts& facts) {
    return facts.numbers > 0 && facts.texts == 0 && !facts.wanted;
  }

  void drop(ColumnFacts& facts) {
    values_ -= facts.values.size();
    facts.values = decltype(facts.values)();  // {} would keep the memory
    facts.dropped = true;
  }

  const TableFile& file_;
  std::string target_;
  std::unordered_set<std::string> wanted_{};
  Survey survey_{};
  Cells cells_{};
  std::size_t values_ = 0;  // that are kept
  bool crowded_ = false;    // columns of numbers do not keep their texts any more
};

}  // namespace

bool ColumnFacts::mostly_numbers() const {
  constexpr double kMost = 0.9;
  return static_cast<double>(numbers + beyond) >= kMost * static_cast<double>(present());
}

Survey survey_table(const TableFile& file, const DataSpec& spec) {
  Surveyor surveyor(file, spec);
  RecordScanner rows = file.rows();
  Record record;
  while (rows.next(record)) {
    if (const std::string problem = surveyor.look_at(record);
        !problem.empty() && !spec.skip_bad_rows) {
      file.fail(record.line, problem);
    }
  }
  return surveyor.take();
}

}  // namespace autoglm::nn
