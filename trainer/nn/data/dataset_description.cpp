#include <algorithm>

#include "search_space/utf8.h"
#include "trainer/nn/data/data_error.h"
#include "trainer/nn/data/dataset.h"

namespace autoglm::nn {
namespace {

constexpr std::size_t kMostLines = 50;    // of columns
constexpr std::size_t kMostClasses = 10;  // that are counted on the line

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// where: of the counts, if there are more files.
std::string describe_column(const Column& column, const std::string& where) {
  std::string line = "column " + quoted(column.name) + ": ";
  if (column.type == DataSpec::ColumnType::ignore) {
    return line + "ignored" + (column.inferred ? ", since it has no value" : "");
  }
  line += column.type == DataSpec::ColumnType::number ? "number" : "category";
  line += ", " + (column.distinct ? count_of(*column.distinct, "different value")
                                  : std::string("many different values"));
  line += ", " + std::to_string(column.missing) + " missing" + where;
  return line;
}

}  // namespace

void Dataset::describe_columns(std::vector<std::string>& lines) const {
  const std::vector<Column>& columns = schema_->columns();
  const std::string where = sources_.size() > 1 ? " in the first file" : "";
  for (std::size_t i = 0; i < std::min(kMostLines, columns.size()); ++i) {
    if (i != schema_->target()) {
      lines.push_back(describe_column(columns[i], where));
    }
  }
  if (columns.size() > kMostLines) {
    lines.push_back("and " + std::to_string(columns.size() - kMostLines) + " more columns");
  }
}

std::string Dataset::describe_target() const {
  const std::string name =
      schema_ == nullptr ? std::string("labels") : "target " + quoted(spec_.target);
  if (task_ == Task::regression) {
    const auto [least, greatest] = std::minmax_element(targets_.begin(), targets_.end());
    return name + ": regression, from " + std::to_string(*least) + " to " +
           std::to_string(*greatest);
  }
  std::vector<std::size_t> rows(classes_.size());
  for (std::int64_t row = 0; row < training_rows_; ++row) {
    ++rows[static_cast<std::size_t>(label(static_cast<Row>(row)))];
  }
  std::string line = name + ": classification, " + std::to_string(classes_.size()) + " classes";
  for (std::size_t i = 0; i < std::min(kMostClasses, classes_.size()); ++i) {
    line += (i == 0 ? ": " : ", ") + quoted(classes_[i]) + " (" + count_of(rows[i], "row") + ")";
  }
  return line + (classes_.size() > kMostClasses ? ", …" : "");
}

std::vector<std::string> Dataset::describe() const {
  std::vector<std::string> lines;
  std::string shape = std::to_string(sample_[0]);
  for (std::int32_t i = 1; i < sample_.rank; ++i) {
    shape += "x" + std::to_string(sample_[i]);
  }
  const std::string others =
      sources_.size() > 1 ? " and " + count_of(sources_.size() - 1, "other file") : "";
  lines.push_back(escape_controls(spec_.path) + others + ": " +
                  count_of(static_cast<std::size_t>(rows()), "row") + " of " + shape +
                  " features, " + (cached_bytes() > 0 ? "in memory" : "read as they are needed"));
  if (bad_rows_ > 0) {
    lines.push_back(count_of(static_cast<std::size_t>(bad_rows_), "bad row") +
                    " left out, the first: " + first_bad_row_);
  }
  if (incomplete_rows_ > 0) {
    lines.push_back(count_of(static_cast<std::size_t>(incomplete_rows_), "row") +
                    " left out for a missing value");
  }
  if (schema_ != nullptr) {
    describe_columns(lines);
  }
  if (unknown_categories_ > 0) {
    lines.push_back(count_of(static_cast<std::size_t>(unknown_categories_), "value") +
                    " that the first file does not have, of no category therefore; the first: " +
                    first_unknown_category_);
  }
  lines.push_back(describe_target());
  const Split first = split(0);
  lines.push_back("training " + std::to_string(first.training.size()) + ", validation " +
                  std::to_string(first.validation.size()) + ", test " +
                  std::to_string(first.test.size()) + " rows" +
                  (spec_.folds > 1 ? ", fold 0 of " + std::to_string(spec_.folds) : ""));
  return lines;
}

}  // namespace autoglm::nn
