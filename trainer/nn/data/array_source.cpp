#include "trainer/nn/data/array_source.h"

#include <algorithm>
#include <cmath>

#include "search_space/utf8.h"
#include "search_space/value.h"
#include "trainer/nn/data/cell.h"

namespace autoglm::nn {
namespace {

bool is_usable(double number) { return std::abs(number) <= kGreatestNumber; }

}  // namespace

ArraySource::ArraySource(ArrayFile images, const ArrayFile& labels, const ArrayOptions& options,
                         RowFacts& facts)
    : images_(std::move(images)) {
  if (labels.rows() != images_.rows()) {
    images_.fail("holds " + std::to_string(images_.rows()) + " images, but " +
                 escape_controls(labels.file().path()) + " " + std::to_string(labels.rows()) +
                 " labels; are these files of one set?");
  }
  const std::size_t bytes = static_cast<std::size_t>(images_.rows()) * images_.bytes_of_row();
  if (options.memory_bytes > 0 && bytes <= static_cast<std::size_t>(options.memory_bytes)) {
    cache_.resize(bytes);
    images_.read_rows(0, images_.rows(), cache_.data());
  }
  read_labels(labels, options, facts);
}

void ArraySource::read_labels(const ArrayFile& labels, const ArrayOptions& options,
                              RowFacts& facts) {
  RowBuffers buffers;
  std::vector<float> features(static_cast<std::size_t>(images_.elements_of_row()));
  std::vector<char> bytes(static_cast<std::size_t>(labels.rows()) * labels.bytes_of_row());
  labels.read_rows(0, labels.rows(), bytes.data());
  std::vector<std::uint32_t> good;
  for (std::int64_t row = 0; row < images_.rows(); ++row) {
    double label = 0;
    labels.decode(bytes.data() + row * static_cast<std::int64_t>(labels.bytes_of_row()), 1, &label);
    if (options.whole_labels && is_usable(label) && label != std::floor(label)) {
      labels.fail("row " + std::to_string(row) + " (from 0): the label is " + value_text(label) +
                  ", and classes are whole numbers; set task to regression");
    }
    const bool no_class = options.classes != nullptr && options.classes->find(label) < 0;
    std::string problem = !is_usable(label) ? "the label is not a finite number; correct it"
                          : no_class        ? "the label is no class of the first file; correct it"
                                            : problem_with_row(row, buffers, features.data());
    if (problem.empty()) {
      facts.targets.push_back(label);
      good.push_back(static_cast<std::uint32_t>(row));
      continue;
    }
    problem.insert(0, "row " + std::to_string(row) + " (from 0): ");
    if (!options.skip_bad_rows) {
      images_.fail(problem);
    }
    if (facts.bad++ == 0) {
      facts.first_bad = escape_controls(images_.file().path()) + ": " + problem;
    }
  }
  rows_ = static_cast<std::int64_t>(good.size());
  if (facts.bad > 0) {
    stored_rows_ = std::move(good);
  }
}

// Only floating-point numbers can be unusable, so only they are looked at.
std::string ArraySource::problem_with_row(std::int64_t row, RowBuffers& buffers,
                                          float* features) const {
  if (!images_.is_float()) {
    return {};
  }
  read_stored(row, buffers, features);
  const float* const end = features + images_.elements_of_row();
  const float* const bad = std::find_if_not<const float*>(features, end, is_usable);
  return bad == end ? ""
                    : "element " + std::to_string(bad - features) +
                          " (from 0) is not a finite number up to 1e38; correct it";
}

void ArraySource::read_stored(std::int64_t stored, RowBuffers& buffers, float* features) const {
  const std::size_t size = images_.bytes_of_row();
  const char* bytes = cache_.data() + static_cast<std::size_t>(stored) * size;
  if (cache_.empty()) {
    buffers.bytes.resize(size);
    images_.read_rows(stored, 1, buffers.bytes.data());
    bytes = buffers.bytes.data();
  }
  images_.decode(bytes, images_.elements_of_row(), features);
  if (images_.element() == ArrayFile::Element::u8) {
    constexpr float kGreatestByte = 255;
    std::transform(features, features + images_.elements_of_row(), features,
                   [](float byte) { return byte / kGreatestByte; });
  }
}

void ArraySource::read(std::int64_t row, RowBuffers& buffers, float* features) const {
  const bool moved = !stored_rows_.empty();
  read_stored(moved ? stored_rows_[static_cast<std::size_t>(row)] : row, buffers, features);
}

}  // namespace autoglm::nn
