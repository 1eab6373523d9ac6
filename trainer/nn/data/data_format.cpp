#include "trainer/nn/data/data_format.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "trainer/nn/data/data_error.h"

namespace autoglm::nn {

using Format = DataSpec::Format;

Format format_of(const DataSpec& spec) {
  if (spec.format != Format::automatic) {
    return spec.format;
  }
  constexpr std::array<std::pair<std::string_view, Format>, 9> kEndings = {
      {{".csv", Format::csv},
       {".tsv", Format::tsv},
       {".tab", Format::tsv},
       {".jsonl", Format::jsonl},
       {".ndjson", Format::jsonl},
       {".idx", Format::idx},
       {"ubyte", Format::idx},
       {".bin", Format::raw},
       {".raw", Format::raw}}};
  for (const auto& [ending, format] : kEndings) {
    if (spec.path.ends_with(ending)) {
      return format;
    }
  }
  fail_with(spec.path,
            "the ending does not tell the format; set format to csv, tsv, jsonl, idx or raw");
}

void check_data_spec(const DataSpec& spec, Format format) {
  if (spec.folds > 1 && !spec.validation_path.empty()) {
    fail_with(spec.validation_path,
              "with folds there is no file for validation; remove one of the two");
  }
  if (spec.test > 0 && !spec.test_path.empty()) {
    fail_with(spec.test_path, "is given besides a share for the test; remove one of the two");
  }
  const bool shares = spec.validation >= 0 && spec.test >= 0 && spec.validation + spec.test < 1;
  if (!shares || spec.folds < 1) {
    fail_with(spec.path,
              "validation and test are shares of the rows and leave some for training; "
              "folds is 1 or more; correct them");
  }
  if (is_table(format) && spec.target.empty()) {
    fail_with(spec.path, "which column is to be predicted? set target to its name");
  }
  if (!is_table(format) && spec.labels.empty()) {
    fail_with(spec.path, "where are its labels? set labels to the path of their file");
  }
  if (format == Format::raw && !spec.image) {
    fail_with(spec.path,
              "a file of bare numbers has no shape; set image to height, width, channels");
  }
  constexpr std::int64_t kMost = 65536;
  if (spec.shift < 0 || spec.shift > kMost) {
    fail_with(spec.path, "images cannot be shifted by " + std::to_string(spec.shift) +
                             " pixels; set shift to a number from 0 to 65536");
  }
  if (spec.image) {
    for (const std::int64_t size : {spec.image->height, spec.image->width, spec.image->channels}) {
      if (size < 1 || size > kMost) {
        fail_with(spec.path, "an image cannot be " + std::to_string(size) +
                                 " pixels or channels; set image to numbers from 1 to 65536");
      }
    }
  }
  const bool odd = spec.separator == '"' || spec.separator == '\n' || spec.separator == '\r';
  if (odd || static_cast<unsigned char>(spec.separator) > 0x7f) {
    fail_with(spec.path,
              "fields cannot be separated by this; set separator to a comma or the like");
  }
}

}  // namespace autoglm::nn
