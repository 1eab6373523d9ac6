#include "tests/nn/contract/reference.h"

#include <algorithm>
#include <cmath>

namespace autoglm::nn::contract {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

struct Meeting {
  std::int64_t output = 0;  // pixel
  std::int64_t input = 0;
  std::int64_t tap = 0;
};

/// Which pixel of the input is under which tap of which pixel of the output; none in the padding.
std::vector<Meeting> meetings(const ImageCase& c) {
  std::vector<Meeting> result;
  const std::int64_t kernel = c.window.kernel;
  for (std::int64_t pixel = 0; pixel < c.batch * c.out_height() * c.out_width(); ++pixel) {
    const std::int64_t image = pixel / (c.out_height() * c.out_width());
    const std::int64_t row = pixel / c.out_width() % c.out_height();
    const std::int64_t column = pixel % c.out_width();
    for (std::int64_t tap = 0; tap < kernel * kernel; ++tap) {
      const std::int64_t i = row * c.window.stride - c.window.padding + tap / kernel;
      const std::int64_t j = column * c.window.stride - c.window.padding + tap % kernel;
      if (i >= 0 && i < c.height && j >= 0 && j < c.width) {
        result.push_back({pixel, (image * c.height + i) * c.width + j, tap});
      }
    }
  }
  return result;
}

/// f(of y, of x, of w): the places of numbers that meet in a product.
template <typename F>
void for_products(const ImageCase& c, const F& f) {
  const std::int64_t taps = c.window.kernel * c.window.kernel;
  for (const Meeting& m : meetings(c)) {
    for (std::int64_t n = 0; n < c.out_channels; ++n) {
      for (std::int64_t k = 0; k < c.channels; ++k) {
        f(at(m.output * c.out_channels + n), at(m.input * c.channels + k),
          at((n * taps + m.tap) * c.channels + k));
      }
    }
  }
}

}  // namespace

ImageCase linear_case(std::int64_t m, std::int64_t n, std::int64_t k) {
  return {.batch = m,
          .height = 1,
          .width = 1,
          .channels = k,
          .out_channels = n,
          .window = {.kernel = 1, .stride = 1, .padding = 0}};
}

Doubles convolution(const ImageCase& c, const Doubles& x, const Doubles& w, const Doubles& bias) {
  Doubles y(at(c.y().count()));
  for (std::size_t i = 0; i < y.size() && !bias.empty(); ++i) {
    y[i] = bias[i % bias.size()];
  }
  for_products(c, [&](auto to, auto i, auto j) { y[to] += x[i] * w[j]; });
  return y;
}

Doubles convolution_dx(const ImageCase& c, const Doubles& dy, const Doubles& w) {
  Doubles dx(at(c.x().count()));
  for_products(c, [&](auto i, auto to, auto j) { dx[to] += dy[i] * w[j]; });
  return dx;
}

Doubles convolution_dw(const ImageCase& c, const Doubles& dy, const Doubles& x) {
  Doubles dw(at(c.w().count()));
  for_products(c, [&](auto i, auto j, auto to) { dw[to] += dy[i] * x[j]; });
  return dw;
}

Doubles column_sums(const Doubles& x, std::int64_t columns) {
  Doubles sums(at(columns));
  for (std::size_t i = 0; i < x.size(); ++i) {
    sums[i % sums.size()] += x[i];
  }
  return sums;
}

double activated(Activation activation, double x) {
  switch (activation) {
    case Activation::identity:
      return x;
    case Activation::relu:
      return x < 0 ? 0 : x;
    case Activation::tanh:
      return std::tanh(x);
    case Activation::gelu:
      return x * std::erfc(-x / std::sqrt(2.0)) / 2;
    case Activation::silu:
      return x / (1 + std::exp(-x));
  }
  return x;
}

Doubles activated(Activation activation, Doubles x) {
  for (double& number : x) {
    number = activated(activation, number);
  }
  return x;
}

Doubles pooled(Pooling pooling, const ImageCase& c, const Doubles& x,
               std::vector<std::int32_t>* indices) {
  const std::size_t count = at(c.batch * c.out_height() * c.out_width() * c.channels);
  Doubles y(count, 0);
  std::vector<std::int32_t> where(count, -1);
  std::vector<std::int64_t> areas(count, 0);
  for (const Meeting& m : meetings(c)) {
    for (std::int64_t channel = 0; channel < c.channels; ++channel) {
      const std::size_t to = at(m.output * c.channels + channel);
      const double number = x[at(m.input * c.channels + channel)];
      ++areas[to];
      if (pooling == Pooling::average) {
        y[to] += number;
      } else if (where[to] < 0 || number > y[to] || (std::isnan(number) && !std::isnan(y[to]))) {
        y[to] = number;
        where[to] = static_cast<std::int32_t>(m.input % (c.height * c.width));
      }
    }
  }
  for (std::size_t i = 0; i < count && pooling == Pooling::average; ++i) {
    y[i] /= static_cast<double>(areas[i]);
  }
  if (indices != nullptr) {
    *indices = where;
  }
  return y;
}

Doubles transposed(const Doubles& x, std::int64_t columns) {
  Doubles result(x.size());
  const std::size_t rows = x.size() / at(columns);
  for (std::size_t i = 0; i < x.size(); ++i) {
    result[i % at(columns) * rows + i / at(columns)] = x[i];
  }
  return result;
}

Doubles layer_normalized(const Doubles& x, const Doubles& gamma, const Doubles& beta,
                         double epsilon) {
  Doubles y(x.size());
  const std::size_t columns = gamma.size();
  for (std::size_t first = 0; first < x.size(); first += columns) {
    double mean = 0;
    double variance = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      mean += x[first + j] / static_cast<double>(columns);
    }
    for (std::size_t j = 0; j < columns; ++j) {
      variance += (x[first + j] - mean) * (x[first + j] - mean) / static_cast<double>(columns);
    }
    for (std::size_t j = 0; j < columns; ++j) {
      y[first + j] = (x[first + j] - mean) / std::sqrt(variance + epsilon) * gamma[j] + beta[j];
    }
  }
  return y;
}

Doubles batch_normalized(const Doubles& x, const Doubles& gamma, const Doubles& beta,
                         double epsilon) {
  const std::size_t columns = gamma.size();
  const auto rows = static_cast<std::int64_t>(x.size() / columns);
  const Doubles ones(at(rows), 1);
  const Doubles zeros(at(rows), 0);
  Doubles y = transposed(
      layer_normalized(transposed(x, static_cast<std::int64_t>(columns)), ones, zeros, epsilon),
      rows);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] = y[i] * gamma[i % columns] + beta[i % columns];
  }
  return y;
}

Doubles softmax(const Doubles& logits, std::int64_t classes) {
  Doubles p(logits.size());
  for (std::size_t first = 0; first < p.size(); first += at(classes)) {
    double greatest = logits[first];
    double total = 0;
    for (std::size_t j = first; j < first + at(classes); ++j) {
      greatest = std::max(greatest, logits[j]);
    }
    for (std::size_t j = first; j < first + at(classes); ++j) {
      p[j] = std::exp(logits[j] - greatest);
      total += p[j];
    }
    for (std::size_t j = first; j < first + at(classes); ++j) {
      p[j] /= total;
    }
  }
  return p;
}

Doubles class_losses(const ClassLoss& loss, const Doubles& logits,
                     const std::vector<std::int32_t>& labels, std::int64_t classes) {
  const Doubles p = softmax(logits, classes);
  Doubles losses;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    double total = 0;
    for (std::int64_t j = 0; j < classes && labels[row] >= 0; ++j) {
      const double one_hot = j == labels[row] ? 1 : 0;
      const double target = (1 - static_cast<double>(loss.smoothing)) * one_hot +
                            static_cast<double>(loss.smoothing) / static_cast<double>(classes);
      const double share = p[row * at(classes) + at(j)];
      const double weight = loss.focal
                                ? static_cast<double>(loss.focal_alpha) *
                                      std::pow(1 - share, static_cast<double>(loss.focal_gamma))
                                : 1;
      total -= target == 0 ? 0 : weight * target * std::log(share);
    }
    losses.push_back(total);
  }
  return losses;
}

Doubles squared_losses(const Doubles& y, const Doubles& target, std::int64_t columns) {
  Doubles losses(y.size() / at(columns));
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double distance = y[i] - target[i];
    losses[i / at(columns)] += distance * distance / static_cast<double>(columns);
  }
  return losses;
}

}  // namespace autoglm::nn::contract
