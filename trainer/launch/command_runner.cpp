#include "trainer/launch/command_runner.h"

#include "trainer/launch/gpu_slots.h"
#include "trainer/launch/supervisor.h"

namespace autoglm {
namespace {

class SupervisedRunner : public CommandRunner {
 public:
  SupervisedRunner(CommandSpec spec, CommandRunnerOptions options, GpuSlots gpus)
      : slots_(gpus.limit(options.slots)),
        supervisor_(std::move(spec), std::move(options), std::move(gpus)) {}

  int free_slots() const override { return slots_ - running_; }

  void start(const RunRequest& request) override {
    ++running_;
    supervisor_.post(request);
  }

  std::optional<RunnerEvent> wait(std::chrono::milliseconds timeout) override {
    std::optional<RunnerEvent> event = supervisor_.events().pop(timeout);
    if (event && std::holds_alternative<Finished>(*event)) {
      --running_;
    }
    return event;
  }

  void answer(std::int64_t trial, int attempt, Action action) override {
    supervisor_.post(AnswerRequest{.trial = trial, .attempt = attempt, .action = action});
  }

  void stop_all(Haste haste) override { supervisor_.post(StopRequest{.haste = haste}); }

  std::int64_t guardian_pid() const override { return supervisor_.guardian_pid(); }

 private:
  const int slots_;
  int running_ = 0;
  Supervisor supervisor_;
};

}  // namespace

std::unique_ptr<CommandRunner> make_command_runner(CommandSpec spec, CommandRunnerOptions options) {
  GpuSlots gpus(spec.gpus > 0 ? usable_devices(spec.gpu_devices) : std::vector<std::string>{},
                spec.gpus);
  return std::make_unique<SupervisedRunner>(std::move(spec), std::move(options), std::move(gpus));
}

}  // namespace autoglm
