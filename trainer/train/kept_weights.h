// What a run leaves for programs that predict with the network that it trained.
#pragma once

#include <string>

#include "trainer/nn/data/dataset.h"
#include "trainer/train/fold.h"

namespace autoglm {

/// The file of a fold, one of so many, in a run's directory: "weights.safetensors", or
/// "weights.fold0.safetensors".
std::string weights_file(std::size_t fold, std::size_t folds);

/// Writes to `path`, whole or not at all:
/// - all of Fold::learnt();
/// - "trial": `section`, the JSON that the run was made from;
/// - "classes": their names in the order of the outputs, a JSON list; [] for regression;
/// - "columns", of tables: a JSON list of what is fed in, in the file's order, each with its
/// "name",
///   "type", the number of its first "feature" and, numbers, the "origin" that is taken off first,
///   categories, the "categories" that have a feature each.
/// Throws CheckpointError when it cannot be written.
void keep_weights(const std::string& path, const Fold& fold, const nn::Dataset& dataset,
                  const std::string& section);

}  // namespace autoglm
