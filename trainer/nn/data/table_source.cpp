#include "trainer/nn/data/table_source.h"

#include <algorithm>

#include "search_space/spec_document.h"
#include "search_space/utf8.h"
#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {

TableSource::TableSource(std::unique_ptr<const TableFile> file,
                         std::shared_ptr<const TableSchema> schema, const TableOptions& options,
                         RowFacts& facts)
    : file_(std::move(file)),
      schema_(std::move(schema)),
      cache_(schema_->features(), options.memory_bytes) {
  find_columns();
  index(options, facts);
}

void TableSource::find_columns() {
  for (const Column& column : schema_->columns()) {
    json_columns_.add(column.name);
  }
  if (!file_->is_csv()) {
    return;
  }
  for (const std::string& name : file_->names().all()) {
    csv_columns_.push_back(json_columns_.find(name));
  }
  for (std::size_t i = 0; i < schema_->columns().size(); ++i) {
    const Column& column = schema_->columns()[i];
    const bool needed = column.feature >= 0 || i == schema_->target();
    if (needed && file_->names().find(column.name) == kNoColumn) {
      const auto near = did_you_mean(column.name, file_->names().all());
      file_->fail("has no column " + quoted(column.name) + ", which the first file has" +
                  (near ? "; rename " + quoted(*near) + "?" : "; add it"));
    }
  }
}

std::string TableSource::name_columns(Cells& cells) const {
  if (file_->is_csv()) {
    for (Cell& cell : cells.list) {
      cell.column = csv_columns_[cell.column];
    }
    return {};
  }
  cells.last_seen.resize(schema_->columns().size());
  for (Cell& cell : cells.list) {
    cell.column = json_columns_.find(cell.key);
    if (cell.column == kNoColumn) {
      continue;
    }
    if (cells.last_seen[cell.column] == cells.serial) {
      return "the key " + quoted(cell.key) + " stands twice; remove one";
    }
    cells.last_seen[cell.column] = cells.serial;
  }
  return {};
}

RowVerdict TableSource::look_at(const Record& record, Cells& cells, float* features,
                                double& target) const {
  std::string problem = record.problem;
  if (problem.empty()) {
    problem = file_->split(record.bytes, cells);
  }
  if (problem.empty()) {
    problem = name_columns(cells);
  }
  if (!problem.empty()) {
    return {.kind = RowVerdict::Kind::bad, .problem = std::move(problem)};
  }
  RowVerdict verdict = schema_->read_target(cells, target);
  return verdict.kind == RowVerdict::Kind::good ? schema_->encode(cells, features) : verdict;
}

void TableSource::index(const TableOptions& options, RowFacts& facts) {
  Cells cells;
  std::vector<float> features(static_cast<std::size_t>(schema_->features()));
  RecordScanner records = file_->rows();
  Record record;
  while (records.next(record)) {
    double target = 0;
    const RowVerdict verdict = look_at(record, cells, features.data(), target);
    const auto at_line = [&](const std::string& what) {
      return escape_controls(file_->file().path()) + ":" + std::to_string(record.line) + ": " +
             what;
    };
    switch (verdict.kind) {
      case RowVerdict::Kind::good:
        keep(record, features.data());
        facts.targets.push_back(target);
        if (verdict.unknown > 0 && facts.unknown == 0) {
          facts.first_unknown = at_line(verdict.first_unknown);
        }
        facts.unknown += verdict.unknown;
        break;
      case RowVerdict::Kind::incomplete:
        ++facts.incomplete;
        break;
      case RowVerdict::Kind::bad:
        if (!options.skip_bad_rows) {
          file_->fail(record.line, verdict.problem);
        }
        if (facts.bad++ == 0) {
          facts.first_bad = at_line(verdict.problem);
        }
    }
  }
  if (cache_.is_complete()) {
    // {} would keep the memory.
    offsets_ = std::vector<std::uint64_t>();
    lengths_ = std::vector<std::uint32_t>();
  }
}

void TableSource::keep(const Record& record, const float* features) {
  if (float* const to = cache_.append()) {
    std::copy(features, features + schema_->features(), to);
  }
  offsets_.push_back(record.offset);
  lengths_.push_back(static_cast<std::uint32_t>(record.bytes.size()));
  ++rows_;
}

void TableSource::read(std::int64_t row, RowBuffers& buffers, float* features) const {
  if (cache_.is_complete()) {
    const float* const from = cache_.row(row);
    std::copy(from, from + schema_->features(), features);
    return;
  }
  const auto i = static_cast<std::size_t>(row);
  buffers.bytes.resize(lengths_[i]);
  file_->file().read_exactly(offsets_[i], buffers.bytes.data(), buffers.bytes.size());
  std::string problem = file_->split(buffers.bytes, buffers.cells);
  if (problem.empty()) {
    problem = name_columns(buffers.cells);
  }
  if (!problem.empty() || schema_->encode(buffers.cells, features).kind != RowVerdict::Kind::good) {
    file_->fail("was changed while it was read; leave it alone during the run");
  }
}

}  // namespace autoglm::nn
