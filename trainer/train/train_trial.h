// A trial of kind "train" as the tuner sees it: a command, `autoglm train TRIAL.json`, whose file
// is written for each attempt.
#pragma once

#include <string>
#include <vector>

#include "search_space/search_space.h"
#include "search_space/spec_document.h"
#include "search_space/spec_key.h"
#include "trainer/launch/command_spec.h"
#include "trainer/train/section_schema.h"

namespace autoglm {

/// Whether a `trial` section is of kind "train". Throws SpecError for a kind that does not exist.
bool is_train_trial(const SpecNode& trial);

/// Reads a section of kind "train" and checks it with the values that parameters may have: each at
/// its least and greatest, each choice. `program` is autoglm itself, absolute. Throws SpecError.
CommandSpec parse_train_trial(const SpecNode& trial, const SearchSpace& space,
                              const std::string& spec_directory, const std::string& program);

/// What such a section may have. The schemas refer to definitions of train_sections().
std::vector<SpecKey> train_trial_keys();
/// model, data, training and the objects in them.
std::vector<SectionDescription> train_sections();

/// The sections that a training run reads, filled in with configurations that between them have
/// every parameter at its least and greatest value, and every choice. Throws SpecError for names
/// that nobody knows.
std::vector<SpecRoot> example_sections(const SpecNode& trial, const SearchSpace& space);

/// A `trial` section of either kind.
CommandSpec parse_trial(const SpecNode& trial, const SearchSpace& space,
                        const std::string& spec_directory, const std::string& program);

}  // namespace autoglm
