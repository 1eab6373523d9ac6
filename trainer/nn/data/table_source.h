// The rows of a table.
#pragma once

#include <memory>

#include "trainer/nn/data/row_cache.h"
#include "trainer/nn/data/row_source.h"
#include "trainer/nn/data/table_file.h"
#include "trainer/nn/data/table_schema.h"

namespace autoglm::nn {

struct TableOptions {
  bool skip_bad_rows = false;
  std::int64_t memory_bytes = 0;  // for the cache
};

/// Keeps the features of all rows in memory if they fit, else 12 bytes a row: where each record
/// begins, and how long it is.
class TableSource : public RowSource {
 public:
  /// Reads every row of `file` once. Columns are found by their names; those that the schema does
  /// not know are ignored. Throws DataError for a missing column, and the first bad row unless
  /// those are skipped.
  TableSource(std::unique_ptr<const TableFile> file, std::shared_ptr<const TableSchema> schema,
              const TableOptions& options, RowFacts& facts);

  std::int64_t rows() const override { return rows_; }
  std::int64_t cached_bytes() const override { return cache_.bytes(); }
  void read(std::int64_t row, RowBuffers& buffers, float* features) const override;

 private:
  void find_columns();
  void index(const TableOptions& options, RowFacts& facts);
  void keep(const Record& record, const float* features);
  std::string name_columns(Cells& cells) const;
  RowVerdict look_at(const Record& record, Cells& cells, float* features, double& target) const;

  std::unique_ptr<const TableFile> file_;
  std::shared_ptr<const TableSchema> schema_;
  ColumnNames json_columns_{};                // JSON: of the schema
  std::vector<std::uint32_t> csv_columns_{};  // CSV: of the schema, for each place
  RowCache cache_;
  std::vector<std::uint64_t> offsets_{};  // unless cached
  std::vector<std::uint32_t> lengths_{};  // likewise
  std::int64_t rows_ = 0;
};

}  // namespace autoglm::nn
