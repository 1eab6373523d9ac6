#include "optimizer/models/policy_natural.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "search_space/portable_math.h"

namespace autoglm {

namespace {

constexpr double kTableRate = 0.5;  // of a table, for an iteration

// For numbers of few values: that the cell at the mean is left often enough.
constexpr double kLeave = 0.05;

Eigen::Index numbers_of(const PolicyProcess& process) {
  return std::count_if(process.heads().begin(), process.heads().end(),
                       [](const PolicyHead& head) { return head.choices == 0; });
}

}  // namespace

NaturalPolicy::NaturalPolicy(const PolicyProcess& process, double deviation)
    : process_(&process), gaussian_(numbers_of(process), deviation) {
  Eigen::Index numbers = 0;
  for (const PolicyHead& head : process.heads()) {
    const auto choices = static_cast<Eigen::Index>(head.choices);
    coordinates_.push_back(choices == 0 ? numbers++ : -1);
    tables_.emplace_back(Eigen::VectorXd::Constant(
        choices, 1 / static_cast<double>(std::max<Eigen::Index>(choices, 1))));
  }
}

std::vector<double> NaturalPolicy::draw(Rng& rng, double widening) const {
  const std::vector<PolicyHead>& heads = process_->heads();
  std::vector<double> positions(heads.size());
  Eigen::VectorXd least(gaussian_.size());
  const Eigen::VectorXd deviations = gaussian_.deviations();
  for (std::size_t h = 0; h < heads.size(); ++h) {
    if (heads[h].choices == 0) {
      const Eigen::Index i = coordinates_[h];
      least[i] = std::max(margin(h), deviations[i]) * widening;
    } else {
      const double uniform = 1 - 1 / widening;
      const Eigen::VectorXd& table = tables_[h];
      double rest = rng.uniform();
      Eigen::Index choice = 0;
      for (; choice + 1 < table.size(); ++choice) {
        rest -= (1 - uniform) * table[choice] + uniform / static_cast<double>(table.size());
        if (rest < 0) {
          break;
        }
      }
      positions[h] = (static_cast<double>(choice) + 0.5) / static_cast<double>(table.size());
    }
  }
  const Eigen::VectorXd numbers = gaussian_.size() > 0 ? gaussian_.draw(rng, least) : least;
  for (std::size_t h = 0; h < heads.size(); ++h) {
    if (heads[h].choices == 0) {
      positions[h] = numbers[coordinates_[h]];
    }
  }
  return positions;
}

void NaturalPolicy::learn(const std::vector<PolicyLesson>& lessons, const PolicyFloors& floors,
                          double divergence) {
  const NaturalPolicy before = *this;
  const auto count = static_cast<Eigen::Index>(lessons.size());
  if (gaussian_.size() > 0) {
    PolicyGaussian::Samples samples{Eigen::MatrixXd::Zero(gaussian_.size(), count),
                                    Eigen::MatrixXd::Zero(gaussian_.size(), count),
                                    Eigen::VectorXd(count), Eigen::VectorXd(count)};
    for (Eigen::Index k = 0; k < count; ++k) {
      samples.discounts[k] = lessons[static_cast<std::size_t>(k)].discount;
      samples.ranks[k] = lessons[static_cast<std::size_t>(k)].rank;
      for (const PolicyStep& step : *lessons[static_cast<std::size_t>(k)].episode) {
        if (const Eigen::Index i = coordinates_[step.head]; i >= 0) {
          samples.points(i, k) = step.position();
          samples.active(i, k) = 1;
        }
      }
    }
    gaussian_.learn(samples, floors.deviation);
  }
  learn_choices(lessons, floors.probability);
  for (int halvings = 0; halvings < 20 && divergence_from(before) > divergence; ++halvings) {
    retreat_to(before);
  }
}

void NaturalPolicy::learn_choices(const std::vector<PolicyLesson>& lessons, double floor) {
  const auto count = static_cast<double>(lessons.size());
  std::vector<Eigen::VectorXd> gradients = tables_;
  std::vector<double> asked(tables_.size(), 0);
  double total = 0;
  for (Eigen::VectorXd& gradient : gradients) {
    gradient.setZero();
  }
  for (const PolicyLesson& lesson : lessons) {
    const double weight =
        std::max(0.0, portable::log((count + 1) / 2) - portable::log(lesson.rank + 1)) *
        lesson.discount;
    total += weight;
    for (const PolicyStep& step : *lesson.episode) {
      const PolicyHead& head = process_->heads()[step.head];
      if (head.choices > 0) {
        gradients[step.head] -= weight * tables_[step.head];
        gradients[step.head][static_cast<Eigen::Index>(step.choice(head))] += weight;
        asked[step.head] += 1 / count;
      }
    }
  }
  constexpr double kLeastShare = 1.0 / 3;
  for (std::size_t h = 0; h < tables_.size(); ++h) {
    Eigen::VectorXd& table = tables_[h];
    if (table.size() > 0) {
      const double rate = std::min(1.0, kTableRate / std::max(asked[h], kLeastShare));
      table += rate / total * gradients[h];
      table = table.cwiseMax(floor / static_cast<double>(table.size()));
      table /= table.sum();
    }
  }
}

double NaturalPolicy::margin(std::size_t head) const {
  static const double leave = -normal_quantile(kLeave / 2);
  const PolicyStep cell = process_->step_at(head, mean(head));
  return (cell.to - cell.from) / 2 / leave;
}

double NaturalPolicy::deviation(std::size_t head) const {
  return std::max(margin(head), gaussian_.deviations()[coordinates_[head]]);
}

double NaturalPolicy::log_preference(const PolicyStep& step) const {
  const PolicyHead& head = process_->heads()[step.head];
  if (head.choices > 0) {
    const Eigen::VectorXd& table = tables_[step.head];
    return portable::log(table[static_cast<Eigen::Index>(step.choice(head))] *
                         static_cast<double>(table.size()));
  }
  // What is folded back into [0, 1] has an image there from each of its mirrors' sides.
  double density = 0;
  const double scale = deviation(step.head) * std::sqrt(2.0);
  for (const double shift : {-2.0, 0.0, 2.0}) {
    for (const double side : {1.0, -1.0}) {
      const double from = (side * step.from + shift - mean(step.head)) / scale;
      const double to = (side * step.to + shift - mean(step.head)) / scale;
      density += to == from
                     ? portable::exp(-from * from) / std::sqrt(std::numbers::pi) / scale
                     : side * (portable::erf(to) - portable::erf(from)) / 2 / (step.to - step.from);
    }
  }
  return portable::log(std::max(density, 1e-300));
}

double NaturalPolicy::divergence_from(const NaturalPolicy& other) const {
  double sum = gaussian_.size() > 0 ? gaussian_.divergence_from(other.gaussian_) : 0;
  for (std::size_t h = 0; h < tables_.size(); ++h) {
    for (Eigen::Index i = 0; i < tables_[h].size(); ++i) {
      const double p = tables_[h][i];
      sum += p > 0 ? p * portable::log(p / std::max(other.tables_[h][i], 1e-300)) : 0;
    }
  }
  return sum;
}

void NaturalPolicy::retreat_to(const NaturalPolicy& before) {
  if (gaussian_.size() > 0) {
    gaussian_.retreat_to(before.gaussian_);
  }
  for (std::size_t h = 0; h < tables_.size(); ++h) {
    tables_[h] = (tables_[h] + before.tables_[h]) / 2;
  }
}

}  // namespace autoglm
