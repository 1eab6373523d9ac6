#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "cli/trial_text.h"
#include "tests/cli/report_study.h"

using namespace autoglm;

namespace {

std::string json_of(const StudyReport& report) {
  return text_of([&](const TextSink& sink) { write_report_json(report, sink); });
}

std::string csv_of(const StudyReport& report, std::optional<std::size_t> top = {}) {
  return text_of([&](const TextSink& sink) { write_report_csv(report, top, sink); });
}

std::string table_of(const StudyReport& report, TableShape shape = {}) {
  return text_of([&](const TextSink& sink) { write_report_table(report, shape, sink); });
}

std::string markdown_of(const StudyReport& report, std::size_t top = 10) {
  return text_of([&](const TextSink& sink) { write_report_markdown(report, top, sink); });
}

StudyReport small_report() { return make_study_report(small_record(), small_trials()); }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the JSON report has the study, its best trial and every trial") {
  const std::string expected =
      R"({"schema_version":1,"study":"digits","searcher":"random",)"
      R"("created":"2026-11-22T06:57:43.123456Z","ended":"max_trials","metrics":["loss"],)"
      R"("direction":"minimize","counts":{"complete":2,"pruned":0,"failed":1,"infeasible":0,)"
      R"("abandoned":0,"running":0,"paused":0,"waiting":1},)"
      R"("best":{"number":2,"value":0.25,"values":{"loss":0.25},"params":{"opt":"adam"},)"
      R"("user_attrs":{"note":"a, b","sizes":[1,null]},"duration_s":2.0},"trials":[)"
      R"({"number":0,"state":"complete","value":0.5,"values":{"loss":0.5},)"
      R"("params":{"opt":"adam","lr":0.1},"user_attrs":{},"duration_s":2.0,"intermediate":{},)"
      R"("metrics":{},"attempts":1,"reason":null,"seed":100,)"
      R"("created":"2026-11-22T06:57:43.123456Z","started":"2026-11-22T06:57:43.123456Z",)"
      R"("finished":"2026-11-22T06:57:45.123456Z","origin":"searcher","searcher":"random"},)"
      R"({"number":1,"state":"failed","value":null,"values":{},"params":{"opt":"sgd","lr":1.0},)"
      R"("user_attrs":{},"duration_s":2.0,"intermediate":{},"metrics":{},"attempts":1,)"
      R"("reason":"exit status 1: ValueError: lr, \"too\" high\nTraceback","seed":101,)"
      R"("created":"2026-11-22T06:57:43.123456Z","started":"2026-11-22T06:57:43.123456Z",)"
      R"("finished":"2026-11-22T06:57:45.123456Z","origin":"searcher","searcher":"random"},)"
      R"({"number":2,"state":"complete","value":0.25,"values":{"loss":0.25},)"
      R"("params":{"opt":"adam"},"user_attrs":{"note":"a, b","sizes":[1,null]},"duration_s":2.0,)"
      R"("intermediate":{"1":0.25},"metrics":{"loss":0.25},"attempts":1,"reason":null,"seed":102,)"
      R"("created":"2026-11-22T06:57:43.123456Z","started":"2026-11-22T06:57:43.123456Z",)"
      R"("finished":"2026-11-22T06:57:45.123456Z","origin":"searcher","searcher":"random"},)"
      R"({"number":3,"state":"waiting","value":null,"values":{},"params":{},"user_attrs":{},)"
      R"("duration_s":null,"intermediate":{},"metrics":{},"attempts":0,"reason":null,"seed":0,)"
      R"("created":"2026-11-22T06:57:43.123456Z","started":null,"finished":null,)"
      R"("origin":"enqueued","searcher":null}]})"
      "\n";
  CHECK(json_of(small_report()) == expected);
}

TEST_CASE("the JSON report of several metrics has directions, no best and the front") {
  const std::string json = json_of(two_metric_report());
  CHECK(contains(json, R"("direction":null,"directions":["minimize","maximize"])"));
  CHECK(contains(json, R"("best":null,"pareto":[{"number":0,"value":null,)"
                       R"("values":{"ms":10.0,"acc":0.9},"params":{"n":8})"));
  CHECK(contains(json, R"({"number":2,"value":null,"values":{"ms":5.0,"acc":0.7})"));
}

TEST_CASE("what JSON has no number for is null in the JSON report") {
  std::vector<Trial> trials = small_trials();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  trials[1].reports = {{.step = 7, .metrics = {{"loss", nan}}}};
  trials[1].metrics = {{"loss", -std::numeric_limits<double>::infinity()}};
  const std::string json = json_of(make_study_report(small_record(), trials));
  CHECK(contains(json, R"("intermediate":{"7":null},"metrics":{"loss":null})"));
}

TEST_CASE("the JSON report of an empty study has no best and no trials") {
  const std::string json = json_of(make_study_report(small_record(), {}));
  CHECK(contains(json, R"("best":null,"trials":[]})"));
}

TEST_CASE("a long JSON report comes in pieces that make the same text") {
  std::vector<Trial> trials;
  trials.reserve(2000);
  for (int i = 0; i < 2000; ++i) {
    trials.push_back(small_trial(i, TrialState::failed, {}));
  }
  const StudyReport report = make_study_report(small_record(), trials);
  std::size_t pieces = 0;
  std::size_t longest = 0;
  write_report_json(report, [&](std::string_view piece) {
    ++pieces;
    longest = std::max(longest, piece.size());
  });
  CHECK(pieces > 5);
  CHECK(longest < 2 * kReportPiece);
  const std::string json = json_of(report);
  CHECK(contains(json, R"({"number":1999,)"));
  CHECK_FALSE(contains(json, ",,"));
  CHECK_FALSE(contains(json, "}{"));
}

TEST_CASE("the CSV report is every trial in order, quoted by RFC 4180") {
  const std::string expected =
      "number,state,value,duration_s,started,finished,reason,params_lr,params_opt,"
      "user_attrs_note,user_attrs_sizes\r\n"
      "0,complete,0.5,2.0,2026-11-22T06:57:43.123456Z,2026-11-22T06:57:45.123456Z,,0.1,adam,,\r\n"
      "1,failed,,2.0,2026-11-22T06:57:43.123456Z,2026-11-22T06:57:45.123456Z,"
      "\"exit status 1: ValueError: lr, \"\"too\"\" high\nTraceback\",1.0,sgd,,\r\n"
      "2,complete,0.25,2.0,2026-11-22T06:57:43.123456Z,2026-11-22T06:57:45.123456Z,,,adam,"
      "\"a, b\",\"[1, NaN]\"\r\n"
      "3,waiting,,,,,,,,,\r\n";
  CHECK(csv_of(small_report()) == expected);
}

TEST_CASE("--top cuts the CSV report to the best trials, best first") {
  const std::string csv = csv_of(small_report(), 1);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 2);
  CHECK(contains(csv, "\r\n2,complete,0.25,"));
}

TEST_CASE("the CSV report of several metrics has a column for each at the end") {
  const std::string csv = csv_of(two_metric_report());
  CHECK(contains(csv, "reason,params_n,values_ms,values_acc\r\n"));
  CHECK(contains(csv, "0,complete,,2.0,"));
  CHECK(contains(csv, ",8,12.0,0.8\r\n"));
}

TEST_CASE("the table shows the best trial, the ranking and why trials failed") {
  const std::string expected =
      "digits: minimize loss\n"
      "4 trials: 2 complete, 1 failed, 1 waiting\n"
      "\n"
      "best: trial 2, loss 0.25, 2.0s, 50.0 % better than the first one (trial 0: 0.5)\n"
      "  opt  adam\n"
      "\n"
      "trial  loss  duration  lr   opt\n"
      "    2  0.25      2.0s       adam\n"
      "    0   0.5      2.0s  0.1  adam\n"
      "\n"
      "failures:\n"
      "  1 x exit status 1: ValueError: lr, \"too\" high\n";
  CHECK(table_of(small_report()) == expected);
}

TEST_CASE("the table leaves parameters out that do not fit, and says so") {
  const std::string table = table_of(small_report(), {.top = 1, .columns = 30});
  CHECK(contains(table,
                 "\ntrial  loss  duration  lr\n"
                 "    2  0.25      2.0s\n"
                 "no room for opt; --format csv has all columns\n"));
}

TEST_CASE("the table of an empty study says that there are no trials yet") {
  CHECK(table_of(make_study_report(small_record(), {})) ==
        "digits: minimize loss\nno trials yet\n");
}

TEST_CASE("the table of several metrics shows the front") {
  CHECK(table_of(two_metric_report()) ==
        "pair: minimize ms, maximize acc\n"
        "3 trials: 3 complete\n"
        "\n"
        "2 trials that no other beats in every metric\n"
        "\n"
        "trial  ms  acc  duration  n\n"
        "    0  10  0.9      2.0s  8\n"
        "    2   5  0.7      2.0s  8\n");
}

TEST_CASE("texts of a study cannot steer the terminal") {
  std::vector<Trial> trials = small_trials();
  trials[0].configuration = configuration({{"opt", "\x1b[2Jadam"}});
  trials[1].reason = "\x1b]0;title\a";
  const std::string table = table_of(make_study_report(small_record(), trials));
  CHECK_FALSE(contains(table, "\x1b"));
  CHECK(contains(table, "\\x1b[2Jadam"));
  CHECK(contains(table, "  1 x \\x1b]0;title\\x07\n"));
}

TEST_CASE("failures are counted by reason, the most frequent first") {
  std::vector<Trial> trials;
  for (const char* const reason : {"signal 9 (Killed)", "exit status 1", "exit status 1"}) {
    trials.push_back(small_trial(static_cast<std::int64_t>(trials.size()), TrialState::failed, {}));
    trials.back().reason = reason;
  }
  CHECK(contains(table_of(make_study_report(small_record(), trials)),
                 "failures:\n  2 x exit status 1\n  1 x signal 9 (Killed)\n"));
}

TEST_CASE("the Markdown report is headings and tables") {
  CHECK(markdown_of(small_report(), 1) ==
        "# digits\n"
        "\n"
        "minimize loss; 4 trials: 2 complete, 1 failed, 1 waiting\n"
        "\n"
        "**Best:** trial 2, loss 0.25, 2.0s, 50.0 % better than the first one (trial 0: 0.5)\n"
        "\n"
        "| parameter | value |\n"
        "|---|---|\n"
        "| opt | adam |\n"
        "\n"
        "| trial | loss | duration | lr | opt |\n"
        "|---:|---:|---:|---|---|\n"
        "| 2 | 0.25 | 2.0s |  | adam |\n"
        "\n"
        "| failures | reason |\n"
        "|---:|---|\n"
        "| 1 | exit status 1: ValueError: lr, \"too\" high |\n");
}

TEST_CASE("Markdown's own characters are escaped in the Markdown report") {
  std::vector<Trial> trials = small_trials();
  trials[2].configuration = configuration({{"opt", "a|b*<i>"}});
  CHECK(contains(markdown_of(make_study_report(small_record(), trials)),
                 "| opt | a\\|b\\*\\<i> |\n"));
  trials[2].configuration = configuration({{"_lr_", "~~&amp;~~"}});
  CHECK(contains(markdown_of(make_study_report(small_record(), trials)),
                 "| \\_lr\\_ | \\~\\~\\&amp;\\~\\~ |\n"));
}

TEST_CASE("the gain is a share of the first value, and an amount where that is no number") {
  const auto gain = [](double first, double best) {
    std::vector<Trial> trials = small_trials();
    trials[0].values = {first};
    trials[2].values = {best};
    return gain_text(trials[2], trials, objective_of(small_record()));
  };
  CHECK(gain(1e308, -1e308) == ", 200.0 % better than the first one (trial 0: 1e+308)");
  CHECK(gain(-1e308, -1.5e308) == ", 50.0 % better than the first one (trial 0: -1e+308)");
  CHECK(gain(1e-3, -1e9) == ", 1e+14 % better than the first one (trial 0: 0.001)");
  CHECK(gain(0, -2) == ", 2 better than the first one (trial 0: 0)");
  CHECK(gain(1e-300, -1e300) == ", 1e+300 better than the first one (trial 0: 1e-300)");
}

TEST_CASE("drawings of the largest numbers stay within their bounds") {
  std::vector<Trial> trials = small_trials();
  trials[0].values = {1e308};
  trials[2].values = {-1e308};
  trials[2].reports = {{.step = 1, .metrics = {{"loss", 1e308}}},
                       {.step = 2, .metrics = {{"loss", 0}}},
                       {.step = 3, .metrics = {{"loss", -1e308}}}};
  const StudyReport report = make_study_report(small_record(), trials);
  const std::string page =
      text_of([&](const TextSink& sink) { write_report_html(report, 10, sink); });
  CHECK(contains(page, R"(cx="0.0" cy="0.0")"));
  CHECK(contains(page, R"(cx="640.0" cy="200.0")"));
  CHECK(contains(page, R"(points="0.0,0.0 40.0,9.0 80.0,18.0 ")"));
  CHECK_FALSE(contains(page, "nan"));
  CHECK(contains(table_of(report), "█▅▁"));
}

TEST_CASE("a study without a spec reports the metrics and directions of its record") {
  StudyRecord record;
  record.name = "from-optuna";
  record.goals = {Goal::maximize};
  CHECK(objective_of(record).metrics()[0].name == "value");
  CHECK(objective_of(record).metrics()[0].goal == Goal::maximize);
  record.goals = {Goal::minimize, Goal::minimize};
  CHECK(objective_of(record).metrics()[1].name == "value_1");
  record.metric_names = {"ms", "acc"};
  CHECK(objective_of(record).metrics()[1].name == "acc");
}

TEST_CASE("a spec that this version cannot read leaves the record's metrics") {
  StudyRecord record = small_record();
  record.spec_json = R"({"metric": {"name": "loss", "goal": "sideways"}})";
  record.goals = {Goal::maximize};
  CHECK(objective_of(record).metrics()[0].goal == Goal::maximize);
}

TEST_CASE("of equal values the lower number is best") {
  std::vector<Trial> trials = small_trials();
  trials[0].values = {0.25};
  const StudyReport report = make_study_report(small_record(), trials);
  CHECK(report.best == 0);
  CHECK(ranked_trials(report)[0]->number == 0);
}

TEST_CASE("a trial that was stopped early is never best") {
  std::vector<Trial> trials = small_trials();
  trials[2].state = TrialState::pruned;
  const StudyReport report = make_study_report(small_record(), trials);
  CHECK(report.best == 0);
  CHECK(single_value(report, report.trials[2]) == 0.25);
}
