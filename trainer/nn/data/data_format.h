// In which format a file is, and whether a spec asks for what can be had.
#pragma once

#include "trainer/nn/train_spec.h"

namespace autoglm::nn {

/// The spec's, else by the ending of its path. Throws DataError where that tells nothing.
DataSpec::Format format_of(const DataSpec& spec);

constexpr bool is_table(DataSpec::Format format) {
  using Format = DataSpec::Format;
  return format == Format::csv || format == Format::tsv || format == Format::jsonl;
}

/// Throws DataError for what is missing, or contradicts itself, before any file is opened.
void check_data_spec(const DataSpec& spec, DataSpec::Format format);

}  // namespace autoglm::nn
