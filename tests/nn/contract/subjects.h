// The backends that the contract is checked on: whoever links these tests says which. Everything
// goes through upload and download, so a device may be anywhere.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "trainer/nn/backend.h"

namespace autoglm::nn::contract {

struct Subject {
  std::string name{};
  std::function<std::unique_ptr<Backend>()> make{};
};

/// Defined by the program that these tests are linked into.
std::vector<Subject> subjects();

/// Runs a claim on each of them.
inline void on_all(const std::function<void(Backend&)>& claim) {
  for (const Subject& subject : subjects()) {
    CAPTURE(subject.name);
    const std::unique_ptr<Backend> backend = subject.make();
    claim(*backend);
  }
}

inline constexpr DType kTypes[] = {DType::f32, DType::bf16, DType::f16};

/// And for each working type.
inline void on_all_types(const std::function<void(Backend&, DType)>& claim) {
  on_all([&](Backend& backend) {
    for (const DType type : kTypes) {
      CAPTURE(static_cast<int>(type));
      claim(backend, type);
    }
  });
}

}  // namespace autoglm::nn::contract
