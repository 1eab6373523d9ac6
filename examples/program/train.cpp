// Trains a multilayer perceptron on handwritten digits. It includes nothing of autoglm: that it can
// be tuned takes two lines, marked (1) and (2).
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Eigen::Index;
using Matrix = Eigen::MatrixXf;  // a column is a sample

struct Digits {
  Matrix pixels{};  // [64, n], in [0, 1]
  std::vector<Index> labels{};
};

// Reads lines of 64 pixels in 0..16 and the digit; the first `n` of them, or all but those.
Digits read_digits(const std::string& path, Index n, bool first) {
  std::ifstream file(path);
  std::vector<float> numbers;
  for (float number = 0; file >> number; file.ignore(1)) {
    numbers.push_back(number);
  }
  const Eigen::Map<const Matrix> lines(numbers.data(), 65, static_cast<Index>(numbers.size() / 65));
  if (lines.cols() <= n) {
    throw std::runtime_error(path + ": cannot be read, or holds too little; get_data.sh makes it");
  }
  const Matrix part = first ? lines.leftCols(n) : lines.rightCols(lines.cols() - n);
  const Eigen::VectorXf labels = part.row(64);
  return {part.topRows(64) / 16.0F, {labels.begin(), labels.end()}};
}

struct UpdateRule {
  bool adam = true;
  float rate = 0.001F;
  float momentum = 0.9F;  // of sgd
  float decay = 0;        // of weights, each step in proportion to the rate
};

// A matrix of weights, its gradient, and what the update rule remembers of it.
struct Weights {
  explicit Weights(Matrix start)
      : value(std::move(start)),
        gradient(Matrix::Zero(value.rows(), value.cols())),
        mean(gradient),
        square(gradient) {}
  Matrix value, gradient, mean, square;

  void update(const UpdateRule& rule, int step) {
    value *= 1.0F - rule.rate * rule.decay;
    if (!rule.adam) {
      mean = rule.momentum * mean + gradient;
      value -= rule.rate * mean;
      return;
    }
    mean = 0.9F * mean + 0.1F * gradient;
    square = 0.999F * square + 0.001F * gradient.cwiseAbs2();
    const float scale = rule.rate * std::sqrt(1 - std::pow(0.999F, static_cast<float>(step))) /
                        (1 - std::pow(0.9F, static_cast<float>(step)));
    value.array() -= scale * mean.array() / (square.array().sqrt() + 1e-8F);
  }
};

struct Layer {
  Weights weight;  // [out, in]
  Weights bias;    // [out, 1]
  Matrix input{};  // of the last forward pass, [in, B]
};

class Perceptron {
 public:
  Perceptron(int layers, int units, float dropout, std::uint64_t seed)
      : dropout_(dropout), random_(seed) {
    std::normal_distribution<float> normal;
    for (int i = 0; i <= layers; ++i) {
      const Index in = i == 0 ? 64 : units;
      const Index out = i == layers ? 10 : units;
      const float scale = std::sqrt(2.0F / static_cast<float>(in));
      Matrix start = Matrix::NullaryExpr(out, in, [&] { return scale * normal(random_); });
      layers_.push_back({Weights(std::move(start)), Weights(Matrix::Zero(out, 1))});
    }
  }

  // The logarithms of the probabilities of each digit, [10, B].
  Matrix forward(Matrix x /* [64, B] */, bool training) {
    std::bernoulli_distribution keep(1.0 - dropout_);
    for (Layer& layer : layers_) {
      const bool hidden = &layer != &layers_.front();
      if (hidden) {
        x = x.cwiseMax(0.0F);
      }
      if (hidden && training && dropout_ > 0) {
        x = x.unaryExpr([&](float a) { return keep(random_) ? a / (1 - dropout_) : 0.0F; });
      }
      layer.input = std::move(x);
      x = (layer.weight.value * layer.input).colwise() + layer.bias.value.col(0);
    }
    x.rowwise() -= x.colwise().maxCoeff().eval();
    const Eigen::RowVectorXf norm = x.array().exp().colwise().sum().log();
    return x.rowwise() - norm;
  }

  // One step down the gradient of the mean cross entropy of the batch that went forward last.
  void learn(const Matrix& log_probabilities, const std::vector<Index>& labels,
             const UpdateRule& rule) {
    Matrix slope = log_probabilities.array().exp();  // of the loss by a layer's output, [out, B]
    for (std::size_t i = 0; i < labels.size(); ++i) {
      slope(labels[i], static_cast<Index>(i)) -= 1;
    }
    slope /= static_cast<float>(labels.size());
    ++step_;
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
      layer->weight.gradient = slope * layer->input.transpose();
      layer->bias.gradient = slope.rowwise().sum();
      // What rectifier and dropout let through is positive, and was scaled by dropout.
      const float scale = 1 / (1 - dropout_);
      slope = (layer->weight.value.transpose() * slope)
                  .cwiseProduct((layer->input.array() > 0).cast<float>().matrix() * scale);
      layer->weight.update(rule, step_);
      layer->bias.update(rule, step_);
    }
  }

  std::mt19937_64& random() { return random_; }

 private:
  float dropout_;
  std::mt19937_64 random_;
  std::vector<Layer> layers_{};
  int step_ = 0;
};

void train_epoch(Perceptron& model, const Digits& data, Index batch, const UpdateRule& rule) {
  const auto n = static_cast<Index>(data.labels.size());
  Eigen::VectorX<Index> order = Eigen::VectorX<Index>::LinSpaced(n, 0, n - 1);
  std::shuffle(order.begin(), order.end(), model.random());
  for (Index from = 0; from < n; from += batch) {
    const auto chosen = order.segment(from, std::min(batch, n - from));
    std::vector<Index> labels;
    for (const Index i : chosen) {
      labels.push_back(data.labels[static_cast<std::size_t>(i)]);
    }
    model.learn(model.forward(data.pixels(Eigen::all, chosen), true), labels, rule);
  }
}

void report(Perceptron& model, const Digits& data, int epoch) {
  const Matrix log_probabilities = model.forward(data.pixels, false);
  double loss = 0;
  int right = 0;
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    const auto column = log_probabilities.col(static_cast<Index>(i));
    Index guess = 0;
    column.maxCoeff(&guess);
    right += guess == data.labels[i] ? 1 : 0;
    loss -= static_cast<double>(column(data.labels[i]));
  }
  if (!std::isfinite(loss)) {
    throw std::runtime_error("the loss is no number any more: the steps are too long");
  }
  const auto n = static_cast<double>(data.labels.size());
  // (2) A JSON object on a line of its own is a report; its step lets bad trials be stopped early.
  std::printf("{\"step\": %d, \"val_loss\": %.6f, \"accuracy\": %.4f}\n", epoch, loss / n,
              right / n);
  std::fflush(stdout);
}

void train(std::map<std::string, std::string>& options) {
  const Digits training = read_digits(options["--data"], 1400, true);
  const Digits validation = read_digits(options["--data"], 1400, false);
  const UpdateRule rule{options["--optimizer"] == "adam", std::stof(options["--lr"]),
                        std::stof(options["--momentum"]), std::stof(options["--weight-decay"])};
  Perceptron model(std::stoi(options["--layers"]), std::stoi(options["--units"]),
                   std::stof(options["--dropout"]), std::stoull(options["--seed"]));
  for (int epoch = 1; epoch <= std::stoi(options["--epochs"]); ++epoch) {
    train_epoch(model, training, std::stol(options["--batch"]), rule);
    report(model, validation, epoch);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options{
      {"--data", "digits.csv"}, {"--optimizer", "adam"}, {"--lr", "0.001"}, {"--momentum", "0.9"},
      {"--weight-decay", "0"},  {"--batch", "32"},       {"--layers", "1"}, {"--units", "64"},
      {"--dropout", "0"},       {"--epochs", "27"},      {"--seed", "0"}};
  // (1) What is tuned comes as arguments, as the command in study.json names them.
  for (int i = 1; i + 1 < argc; i += 2) {
    if (options.count(argv[i]) == 0) {
      std::fprintf(stderr, "no option is called %s\n", argv[i]);
      return 2;
    }
    options[argv[i]] = argv[i + 1];
  }
  try {
    train(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
