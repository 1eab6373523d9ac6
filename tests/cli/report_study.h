// A small study by hand, for tests of its reports.
#pragma once

#include <string>
#include <utility>

#include "cli/report_formats.h"
#include "cli/study_report.h"

namespace autoglm {

// 2026-11-22T06:57:43.123456Z
inline constexpr TimeNs kMoment = 1'795'330'663'123'456'000;
inline constexpr TimeNs kSecond = 1'000'000'000;

inline Configuration configuration(std::vector<Configuration::Item> items) {
  return Configuration(std::move(items));
}

inline Trial small_trial(std::int64_t number, TrialState state, Configuration parameters) {
  Trial trial;
  trial.number = number;
  trial.state = state;
  trial.configuration = std::move(parameters);
  trial.seed = static_cast<std::uint64_t>(100 + number);
  trial.created = kMoment;
  trial.started = kMoment;
  trial.searcher = "random";
  if (is_finished(state)) {
    trial.finished = kMoment + 2 * kSecond;
  }
  return trial;
}

inline StudyRecord small_record() {
  StudyRecord record;
  record.name = "digits";
  record.goals = {Goal::minimize};
  record.metric_names = {"loss"};
  record.spec_json = R"({"metric": {"name": "loss", "goal": "minimize"},)"
                     R"( "parameters": {"lr": {"type": "uniform", "min": 0, "max": 1},)"
                     R"( "opt": {"type": "categorical", "choices": ["sgd", "adam"]}}})";
  record.searcher = "random";
  record.ended = "max_trials";
  record.created = kMoment;
  return record;
}

/// Trial 0 complete at 0.5, 1 failed, 2 complete at 0.25 with a report and attributes, 3 waiting.
inline std::vector<Trial> small_trials() {
  std::vector<Trial> trials;
  trials.push_back(
      small_trial(0, TrialState::complete, configuration({{"opt", "adam"}, {"lr", 0.1}})));
  trials[0].values = {0.5};
  trials.push_back(
      small_trial(1, TrialState::failed, configuration({{"opt", "sgd"}, {"lr", 1.0}})));
  trials[1].reason = "exit status 1: ValueError: lr, \"too\" high\nTraceback";
  trials.push_back(small_trial(2, TrialState::complete, configuration({{"opt", "adam"}})));
  trials[2].values = {0.25};
  trials[2].metrics = {{"loss", 0.25}};
  trials[2].reports = {{.step = 1, .metrics = {{"loss", 0.25}}}};
  trials[2].user_attrs = {{"note", R"("a, b")"}, {"sizes", "[1, NaN]"}};
  Trial waiting;
  waiting.number = 3;
  waiting.created = kMoment;
  waiting.origin = TrialOrigin::enqueued;
  trials.push_back(waiting);
  return trials;
}

/// Two metrics; trials 0 and 2 are the front, 1 is dominated by 0.
inline StudyReport two_metric_report() {
  StudyRecord record;
  record.name = "pair";
  record.goals = {Goal::minimize, Goal::maximize};
  record.metric_names = {"ms", "acc"};
  std::vector<Trial> trials;
  for (const auto& values : {std::vector<double>{10, 0.9}, {12, 0.8}, {5, 0.7}}) {
    trials.push_back(small_trial(static_cast<std::int64_t>(trials.size()), TrialState::complete,
                                 configuration({{"n", std::int64_t{8}}})));
    trials.back().values = values;
  }
  return make_study_report(record, std::move(trials));
}

template <typename Write>
std::string text_of(const Write& write) {
  std::string text;
  write([&text](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace autoglm
