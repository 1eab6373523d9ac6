#include "cli/stdio_conversation.h"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "optimizer/planners/search_and_prune.h"
#include "optimizer/pruners/catalog.h"
#include "optimizer/searchers/catalog.h"
#include "search_space/spec_document.h"
#include "storage/recorder.h"
#include "storage/storage.h"

using namespace autoglm;

namespace {

struct TalkOptions {
  std::string metric = R"({"name": "loss", "goal": "minimize"})";
  std::string pruner = R"("none")";
  std::string searcher = "grid";
  std::optional<std::int64_t> max_trials{};
  std::optional<std::int64_t> max_failures{};
  std::optional<double> timeout_seconds{};
};

/// A study over x in {1, 2, 3}, tried in this order, and its conversation. It is kept in memory.
class Talk {
 public:
  explicit Talk(const TalkOptions& options = {}) {
    const SpecRoot parameters = read_spec(R"({"x": {"type": "ordinal", "choices": [1, 2, 3]},)"
                                          R"( "y": {"type": "constant", "value": "a"}})",
                                          "spec");
    const SearchSpace space = parse_search_space(*parameters, nullptr, nullptr);
    const Objective objective = parse_objective(*read_spec(options.metric, "spec"));
    storage = make_memory_storage();
    record.name = "talk";
    for (const Metric& metric : objective.metrics()) {
      record.goals.push_back(metric.goal);
      record.metric_names.push_back(metric.name);
    }
    record = storage->create(record);
    history_space_ = std::make_unique<SearchSpace>(space);
    const SpecRoot named = read_spec("\"" + options.searcher + "\"", "spec");
    const SpecRoot rule = read_spec(options.pruner, "spec");
    planner_ = make_search_and_prune(
        make_searcher(named.get(), *history_space_, {.objectives = objective.size()}).searcher,
        options.searcher, make_pruner(rule.get()).pruner);
    recorder_ = std::make_unique<Recorder>(*storage, record, *history_space_);
    study = std::make_unique<Study>(StudySettings{.seed = 7,
                                                  .max_trials = options.max_trials,
                                                  .max_failures = options.max_failures,
                                                  .stop_when_first_three_fail_alike = false},
                                    History(space, objective), *planner_,
                                    std::vector<StudyObserver*>{recorder_.get()},
                                    [this] { return time += 1'000'000'000; });
    conversation = std::make_unique<StdioConversation>(
        *study, ConversationSettings{
                    .study_name = "talk",
                    .timeout_seconds = options.timeout_seconds,
                    .elapsed_seconds = [this] { return elapsed; },
                    .arrivals = [this](const auto&) { return std::exchange(arriving, {}); }});
  }

  std::string operator()(std::string_view line) {
    return conversation->answer(std::vector<std::string_view>{line});
  }

  std::unique_ptr<Storage> storage{};
  StudyRecord record{};
  std::unique_ptr<Study> study{};
  std::unique_ptr<StdioConversation> conversation{};
  std::vector<Trial> arriving{};
  double elapsed = 12.5;
  TimeNs time = 0;

 private:
  std::unique_ptr<SearchSpace> history_space_{};
  std::unique_ptr<Planner> planner_{};
  std::unique_ptr<Recorder> recorder_{};
};

std::string error(std::string_view code, const std::string& message) {
  return "{\"error\":{\"code\":\"" + std::string(code) + "\",\"message\":\"" + message + "\"}}\n";
}

constexpr std::string_view kTwoMetrics =
    R"([{"name": "ms", "goal": "minimize"}, {"name": "acc", "goal": "maximize"}])";

constexpr std::string_view kMedianOfOne = R"({"type": "median", "min_trials": 1})";

/// Two trials are given out; trial 0 reports a loss of 1 at step 1 and is complete.
void first_of_two_is_good(Talk& talk) {
  talk(R"({"ask": 2})");
  talk(R"({"report": {"trial": 0, "step": 1, "metrics": {"loss": 1}}})");
  talk(R"({"tell": {"trial": 0}})");
}

std::string seed_of(std::int64_t trial) { return std::to_string(trial_seed(7, trial, 0)); }

}  // namespace

TEST_CASE("ask gives out trials with their parameters and seeds") {
  Talk talk;
  CHECK(talk(R"({"ask": 2})") ==
        R"({"trials":[{"trial":0,"params":{"x":1,"y":"a"},"seed":)" + seed_of(0) +
            R"(},{"trial":1,"params":{"x":2,"y":"a"},"seed":)" + seed_of(1) + "}]}\n");
}

TEST_CASE("tell answers with the state and the best trial so far") {
  Talk talk;
  talk(R"({"ask": 3})");
  CHECK(talk(R"({"tell": {"trial": 1, "state": "failed", "reason": "out of memory"}})") ==
        "{\"trial\":1,\"state\":\"failed\",\"best\":null}\n");
  CHECK(talk(R"({"tell": {"trial": 2, "value": 0.5}})") ==
        "{\"trial\":2,\"state\":\"complete\",\"best\":{\"trial\":2,\"value\":0.5}}\n");
  CHECK(talk(R"({"tell": {"trial": 0, "values": {"loss": 0.5}}})") ==
        "{\"trial\":0,\"state\":\"complete\",\"best\":{\"trial\":0,\"value\":0.5}}\n");
}

TEST_CASE("done says why fewer trials come, then and later") {
  Talk talk({.max_trials = 2});
  const std::string first = talk(R"({"ask": 3})");
  CHECK(first.find(R"("seed":)" + seed_of(1) + R"(}],"done":"max_trials"})") != std::string::npos);
  CHECK(talk(R"({"ask": 1})") == "{\"trials\":[],\"done\":\"max_trials\"}\n");
}

TEST_CASE("done is space_exhausted when every configuration was given out") {
  Talk talk;
  talk(R"({"ask": 3})");
  CHECK(talk(R"({"ask": 1})") == "{\"trials\":[],\"done\":\"space_exhausted\"}\n");
}

TEST_CASE("done is target once a value reaches it") {
  Talk talk({.metric = R"({"name": "loss", "goal": "minimize", "target": 0.1})"});
  talk(R"({"ask": 1})");
  talk(R"({"tell": {"trial": 0, "value": 0.05}})");
  CHECK(talk(R"({"ask": 1})") == "{\"trials\":[],\"done\":\"target\"}\n");
}

TEST_CASE("done is timeout when the spec's time is up") {
  Talk talk({.timeout_seconds = 60});
  talk.elapsed = 59;
  CHECK(talk(R"({"ask": 1})").find("done") == std::string::npos);
  talk.elapsed = 60;
  CHECK(talk(R"({"ask": 1})") == "{\"trials\":[],\"done\":\"timeout\"}\n");
}

TEST_CASE("three trials that fail alike do not end a conversation, max_failures does") {
  Talk patient;
  Talk strict({.max_failures = 2});
  for (Talk* talk : {&patient, &strict}) {
    (*talk)(R"({"ask": 2})");
    (*talk)(R"({"tell": {"trial": 0, "state": "failed"}})");
    (*talk)(R"({"tell": {"trial": 1, "state": "failed"}})");
  }
  CHECK(patient(R"({"ask": 1})").find("done") == std::string::npos);
  CHECK(strict(R"({"ask": 1})") == "{\"trials\":[],\"done\":\"max_failures\"}\n");
}

TEST_CASE("a trial that was not given out is unknown_trial") {
  Talk talk;
  CHECK(talk(R"({"tell": {"trial": 0, "value": 1}})") ==
        error("unknown_trial", "trial 0: the study has no trials yet"));
  talk(R"({"ask": 2})");
  CHECK(talk(R"({"tell": {"trial": 2, "value": 1}})") ==
        error("unknown_trial", "trial 2: the study has trials 0 to 1"));
  CHECK(talk(R"({"report": {"trial": -1, "step": 0, "metrics": {"loss": 1}}})") ==
        error("unknown_trial", "trial -1: the study has trials 0 to 1"));
  CHECK(talk(R"({"explain": 9})") ==
        error("unknown_trial", "trial 9: the study has trials 0 to 1"));
  talk(R"({"enqueue": {"x": 3}})");
  CHECK(talk(R"({"tell": {"trial": 2, "value": 1}})") ==
        error("unknown_trial", "trial 2: is waiting; ask for it first"));
}

TEST_CASE("a trial can be told once") {
  Talk talk;
  talk(R"({"ask": 1})");
  talk(R"({"tell": {"trial": 0, "value": 1}})");
  CHECK(talk(R"({"tell": {"trial": 0, "value": 0}})") ==
        error("finished_trial", "trial 0: is complete already"));
  CHECK(talk(R"({"report": {"trial": 0, "step": 0, "metrics": {"loss": 1}}})") ==
        error("finished_trial", "trial 0: is complete already"));
}

TEST_CASE("a line that is wrong changes nothing and the conversation goes on") {
  Talk talk;
  talk(R"({"ask": 1})");
  talk("nonsense");
  talk(R"({"tell": {"trial": 0, "value": "much"}})");
  talk(R"({"tell": {"trial": 0, "values": {"acc": 1}}})");
  CHECK(talk(R"({"tell": {"trial": 0, "value": 1}})") ==
        "{\"trial\":0,\"state\":\"complete\",\"best\":{\"trial\":0,\"value\":1.0}}\n");
}

TEST_CASE("values must be the study's own metrics") {
  Talk talk;
  talk(R"({"ask": 1})");
  CHECK(talk(R"({"tell": {"trial": 0, "values": {"acc": 1}}})") ==
        error("bad_value", R"(/tell/values: \"loss\" is missing; add it)"));
  CHECK(talk(R"({"tell": {"trial": 0, "values": {"loss": 1, "acc": 1}}})") ==
        error("bad_value",
              R"(/tell/values: \"acc\" is not a metric of the study (loss); send it as a report)"));
}

TEST_CASE("complete without a value takes it from the reports") {
  Talk talk;
  talk(R"({"ask": 2})");
  talk(R"({"report": {"trial": 0, "step": 1, "metrics": {"loss": 3}}})");
  talk(R"({"report": {"trial": 0, "step": 2, "metrics": {"loss": 2}}})");
  CHECK(talk(R"({"tell": {"trial": 0}})") ==
        "{\"trial\":0,\"state\":\"complete\",\"best\":{\"trial\":0,\"value\":2.0}}\n");
  CHECK(talk(R"({"tell": {"trial": 1}})")
            .find(R"({"error":{"code":"bad_value","message":)"
                  R"("/tell: trial 1 has no value of its own: )") == 0);
}

TEST_CASE("reports that end in NaN are no value of a complete trial") {
  Talk talk;
  talk(R"({"ask": 1})");
  CHECK(talk(R"({"report": {"trial": 0, "step": 1, "metrics": {"loss": "nan"}}})") ==
        "{\"trial\":0,\"stop\":false}\n");
  CHECK(talk(R"({"tell": {"trial": 0}})").find(R"({"error":{"code":"bad_value")") == 0);
  CHECK(talk(R"({"tell": {"trial": 0, "state": "failed"}})") ==
        "{\"trial\":0,\"state\":\"failed\",\"best\":null}\n");
}

TEST_CASE("a trial that early stopping ends is told so, and keeps the reason when it is pruned") {
  Talk talk({.pruner = std::string(kMedianOfOne)});
  first_of_two_is_good(talk);
  const std::string stop = talk(R"({"report": {"trial": 1, "step": 1, "metrics": {"loss": 11}}})");
  CHECK(stop.find(R"({"trial":1,"stop":true,"reason":")") == 0);
  CHECK(talk(R"({"tell": {"trial": 1, "state": "pruned"}})") ==
        "{\"trial\":1,\"state\":\"pruned\",\"best\":{\"trial\":0,\"value\":1.0}}\n");
  const Trial& trial = *talk.study->history().find(1);
  CHECK(stop.find(R"("reason":")" + trial.reason + "\"}") != std::string::npos);
  CHECK(trial.values == std::vector<double>{11});
}

TEST_CASE("a trial that was told to stop may be complete") {
  Talk talk({.pruner = std::string(kMedianOfOne)});
  first_of_two_is_good(talk);
  talk(R"({"report": {"trial": 1, "step": 1, "metrics": {"loss": 11}}})");
  CHECK(talk(R"({"tell": {"trial": 1, "value": 0.5}})") ==
        "{\"trial\":1,\"state\":\"complete\",\"best\":{\"trial\":1,\"value\":0.5}}\n");
}

TEST_CASE("metrics beside the study's own are stored") {
  Talk talk;
  talk(R"({"ask": 1})");
  talk(R"({"report": {"trial": 0, "step": 1, "metrics": {"acc": 0.9}}})");
  CHECK(*find_metric(talk.study->history().find(0)->metrics, "acc") == 0.9);
}

TEST_CASE("with several metrics tell takes values and answers with the front") {
  Talk talk({.metric = std::string(kTwoMetrics)});
  talk(R"({"ask": 3})");
  CHECK(talk(R"({"tell": {"trial": 0, "value": 1}})") ==
        error("bad_value", R"(/tell: the study has 2 metrics; give \"values\" by their names)"));
  CHECK(talk(R"({"tell": {"trial": 0, "values": {"acc": 0.8, "ms": 10}}})") ==
        "{\"trial\":0,\"state\":\"complete\",\"pareto\":[0]}\n");
  CHECK(talk(R"({"tell": {"trial": 1, "values": {"acc": 0.7, "ms": 5}}})") ==
        "{\"trial\":1,\"state\":\"complete\",\"pareto\":[0,1]}\n");
  CHECK(talk(R"({"tell": {"trial": 2, "values": {"acc": 0.9, "ms": 9}}})") ==
        "{\"trial\":2,\"state\":\"complete\",\"pareto\":[1,2]}\n");
}

TEST_CASE("recommend gives the best complete trials, none before the first") {
  Talk talk;
  CHECK(talk(R"({"recommend": 1})") == "{\"recommended\":[]}\n");
  talk(R"({"ask": 2})");
  talk(R"({"tell": {"trial": 0, "value": 2}})");
  talk(R"({"tell": {"trial": 1, "value": 1}})");
  CHECK(talk(R"({"recommend": 1})") ==
        R"({"recommended":[{"trial":1,"params":{"x":2,"y":"a"},"value":1.0,"expected":1.0,)"
        R"("stderr":null}]})"
        "\n");
}

TEST_CASE("an enqueued configuration is given out next, the rest filled in") {
  Talk talk;
  CHECK(talk(R"({"enqueue": {"x": 3}})") == "{\"enqueued\":{\"trial\":0}}\n");
  CHECK(talk(R"({"ask": 1})").find(R"({"trials":[{"trial":0,"params":{"x":3,"y":"a"})") == 0);
}

TEST_CASE("a configuration that is not of the space is bad_params") {
  Talk talk;
  for (const char* const configuration : {R"({"x": 4})", R"({"z": 1})", R"({"x": null})"}) {
    const std::string answer = talk(R"({"enqueue": )" + std::string(configuration) + "}");
    CAPTURE(answer);
    CHECK(answer.find(R"({"error":{"code":"bad_params","message":"enqueue)") == 0);
  }
  CHECK(talk.study->history().trials().empty());
}

TEST_CASE("trials that other programs enqueued are given out by ask") {
  Talk talk;
  Trial arrived;
  arrived.number = 0;
  arrived.configuration = Configuration({{"x", std::int64_t{2}}, {"y", "a"}});
  arrived.origin = TrialOrigin::enqueued;
  talk.arriving.push_back(arrived);
  CHECK(talk(R"({"ask": 1})").find(R"({"trials":[{"trial":0,"params":{"x":2,"y":"a"})") == 0);
}

TEST_CASE("status has the study's name, counts, best and time") {
  Talk talk;
  talk(R"({"ask": 2})");
  talk(R"({"tell": {"trial": 0, "value": 2}})");
  CHECK(talk(R"({"status": true})") ==
        R"({"status":{"study":"talk","counts":{"complete":1,"pruned":0,"failed":0,"infeasible":0,)"
        R"("abandoned":0,"running":1,"paused":0,"waiting":0},"best":{"trial":0,"value":2.0},)"
        R"("elapsed_s":12.5}})"
        "\n");
}

TEST_CASE("explain says who chose a trial and what became of it") {
  Talk talk;
  talk(R"({"ask": 1})");
  talk(R"({"tell": {"trial": 0, "value": 2}})");
  const std::string answer = talk(R"({"explain": 0})");
  CAPTURE(answer);
  CHECK(answer.find(R"({"explain":{"trial":0,"searcher":"grid","seen":0,"why":")") == 0);
  CHECK(answer.find(R"("origin":"searcher","params":{"x":1,"y":"a"},"state":"complete",)"
                    R"("reason":null,"values":{"loss":2.0}}})") != std::string::npos);
}

TEST_CASE(
    "explain adds what the searcher can tell in detail, and the reward stays with the trial") {
  Talk talk({.searcher = "policy_gradient"});
  talk(R"({"ask": 2})");
  talk(R"({"tell": {"trial": 0, "value": 2}})");
  talk(R"({"tell": {"trial": 1, "value": 1}})");
  const std::string answer = talk(R"({"explain": 1})");
  CAPTURE(answer);
  CHECK(answer.find(R"("values":{"loss":1.0},"details":{"chosen_with":{"revision":)") !=
        std::string::npos);
  CHECK(answer.find(R"("state":{"progress":)") != std::string::npos);
  CHECK(answer.find(R"("parameter":"x")") != std::string::npos);
  CHECK(answer.find(R"("reward":{"rank":1.0,)") != std::string::npos);
  const std::vector<Trial> stored = talk.storage->trials(talk.record);
  REQUIRE(stored[1].user_attrs.size() == 1);
  CHECK(stored[1].user_attrs[0].first == "policy_gradient.reward");
  CHECK(stored[1].user_attrs[0].second.find(R"({"rank":1.0,"speed":0.0,)") == 0);
}

TEST_CASE("lines that come together are answered in their order") {
  Talk talk;
  const std::vector<std::string_view> lines = {
      R"({"ask": 1})", R"({"tell": {"trial": 0, "value": 1}})", "oops", R"({"recommend": 1})"};
  const std::string answers = talk.conversation->answer(lines);
  CHECK(std::count(answers.begin(), answers.end(), '\n') == 4);
  CHECK(answers.find("{\"trials\":") < answers.find("\"state\":\"complete\""));
  CHECK(answers.find("\"state\":\"complete\"") < answers.find("bad_json"));
  CHECK(answers.find("bad_json") < answers.find("recommended"));
}

TEST_CASE("what was told is in storage when the answer is there") {
  Talk talk;
  talk(R"({"ask": 1})");
  talk(R"({"tell": {"trial": 0, "value": 1, "duration_s": 90, "user_attrs": {"host": "a"}}})");
  const Trial stored = talk.storage->trials(talk.record).at(0);
  CHECK(stored.state == TrialState::complete);
  CHECK(stored.values == std::vector<double>{1});
  CHECK(duration_seconds(stored) == 90);
  CHECK(stored.user_attrs.at(0).second == R"("a")");
}

TEST_CASE("when the conversation ends what is open goes back to waiting") {
  Talk talk;
  talk(R"({"ask": 2})");
  talk(R"({"tell": {"trial": 0, "value": 1}})");
  talk.conversation->end("the conversation ended");
  const std::vector<Trial> stored = talk.storage->trials(talk.record);
  CHECK(stored.at(0).state == TrialState::complete);
  CHECK(stored.at(1).state == TrialState::waiting);
  CHECK(stored.at(1).reason == "the conversation ended");
}
