#include "cli/study_file.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.h"
#include "search_space/spec_document.h"
#include "trainer/launch/command_spec.h"

namespace autoglm {
namespace {

std::string quoted_names(const std::vector<StudyRecord>& studies) {
  std::string names;
  for (const StudyRecord& study : studies) {
    names += (names.empty() ? "" : ", ") + json_quoted(study.name);
  }
  return names;
}

std::string unknown_study_text(const std::string& path, const std::string& name,
                               const std::vector<StudyRecord>& studies) {
  std::vector<std::string> names;
  names.reserve(studies.size());
  for (const StudyRecord& study : studies) {
    names.push_back(study.name);
  }
  const auto meant = did_you_mean(name, names);
  return fmt::format("{}: no study is called {}; {}there {} {}", path, json_quoted(name),
                     meant ? fmt::format("did you mean {}? ", json_quoted(*meant)) : "",
                     studies.size() == 1 ? "is" : "are",
                     studies.empty() ? "none" : quoted_names(studies));
}

}  // namespace

void require_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw UsageError(fmt::format("{}: cannot be read: {}; check the path", path,
                                 error ? error.message() : "no such file"));
  }
  if (std::filesystem::is_directory(status)) {
    throw UsageError(fmt::format("{}: is a directory; name the study's file", path));
  }
}

std::string report_command(const std::string& path, const std::string& study_name) {
  std::vector<std::string> words{"autoglm", "report", path.starts_with('-') ? "./" + path : path};
  if (!study_name.empty()) {
    // In one word with its option: a name may begin with a dash.
    words.push_back("--study-name=" + study_name);
  }
  return shell_quoted(words);
}

std::string report_command(const std::string& path, Storage& storage, const StudyRecord& study) {
  return report_command(path, storage.studies().size() == 1 ? "" : study.name);
}

StudyRecord choose_study(const std::string& path, const std::string& name,
                         std::vector<StudyRecord> studies) {
  if (name.empty()) {
    if (studies.empty()) {
      throw UsageError(
          fmt::format("{}: holds no study yet; begin one with `autoglm tune SPEC.json --study {}`",
                      path, path));
    }
    if (studies.size() > 1) {
      throw UsageError(fmt::format("{}: holds {} studies ({}); name one with --study-name", path,
                                   studies.size(), quoted_names(studies)));
    }
    return std::move(studies.front());
  }
  for (StudyRecord& study : studies) {
    if (study.name == name) {
      return std::move(study);
    }
  }
  throw UsageError(unknown_study_text(path, name, studies));
}

}  // namespace autoglm
