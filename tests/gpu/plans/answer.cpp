#include "tests/gpu/plans/answer.h"

#include <algorithm>
#include <array>

namespace autoglm::gpu {
namespace {

/// Which engine a plan has. cuDNN answered each of these for the plan's own choice already.
void describe_engine(const ConvolutionPlan& made, Answer& answer) {
  CudnnDescriptor engine(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  cudnnBackendDescriptor_t address = engine.get();
  std::int64_t count = 0;
  cudnnBackendGetAttribute(made.configuration.get(), CUDNN_ATTR_ENGINECFG_ENGINE,
                           CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count, static_cast<void*>(&address));
  cudnnBackendGetAttribute(engine.get(), CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1,
                           &count, &answer.engine);
  std::array<cudnnBackendBehaviorNote_t, CUDNN_BEHAVIOR_NOTE_TYPE_COUNT> notes{};
  count = 0;
  cudnnBackendGetAttribute(engine.get(), CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE,
                           static_cast<std::int64_t>(notes.size()), &count, notes.data());
  answer.is_compiled =
      std::count(notes.begin(), notes.begin() + count, CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION) > 0;
}

}  // namespace

Answer ask(const DescribedDevice& device, const Convolution& convolution) {
  const ConvolutionPlan made(device, convolution);
  Answer answer;
  answer.accepts_graph = made.graph.graph.ok();
  answer.has_plan = made.plan.ok();
  if (answer.has_plan) {
    describe_engine(made, answer);
  } else {
    std::array<char, 512> said{};
    cudnnGetLastErrorString(said.data(), said.size());
    answer.why_not = answer.accepts_graph ? "no engine that the trainer accepts has a plan"
                                          : cudnnGetErrorString(made.graph.graph.status());
    answer.why_not += "; cuDNN's last error: " + std::string(said.data());
  }
  return answer;
}

}  // namespace autoglm::gpu
