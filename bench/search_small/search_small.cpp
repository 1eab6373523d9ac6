// How many trials the searchers need on six small functions: a table, and the same as JSON.
//
//   autoglm_bench_search [OUTPUT.json [SEEDS [TRIALS [SEARCHER...]]]]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "optimizer/searchers/catalog.h"
#include "problems.h"

namespace autoglm::bench {

namespace {

struct Run {
  std::vector<double> best{};  // [trials], after each trial, above the optimum
  double milliseconds = 0;     // of processor time a suggestion, on average
};

Run run(const Problem& problem, const std::string& searcher, std::uint64_t seed, int trials) {
  const SearchSpace space = space_of(problem);
  History history(space, Objective({{.name = "cost"}}));
  const SpecRoot section = read_spec("\"" + searcher + "\"", "bench");
  const SearcherChoice choice =
      make_searcher(section.get(), history.space(), {.seed = seed, .max_trials = trials});
  Run result;
  double best = std::numeric_limits<double>::infinity();
  for (int number = 0; number < trials; ++number) {
    const std::clock_t began = std::clock();
    std::optional<Suggestion> suggestion = choice.searcher->suggest(number, {}, history);
    const auto ticks = static_cast<double>(std::clock() - began);
    result.milliseconds += 1e3 * ticks / static_cast<double>(CLOCKS_PER_SEC) / trials;
    Trial trial{.number = number};
    trial.configuration = std::move(suggestion->configuration);
    trial.state = TrialState::complete;
    trial.values = {problem.cost(trial.configuration)};
    trial.asked_sequence = history.next_sequence();
    trial.finished_sequence = history.next_sequence();
    best = std::min(best, trial.values[0] - problem.optimum);
    result.best.push_back(best);
    history.add(std::move(trial));
  }
  return result;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

// The machine's name and those of its vector instructions that matter.
nlohmann::json machine() {
  std::ifstream info("/proc/cpuinfo");
  nlohmann::json about{{"build", BENCH_BUILD}};
  std::string flags;
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name")) {
      about["cpu"] = line.substr(colon + 2);
    } else if (line.starts_with("flags") && flags.empty()) {
      for (const char* flag : {"sse4_2", "avx2", "fma", "avx512f"}) {
        flags +=
            line.find(std::string(" ") + flag) != std::string::npos ? flag + std::string(" ") : "";
      }
    }
  }
  about["flags"] = flags;
  return about;
}

using Runs = std::map<std::string, std::vector<Run>>;  // by searcher, [seeds]

// Of each searcher after `trials` trials: median, mean rank (ties share), seeds won.
nlohmann::json compare(const Runs& runs, std::size_t trials, std::size_t seeds) {
  nlohmann::json result;
  for (const auto& [searcher, own] : runs) {
    std::vector<double> values;
    double ranks = 0;
    int wins = 0;
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      const double value = own[seed].best[trials - 1];
      double rank = 1;
      for (const auto& [other, others] : runs) {
        const double theirs = others[seed].best[trials - 1];
        rank += theirs < value ? 1 : (other != searcher && theirs == value ? 0.5 : 0);
      }
      values.push_back(value);
      ranks += rank / static_cast<double>(seeds);
      wins += rank == 1 ? 1 : 0;
    }
    result[searcher] = {{"median", median(values)}, {"mean_rank", ranks}, {"wins", wins}};
  }
  return result;
}

int main_of(const std::vector<std::string>& arguments) {
  const auto argument = [&](std::size_t i, const char* otherwise) {
    return i < arguments.size() ? arguments[i] : std::string(otherwise);
  };
  const std::size_t seeds = std::stoul(argument(1, "10"));
  const int trials = std::stoi(argument(2, "60"));
  std::vector<std::string> searchers{"gp", "sobol", "random"};
  if (arguments.size() > 3) {
    searchers.assign(arguments.begin() + 3, arguments.end());
  }
  nlohmann::json report{
      {"bench", "search_small"}, {"machine", machine()}, {"trials", trials}, {"seeds", seeds}};
  fmt::print("{}\n{:12} {:8}", report["machine"].dump(), "problem", "searcher");
  const std::vector<std::size_t> marks{static_cast<std::size_t>(trials) / 3,
                                       2 * static_cast<std::size_t>(trials) / 3,
                                       static_cast<std::size_t>(trials)};
  for (const std::size_t mark : marks) {
    fmt::print("   median@{:<3} rank wins", mark);
  }
  fmt::print("  CPU ms/suggestion\n");
  for (const Problem& problem : problems()) {
    Runs runs;
    for (const std::string& searcher : searchers) {
      for (std::size_t seed = 0; seed < seeds; ++seed) {
        runs[searcher].push_back(run(problem, searcher, seed, trials));
      }
    }
    nlohmann::json& figures = report["problems"][problem.name];
    for (const std::size_t mark : marks) {
      figures[std::to_string(mark)] = compare(runs, mark, seeds);
    }
    for (const std::string& searcher : searchers) {
      fmt::print("{:12} {:8}", problem.name, searcher);
      for (const std::size_t mark : marks) {
        const nlohmann::json& figure = figures[std::to_string(mark)][searcher];
        fmt::print("   {:10.3g} {:4.2f} {:4}", figure["median"].get<double>(),
                   figure["mean_rank"].get<double>(), figure["wins"].get<int>());
      }
      double milliseconds = 0;
      for (const Run& one : runs[searcher]) {
        milliseconds += one.milliseconds / static_cast<double>(seeds);
      }
      figures["milliseconds"][searcher] = milliseconds;
      fmt::print("  {:10.2f}\n", milliseconds);
      std::fflush(stdout);
    }
  }
  std::ofstream(argument(0, "bench/results/search_small.json")) << report.dump(1) << "\n";
  return EXIT_SUCCESS;
}

}  // namespace

}  // namespace autoglm::bench

int main(int argc, char** argv) {
  return autoglm::bench::main_of(std::vector<std::string>(argv + 1, argv + argc));
}
