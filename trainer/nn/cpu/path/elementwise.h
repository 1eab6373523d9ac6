// Operations on each number by itself: conversion, activations, addition, dropout.
#pragma once

#include <cmath>

#include "trainer/nn/cpu/path/functions.h"
#include "trainer/nn/cpu/path/numbers.h"

namespace autoglm::nn::cpu {
namespace {

/// y[i] = f(x[i]) of vectors.
template <typename F>
inline void map(Index n, Numbers x, Numbers y, F f) {
  float x_buffer[kPiece];
  float y_buffer[kPiece];
  for (Index first = 0; first < n; first += kPiece) {
    const Index count = least(kPiece, n - first);
    const float* from = read(x, first, count, x_buffer);
    float* to = place(y, first, y_buffer);
    for_vectors(count, [&](Index i, auto get, auto put) { put(to + i, f(get(from + i))); });
    written(to, count, y, first);
  }
}

/// y[i] = f(a[i], b[i]).
template <typename F>
inline void map(Index n, Numbers a, Numbers b, Numbers y, F f) {
  float a_buffer[kPiece];
  float b_buffer[kPiece];
  float y_buffer[kPiece];
  for (Index first = 0; first < n; first += kPiece) {
    const Index count = least(kPiece, n - first);
    const float* left = read(a, first, count, a_buffer);
    const float* right = read(b, first, count, b_buffer);
    float* to = place(y, first, y_buffer);
    for_vectors(
        count, [&](Index i, auto get, auto put) { put(to + i, f(get(left + i), get(right + i))); });
    written(to, count, y, first);
  }
}

void cast(Index n, Numbers from, Numbers to) {
  float buffer[kPiece];
  for (Index first = 0; first < n; first += kPiece) {
    const Index count = least(kPiece, n - first);
    narrow(read(from, first, count, buffer), count, to, first);
  }
}

void activation_forward(Activation activation, Index n, Numbers x, Numbers y) {
  switch (activation) {
    case Activation::identity:
      cast(n, x, y);
      break;
    case Activation::relu:
      map(n, x, y, [](Lanes v) { return rectified(v); });
      break;
    case Activation::tanh:
      map(n, x, y, [](Lanes v) { return hyperbolic_tangent(v); });
      break;
    case Activation::gelu:
      map(n, x, y, [](Lanes v) { return v * normal_distribution(v); });
      break;
    case Activation::silu:
      map(n, x, y, [](Lanes v) { return v * logistic(v); });
      break;
  }
}

void activation_backward(Activation activation, Index n, Numbers saved, Numbers dy, Numbers dx) {
  switch (activation) {
    case Activation::identity:
      cast(n, dy, dx);
      break;
    case Activation::relu:
      map(n, saved, dy, dx, [](Lanes y, Lanes d) { return y <= 0 ? Lanes{} : d; });
      break;
    case Activation::tanh:
      map(n, saved, dy, dx, [](Lanes y, Lanes d) { return d * (1 - y * y); });
      break;
    case Activation::gelu:
      map(n, saved, dy, dx, [](Lanes x, Lanes d) {
        return d * multiply_add(x, normal_density(x), normal_distribution(x));
      });
      break;
    case Activation::silu:
      map(n, saved, dy, dx, [](Lanes x, Lanes d) {
        const Lanes s = logistic(x);
        return d * (s * multiply_add(x, 1 - s, broadcast(1)));
      });
      break;
  }
}

void add(Index n, Numbers a, Numbers b, Numbers y, bool relu) {
  if (relu) {
    map(n, a, b, y, [](Lanes v, Lanes w) { return rectified(v + w); });
  } else {
    map(n, a, b, y, [](Lanes v, Lanes w) { return v + w; });
  }
}

constexpr Index kBlocks = kPiece / 4;  // of random words

/// Words of the blocks first, …, first + kBlocks - 1 of a key: Philox4x32-10 (Salmon et al., SC
/// 2011), as search_space/random.h has it. Word w of block i is at words[w][i].
inline void philox(const RandomKey& key, std::uint64_t first, std::uint32_t (&words)[4][kBlocks]) {
  for (Index i = 0; i < kBlocks; ++i) {
    const std::uint64_t block = first + static_cast<std::uint64_t>(i);
    std::uint32_t c0 = static_cast<std::uint32_t>(block);
    std::uint32_t c1 = static_cast<std::uint32_t>(block >> 32U);
    std::uint32_t c2 = key.stream;
    std::uint32_t c3 = key.step;
    std::uint32_t k0 = static_cast<std::uint32_t>(key.seed);
    std::uint32_t k1 = static_cast<std::uint32_t>(key.seed >> 32U);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c0;
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c2;
      c0 = static_cast<std::uint32_t>(p1 >> 32U) ^ c1 ^ k0;
      c2 = static_cast<std::uint32_t>(p0 >> 32U) ^ c3 ^ k1;
      c1 = static_cast<std::uint32_t>(p1);
      c3 = static_cast<std::uint32_t>(p0);
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    words[0][i] = c0;
    words[1][i] = c1;
    words[2][i] = c2;
    words[3][i] = c3;
  }
}

void dropout(Index n, float rate, const RandomKey& key, Numbers x, Numbers y) {
  // At most 2^32 - 2^8, since rate < 1 is an f32.
  const auto threshold =
      static_cast<std::uint32_t>(std::llround(static_cast<double>(rate) * 0x1p32));
  const float scale = 1 / (1 - rate);
  float x_buffer[kPiece];
  float y_buffer[kPiece];
  std::uint32_t words[4][kBlocks];
  for (Index first = 0; first < n; first += kPiece) {
    const Index count = least(kPiece, n - first);
    philox(key, static_cast<std::uint64_t>(first / 4), words);
    const float* from = read(x, first, count, x_buffer);
    float* to = place(y, first, y_buffer);
    for (Index i = 0; i < count; ++i) {
      to[i] = words[i % 4][i / 4] >= threshold ? from[i] * scale : 0;
    }
    written(to, count, y, first);
  }
}

}  // namespace
}  // namespace autoglm::nn::cpu
