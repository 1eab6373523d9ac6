// Asks the real cuDNN for the trainer's convolution plans, for GPUs that are only described:
//   gpu-plans [--table] DEVICE.json…
// A plan must be there for each, but for bf16 before compute capability 8.0, where cuDNN has none;
// and none for a convolution whose sizes do not fit. --table: prints plans.md. Ends with 1 if
// anything is wrong; with 77, having said why, where cuDNN is not of the version that the
// descriptions are for.
#include <cstdio>
#include <exception>
#include <string_view>

#include "tests/gpu/plans/answer.h"
#include "tests/gpu/plans/convolutions.h"
#include "trainer/nn/check/comparison.h"

namespace autoglm::gpu {
namespace {

constexpr std::size_t kVersion = 919;  // 9.19: the keys of a description are not documented
constexpr int kSkipped = 77;           // SKIP_RETURN_CODE of CMakeLists.txt

using Devices = std::vector<DescribedDevice>;

std::string text_of(const ConvolutionShape& shape) {
  return std::to_string(shape.batch) + "x" + std::to_string(shape.height) + "x" +
         std::to_string(shape.width) + "x" + std::to_string(shape.inputs) + " to " +
         std::to_string(shape.outputs) + ", window " + std::to_string(shape.window.kernel) +
         ", stride " + std::to_string(shape.window.stride);
}

std::string text_of(const Convolution& convolution) {
  return std::string(convolution.kind == Convolution::Kind::forward ? "y" : "dx") + " in " +
         nn::name_of(convolution.type);
}

bool is_expected(const DescribedDevice& device, const Convolution& convolution) {
  return convolution.type != DType::bf16 || device.compute_capability() >= 80;
}

/// Makes all plans for a device; prints how many there are, and what is wrong. Returns how many
/// things are.
int check(const DescribedDevice& device) {
  int asked = 0;
  int made = 0;
  int compiled = 0;
  int wrong = 0;
  const auto complain = [&](const std::string& what, const std::string& why) {
    ++wrong;
    std::printf("WRONG sm_%d: %s: %s\n", device.compute_capability(), what.c_str(), why.c_str());
  };
  for (const ConvolutionGroup& group : convolution_groups()) {
    for (const ConvolutionShape& shape : group.shapes) {
      for (const Convolution& convolution : asked_for(shape)) {
        const Answer answer = ask(device, convolution);
        ++asked;
        made += answer.has_plan ? 1 : 0;
        compiled += answer.is_compiled ? 1 : 0;
        if (!answer.accepts_graph || answer.has_plan != is_expected(device, convolution)) {
          complain(text_of(shape) + ": " + text_of(convolution),
                   answer.has_plan ? "there is a plan, and there should be none" : answer.why_not);
        }
      }
    }
  }
  const Convolution misfit{
      Convolution::Kind::forward, DType::f32, {3, 1, 1}, {2, 8, 8, 4}, {2, 7, 8, 4}};
  if (ask(device, misfit).accepts_graph) {
    complain("8x8 pixels made into 7x8", "cuDNN takes it, and it cannot be");
  }
  std::printf("sm_%d, %s: %d plans asked for, %d made, %d by engines compiled for it\n",
              device.compute_capability(), device.name().c_str(), asked, made, compiled);
  return wrong;
}

/// The engines of a shape: y in f32, bf16, f16; dx in bf16, f16.
std::string engines(const DescribedDevice& device, const ConvolutionShape& shape) {
  std::string line;
  for (const Convolution& convolution : asked_for(shape)) {
    const Answer answer = ask(device, convolution);
    line += line.empty() ? "" : " ";
    line += answer.has_plan ? std::to_string(answer.engine) : "patches";
    line += answer.is_compiled ? "*" : "";
  }
  return line;
}

void print_table(const Devices& devices) {
  std::printf(
      "# Plans of cuDNN\n\n"
      "What `gpu-plans --table` prints with cuDNN %zu.%zu: the number of the engine that the "
      "trainer takes for y in f32, bf16\nand f16, and for dx in bf16 and f16; *patches* where "
      "cuDNN "
      "has no plan that the trainer accepts; * where cuDNN compiles the\nengine for the shape.\n",
      kVersion / 100, kVersion % 100);
  for (const ConvolutionGroup& group : convolution_groups()) {
    std::printf("\n## %s\n\n| batch x height x width x channels, to channels |", group.where);
    for (const DescribedDevice& device : devices) {
      std::printf(" sm_%d, %s |", device.compute_capability(), device.name().c_str());
    }
    std::printf("\n|---|");
    for (std::size_t i = 0; i < devices.size(); ++i) {
      std::printf("---|");
    }
    for (const ConvolutionShape& shape : group.shapes) {
      std::printf("\n| %s |", text_of(shape).c_str());
      for (const DescribedDevice& device : devices) {
        std::printf(" %s |", engines(device, shape).c_str());
      }
    }
    std::printf("\n");
  }
}

int run(int count, char** arguments) {
  const std::size_t version = cudnnGetVersion() / 100;
  if (version != kVersion) {
    std::printf("left out: GPUs are described for cuDNN %zu.%zu, and this is %zu.%zu\n",
                kVersion / 100, kVersion % 100, version / 100, version % 100);
    return kSkipped;
  }
  const bool table = count > 1 && std::string_view(arguments[1]) == "--table";
  Devices devices;
  for (int i = table ? 2 : 1; i < count; ++i) {
    devices.emplace_back(arguments[i]);
  }
  if (devices.empty()) {
    std::fprintf(stderr, "usage: gpu-plans [--table] DEVICE.json...\n");
    return 2;
  }
  if (table) {
    print_table(devices);
    return 0;
  }
  int wrong = 0;
  for (const DescribedDevice& device : devices) {
    wrong += check(device);
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace autoglm::gpu

int main(int count, char** arguments) {
  try {
    return autoglm::gpu::run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gpu-plans: %s\n", error.what());
    return 2;
  }
}
