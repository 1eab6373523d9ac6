#include "trainer/nn/data/table_schema.h"

#include <algorithm>
#include <limits>

#include "search_space/spec_document.h"
#include "trainer/nn/data/cell.h"
#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {
namespace {

using ColumnType = DataSpec::ColumnType;

constexpr std::int64_t kMostFeatures = std::int64_t{1} << 24;
constexpr std::size_t kMostNumberClasses = 20;  // for a task that is not given

[[noreturn]] void fail(const std::string& path, const std::string& column,
                       const std::string& problem) {
  fail_with(path, "column " + quoted(column) + ": " + problem);
}

std::uint32_t find_column(const std::string& path, const ColumnNames& names,
                          const std::string& name) {
  const std::uint32_t found = names.find(name);
  if (found != kNoColumn) {
    return found;
  }
  const auto near = did_you_mean(name, names.all());
  if (near) {
    fail_with(path,
              "no column is called " + quoted(name) + "; did you mean " + quoted(*near) + "?");
  }
  constexpr std::size_t kListed = 5;
  std::string list;
  for (std::size_t i = 0; i < std::min(kListed, names.size()); ++i) {
    list += (i > 0 ? ", " : "") + quoted(names[i]);
  }
  fail_with(path, "no column is called " + quoted(name) + "; there are " + list +
                      (names.size() > kListed ? ", …" : ""));
}

ColumnType inferred_type(const ColumnFacts& facts) {
  if (facts.present() == 0) {
    return ColumnType::ignore;
  }
  return facts.mostly_numbers() ? ColumnType::number : ColumnType::category;
}

std::vector<double> numbers_of(const ColumnFacts& facts, bool words) {
  std::vector<double> numbers;
  for (const std::string& text : facts.values) {
    const CellValue value = read_cell(text);
    if (value.kind == CellValue::Kind::number && (words || !value.word)) {
      numbers.push_back(value.number);
    }
  }
  return numbers;
}

std::optional<std::size_t> distinct_values(const ColumnFacts& facts, ColumnType type) {
  if (facts.dropped) {
    return std::nullopt;
  }
  return type == ColumnType::number ? ClassList(numbers_of(facts, true)).names().size()
                                    : facts.values.size();
}

}  // namespace

TableSchema::TableSchema(const DataSpec& spec, const std::string& path, Survey survey)
    : missing_number_(spec.missing_number), missing_category_(spec.missing_category) {
  if (survey.rows == 0) {
    fail_with(path, "not one of its rows can be read; correct them");
  }
  choose_types(spec, path, survey);
  target_ = find_column(path, survey.names, spec.target);
  choose_task(spec, path, survey.facts[target_]);
  number_features(spec, path, survey);
}

void TableSchema::choose_types(const DataSpec& spec, const std::string& path,
                               const Survey& survey) {
  for (std::size_t i = 0; i < survey.names.size(); ++i) {
    const ColumnFacts& facts = survey.facts[i];
    Column& column = columns_.emplace_back();
    column.name = survey.names[i];
    column.type = inferred_type(facts);
    column.missing = survey.rows - facts.present();
  }
  for (const auto& [name, type] : spec.columns) {
    Column& column = columns_[find_column(path, survey.names, name)];
    column.type = type;
    column.inferred = false;
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].distinct = distinct_values(survey.facts[i], columns_[i].type);
  }
}

void TableSchema::choose_task(const DataSpec& spec, const std::string& path,
                              const ColumnFacts& facts) {
  const Column& column = columns_[target_];
  const bool declared_category = !column.inferred && column.type == ColumnType::category;
  if (!column.inferred && column.type == ColumnType::ignore) {
    fail(path, column.name, "is the target and cannot be ignored");
  }
  if (facts.present() == 0) {
    fail(path, column.name, "the target has no value in any row");
  }
  const bool words = facts.words > 0 && facts.words == facts.present();
  const bool numeric = spec.task == Task::classification && column.inferred
                           ? facts.texts == 0 && !words
                           : column.type == ColumnType::number && !words;
  ClassList numbers(numeric && !facts.dropped ? numbers_of(facts, false) : std::vector<double>());
  const bool few = !facts.dropped && numbers.names().size() <= kMostNumberClasses;
  classification_ = spec.task == Task::classification ||
                    (spec.task == Task::automatic && (!numeric || (facts.whole && few)));
  if (!classification_) {
    if (column.type != ColumnType::number || declared_category) {
      fail(path, column.name,
           "holds categories, and a regression needs numbers; correct it, or set task to "
           "classification");
    }
    return;
  }
  if (facts.dropped) {
    fail(path, column.name,
         "there are more than 65536 classes; set task to regression, or name another target");
  }
  classes_ = numeric
                 ? std::move(numbers)
                 : ClassList(std::vector<std::string>(facts.values.begin(), facts.values.end()));
}

void TableSchema::check_categories(const Column& column, const ColumnFacts& facts,
                                   const std::string& path) const {
  if (!facts.dropped) {
    return;
  }
  const bool mixed = column.inferred && facts.numbers > 0;
  fail(path, column.name,
       mixed ? "mixes numbers and texts; say whether it is a number, a category, or to be ignored"
             : "there are more than 1000 categories; ignore the column");
}

void TableSchema::number_features(const DataSpec& spec, const std::string& path, Survey& survey) {
  const bool shifted = spec.standardize && !spec.image;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    ColumnFacts& facts = survey.facts[i];
    if (i == target_ || column.type == ColumnType::ignore) {
      continue;
    }
    column.feature = features();
    if (column.type == ColumnType::number) {
      column.origin = shifted ? facts.sample.median().value_or(0) : 0;
      template_.push_back(std::numeric_limits<float>::quiet_NaN());
      ++numbers_;
    } else {
      check_categories(column, facts, path);
      column.categories.assign(facts.values.begin(), facts.values.end());
      std::sort(column.categories.begin(), column.categories.end());
      const bool own = missing_category_ == DataSpec::MissingCategory::own && column.missing > 0;
      if (own) {
        column.categories.insert(column.categories.begin(), std::string());
      }
      template_.resize(template_.size() + column.categories.size());
      if (own) {
        template_[static_cast<std::size_t>(column.feature)] = 1;
      }
      ++categories_;
    }
    if (features() > kMostFeatures) {
      fail_with(path, "there are more than 16777216 features; ignore columns");
    }
  }
  if (template_.empty()) {
    fail_with(path, "no column is left to predict " + quoted(spec.target) + " from");
  }
}

RowVerdict TableSchema::encode(const Cells& cells, float* row) const {
  std::copy(template_.begin(), template_.end(), row);
  RowVerdict result;
  std::int64_t numbers = 0;
  std::int64_t categories = 0;
  for (const Cell& cell : cells.list) {
    if (cell.column == kNoColumn || columns_[cell.column].feature < 0) {
      continue;
    }
    const Column& column = columns_[cell.column];
    bool missing = false;
    RowVerdict verdict = encode_cell(column, cell, row + column.feature, missing);
    if (verdict.kind != RowVerdict::Kind::good) {
      return verdict;
    }
    if (verdict.unknown > 0 && result.unknown++ == 0) {
      result.first_unknown = std::move(verdict.first_unknown);
    }
    (column.type == ColumnType::number ? numbers : categories) += missing ? 0 : 1;
  }
  if (numbers != numbers_ || categories != categories_) {
    RowVerdict verdict = judge_missing(cells, numbers, categories);
    if (verdict.kind != RowVerdict::Kind::good) {
      return verdict;
    }
  }
  return result;
}

// at: the column's first feature in the row.
RowVerdict TableSchema::encode_cell(const Column& column, const Cell& cell, float* at,
                                    bool& missing) const {
  const auto bad = [&column](const std::string& problem) {
    return RowVerdict{.kind = RowVerdict::Kind::bad,
                      .problem = "column " + quoted(column.name) + ": " + problem};
  };
  if (cell.nested) {
    return bad("holds an object or an array; ignore the column");
  }
  const std::string_view text = trimmed(cell.text);
  const CellValue value = read_cell(text);
  missing = value.kind == CellValue::Kind::missing;
  if (missing) {
    return {};
  }
  if (column.type == ColumnType::category) {
    const auto found = std::lower_bound(column.categories.begin(), column.categories.end(), text);
    if (!column.categories.empty() && column.categories.front().empty()) {
      at[0] = 0;
    }
    if (found != column.categories.end() && *found == text) {
      at[found - column.categories.begin()] = 1;
      return {};
    }
    return {.unknown = 1, .first_unknown = "column " + quoted(column.name) + ": " + quoted(text)};
  }
  if (value.kind == CellValue::Kind::beyond) {
    return bad(quoted(text) + " is no finite number up to 1e38; correct it");
  }
  if (value.kind == CellValue::Kind::text) {
    return bad(quoted(text) + " is not a number; correct it, or say that the column is a category");
  }
  *at = static_cast<float>(value.number - column.origin);
  return {};
}

RowVerdict TableSchema::judge_missing(const Cells& cells, std::int64_t numbers,
                                      std::int64_t categories) const {
  using Number = DataSpec::MissingNumber;
  using Category = DataSpec::MissingCategory;
  const bool number = numbers < numbers_;
  const bool category = categories < categories_;
  const bool number_fails = number && missing_number_ == Number::error;
  const bool category_fails = category && missing_category_ == Category::error;
  if (!number_fails && !category_fails) {
    const bool skipped = (number && missing_number_ == Number::skip_row) ||
                         (category && missing_category_ == Category::skip_row);
    return {.kind = skipped ? RowVerdict::Kind::incomplete : RowVerdict::Kind::good};
  }
  const ColumnType type = number_fails ? ColumnType::number : ColumnType::category;
  std::vector<bool> present(columns_.size());
  for (const Cell& cell : cells.list) {
    if (cell.column != kNoColumn) {
      present[cell.column] = read_cell(trimmed(cell.text)).kind != CellValue::Kind::missing;
    }
  }
  std::size_t first = 0;  // there is one, by the counts
  while (columns_[first].feature < 0 || columns_[first].type != type || present[first]) {
    ++first;
  }
  return {.kind = RowVerdict::Kind::bad,
          .problem = "column " + quoted(columns_[first].name) +
                     ": the value is missing; fill it in, or choose how missing values are "
                     "replaced"};
}

RowVerdict TableSchema::read_target(const Cells& cells, double& target) const {
  const auto cell = std::find_if(cells.list.begin(), cells.list.end(),
                                 [this](const Cell& one) { return one.column == target_; });
  const std::string_view text = cell == cells.list.end() ? std::string_view() : trimmed(cell->text);
  const CellValue value = read_cell(text);
  const auto bad = [this](const std::string& problem) {
    return RowVerdict{.kind = RowVerdict::Kind::bad,
                      .problem = "column " + quoted(columns_[target_].name) + ": " + problem};
  };
  if (value.kind == CellValue::Kind::missing) {
    return bad("the target is missing; fill it in, or remove the row");
  }
  const bool numbers = !classification_ || classes_.are_numbers();
  if (cell->nested || (numbers && value.kind != CellValue::Kind::number)) {
    return bad(quoted(text) + " is not a number, as the target is in other rows; correct it");
  }
  if (!classification_) {
    target = value.number;
    return {};
  }
  const std::int32_t found = classes_.find(text);
  target = found;
  return found >= 0 ? RowVerdict{}
                    : bad(quoted(text) + " is no class of the first file; correct it");
}

}  // namespace autoglm::nn
