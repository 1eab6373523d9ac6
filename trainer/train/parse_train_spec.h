// Reading the sections of a training trial.
#pragma once

#include <string>
#include <vector>

#include "search_space/spec_document.h"
#include "trainer/nn/train_spec.h"
#include "trainer/train/section_schema.h"

namespace autoglm {

/// Reads `model`, `data` and `training` of a trial of kind "train" in which no "{parameter}" is
/// left. Relative paths of data become those of `directory`. Throws SpecError.
nn::TrainSpec parse_train_spec(const SpecNode& trial, const std::string& directory);

// The parts of it.
nn::ModelSpec parse_model_spec(const SpecNode& model);
nn::DataSpec parse_data_spec(const SpecNode& data, const std::string& directory);
nn::TrainingSpec parse_training_spec(const SpecNode& training);

// What these ask for; training's own objects follow it.
std::vector<SectionKey> model_keys();
std::vector<SectionKey> data_keys();
std::vector<SectionDescription> training_sections();

}  // namespace autoglm
