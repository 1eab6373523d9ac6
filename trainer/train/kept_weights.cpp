#include "trainer/train/kept_weights.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <system_error>

#include "trainer/nn/run/checkpoint.h"
#include "trainer/nn/run/new_file.h"
#include "trainer/nn/run/safetensors.h"

namespace autoglm {
namespace {

using Json = nlohmann::ordered_json;

Json columns_of(const nn::Dataset& dataset) {
  Json columns = Json::array();
  for (const nn::Column& column : dataset.columns()) {
    if (column.feature < 0) {
      continue;
    }
    const bool is_number = column.type == nn::DataSpec::ColumnType::number;
    Json described{{"name", column.name},
                   {"type", is_number ? "number" : "category"},
                   {"feature", column.feature}};
    if (is_number) {
      described["origin"] = column.origin;
    } else {
      described["categories"] = column.categories;
    }
    columns.push_back(std::move(described));
  }
  return columns;
}

/// Names that are no UTF-8 are kept readable.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string weights_file(std::size_t fold, std::size_t folds) {
  return folds == 1 ? "weights.safetensors" : fmt::format("weights.fold{}.safetensors", fold);
}

void keep_weights(const std::string& path, const Fold& fold, const nn::Dataset& dataset,
                  const std::string& section) {
  nn::SavedTexts texts{{"trial", section}, {"classes", text_of(Json(dataset.classes()))}};
  if (!dataset.columns().empty()) {
    texts.emplace_back("columns", text_of(columns_of(dataset)));
  }
  try {
    nn::write_safetensors(path, fold.learnt(), texts);
  } catch (const std::system_error& error) {
    throw nn::CheckpointError(nn::write_failure_text(path, "the weights", error.code()) +
                              ", then run this again");
  }
}

}  // namespace autoglm
