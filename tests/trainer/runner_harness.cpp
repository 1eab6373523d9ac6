#include "tests/trainer/runner_harness.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace autoglm {
namespace {

constexpr const char* kSpace = R"({
  "lr": {"type": "log_uniform", "min": 1e-5, "max": 1},
  "name": {"type": "categorical", "choices": ["adam", "sgd", "it's $HOME"]},
  "momentum": {"type": "uniform", "min": 0, "max": 1, "when": "name == 'sgd'"}})";

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "autoglm-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("cannot make " + name);
  }
  return name;
}

/// The state is the first field after the name in /proc/PID/stat.
bool is_zombie(pid_t pid) {
  const std::string status = file_text(fmt::format("/proc/{}/stat", pid));
  const std::size_t name_end = status.rfind(") ");
  return name_end == std::string::npos || status[name_end + 2] == 'Z';
}

}  // namespace

RunnerHarness::RunnerHarness(const std::string& trial, int slots) : folder_(new_folder()) {
  const SpecRoot space_root = read_spec(kSpace, "space.json");
  const SearchSpace space = parse_search_space(*space_root, nullptr, nullptr);
  const SpecRoot trial_root = read_spec(trial, "trial.json");
  runner_ = make_command_runner(
      parse_command_spec(*trial_root, space, folder_.string()),
      {.slots = slots,
       .study_name = "a study",
       .trials_directory = (folder_ / "study.trials").string(),
       .autoglm_program = std::filesystem::read_symlink("/proc/self/exe").string()});
}

RunnerHarness::~RunnerHarness() {
  runner_.reset();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::filesystem::path RunnerHarness::attempt_folder(std::int64_t trial, int attempt) const {
  return folder_ / "study.trials" / std::to_string(trial) / std::to_string(attempt);
}

std::vector<Reported> RunnerHarness::Story::reports() const {
  std::vector<Reported> found;
  for (const RunnerEvent& event : events) {
    if (const auto* reported = std::get_if<Reported>(&event)) {
      found.push_back(*reported);
    }
  }
  return found;
}

std::vector<std::string> RunnerHarness::Story::report_texts() const {
  std::vector<std::string> texts;
  for (const Reported& reported : reports()) {
    std::string text = std::to_string(reported.step);
    for (const auto& [name, value] : reported.metrics) {
      text += fmt::format(" {}={}", name, value);
    }
    texts.push_back(text);
  }
  return texts;
}

RunnerHarness::Story RunnerHarness::run(const RunRequest& request, const Judge& judge) {
  runner_->start(request);
  return follow(judge);
}

RunnerHarness::Story RunnerHarness::follow(const Judge& judge) {
  Story story;
  for (;;) {
    const auto event = runner_->wait(std::chrono::seconds(60));
    if (!event) {
      throw std::runtime_error("no event came within a minute");
    }
    story.events.push_back(*event);
    if (const auto* reported = std::get_if<Reported>(&*event)) {
      runner_->answer(reported->trial, reported->attempt, judge ? judge(*reported) : Action::go_on);
    }
    if (const auto* finished = std::get_if<Finished>(&*event)) {
      story.finished = *finished;
      return story;
    }
  }
}

Reported RunnerHarness::wait_for_report() {
  for (;;) {
    const auto event = runner_->wait(std::chrono::seconds(60));
    if (!event) {
      throw std::runtime_error("no report came within a minute");
    }
    if (const auto* reported = std::get_if<Reported>(&*event)) {
      runner_->answer(reported->trial, reported->attempt, Action::go_on);
      return *reported;
    }
  }
}

std::vector<pid_t> trial_processes(const std::filesystem::path& folder) {
  std::vector<pid_t> found;
  const std::string variable = "AUTOGLM_TRIAL_DIR=" + folder.string() + "/";
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::istringstream variables(file_text(entry.path() / "environ"));
    for (std::string one; std::getline(variables, one, '\0');) {
      if (one.starts_with(variable) && !is_zombie(std::stoi(name))) {
        found.push_back(std::stoi(name));
      }
    }
  }
  return found;
}

std::string hostile(const std::string& way, const std::string& more_keys) {
  return fmt::format(R"({{"command": ["{}", "{}"]{}{}}})", HOSTILE_PROGRAM, way,
                     more_keys.empty() ? "" : ", ", more_keys);
}

std::string script(const std::string& text, const std::string& more_keys) {
  return fmt::format(R"({{"command": {}{}{}}})", json_quoted(text), more_keys.empty() ? "" : ", ",
                     more_keys);
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace autoglm
