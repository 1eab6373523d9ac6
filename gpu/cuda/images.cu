#include "gpu/cuda/columns.h"
#include "gpu/cuda/images.h"
#include "gpu/cuda/teams.h"

namespace autoglm::gpu {
namespace {

/// The sizes of an operation with windows. One thread treats one channel of one place: blocks lie
/// over (x, channel) in their first index, over (image, y) in their second.
struct Sizes {
  int images, height, width, channels;
  int out_height, out_width;
  int kernel, stride, padding;
};

Sizes sizes_of(const nn::Window& window, const nn::Shape& x) {
  return {static_cast<int>(x[0]),
          static_cast<int>(x[1]),
          static_cast<int>(x[2]),
          static_cast<int>(x[3]),
          static_cast<int>(window.output(x[1])),
          static_cast<int>(window.output(x[2])),
          static_cast<int>(window.kernel),
          static_cast<int>(window.stride),
          static_cast<int>(window.padding)};
}

unsigned grid_lines(const Queue& queue, std::int64_t lines) {
  return static_cast<unsigned>(lines < queue.grid_lines ? lines : queue.grid_lines);
}
dim3 place_grid(const Queue& queue, std::int64_t lines, std::int64_t line) {
  return {static_cast<unsigned>(divide_up(line, kThreads)), grid_lines(queue, lines)};
}

/// A range of positions, cut to where the image is.
struct Range {
  int begin, end;
};
__device__ Range window_range(const Sizes& s, int out, int size) {
  const int begin = out * s.stride - s.padding;
  return {max(begin, 0), min(begin + s.kernel, size)};
}
/// The outputs whose windows hold position `at`.
__device__ Range covering_range(const Sizes& s, int at, int out_size) {
  const int past = at + s.padding - s.kernel;  // a window that begins here or before misses it
  return {past < 0 ? 0 : past / s.stride + 1, min((at + s.padding) / s.stride + 1, out_size)};
}

struct Found {
  float value;
  std::int32_t index;
};

template <class T>
__device__ Found greatest(const Sizes& s, const T* image, Range y, Range x) {
  Found found{-INFINITY, y.begin * s.width + x.begin};
  for (int iy = y.begin; iy < y.end; ++iy) {
    for (int ix = x.begin; ix < x.end; ++ix) {
      const std::int32_t index = iy * s.width + ix;
      const float value = to_float(image[std::int64_t{index} * s.channels]);
      if (value > found.value || (isnan(value) && !isnan(found.value))) {
        found = {value, index};
      }
    }
  }
  return found;
}

template <class T>
__device__ float average(const Sizes& s, const T* image, Range y, Range x) {
  float sum = 0;
  for (int iy = y.begin; iy < y.end; ++iy) {
    for (int ix = x.begin; ix < x.end; ++ix) {
      sum += to_float(image[(std::int64_t{iy} * s.width + ix) * s.channels]);
    }
  }
  return sum / static_cast<float>((y.end - y.begin) * (x.end - x.begin));
}

template <bool Max, class T>
__global__ void __launch_bounds__(kThreads)
    pool_forward_kernel(Sizes s, const T* x, T* y, std::int32_t* indices) {
  const int place = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  if (place >= s.out_width * s.channels) {
    return;
  }
  const int channel = place % s.channels;
  const Range across = window_range(s, place / s.channels, s.width);
  const std::int64_t lines = std::int64_t{s.images} * s.out_height;
  for (std::int64_t line = blockIdx.y; line < lines; line += gridDim.y) {
    const Range down = window_range(s, static_cast<int>(line % s.out_height), s.height);
    const T* image = x + line / s.out_height * s.height * s.width * s.channels + channel;
    const std::int64_t at = line * s.out_width * s.channels + place;
    if constexpr (Max) {
      const Found found = greatest(s, image, down, across);
      y[at] = from_float<T>(found.value);
      indices[at] = found.index;
    } else {
      y[at] = from_float<T>(average(s, image, down, across));
    }
  }
}

/// What output (oy, ox) gives back to position `index`.
template <bool Max, class T>
__device__ float share_of(const Sizes& s, std::int64_t at, int oy, int ox, std::int32_t index,
                          const T* dy, const std::int32_t* indices) {
  if constexpr (Max) {
    return indices[at] == index ? to_float(dy[at]) : 0.0F;
  } else {
    const Range down = window_range(s, oy, s.height);
    const Range across = window_range(s, ox, s.width);
    return to_float(dy[at]) /
           static_cast<float>((down.end - down.begin) * (across.end - across.begin));
  }
}

template <bool Max, class T>
__global__ void __launch_bounds__(kThreads)
    pool_backward_kernel(Sizes s, const T* dy, const std::int32_t* indices, T* dx) {
  const int place = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  if (place >= s.width * s.channels) {
    return;
  }
  const int channel = place % s.channels;
  const int ix = place / s.channels;
  const Range across = covering_range(s, ix, s.out_width);
  const std::int64_t lines = std::int64_t{s.images} * s.height;
  for (std::int64_t line = blockIdx.y; line < lines; line += gridDim.y) {
    const int iy = static_cast<int>(line % s.height);
    const Range down = covering_range(s, iy, s.out_height);
    const std::int64_t image = line / s.height;
    float sum = 0;
    for (int oy = down.begin; oy < down.end; ++oy) {
#pragma unroll 1  // more windows at once spill, and few windows cover a position
      for (int ox = across.begin; ox < across.end; ++ox) {
        const std::int64_t at =
            ((image * s.out_height + oy) * s.out_width + ox) * s.channels + channel;
        sum += share_of<Max>(s, at, oy, ox, iy * s.width + ix, dy, indices);
      }
    }
    dx[line * s.width * s.channels + place] = from_float<T>(sum);
  }
}

/// Blocks lie over channels and images; 8 warps share the places.
template <class T>
__global__ void __launch_bounds__(kThreads)
    average_forward_kernel(const T* x, T* y, std::int64_t images, std::int64_t places,
                           std::int64_t channels) {
  AUTOGLM_SHARED(float, shared, kThreads);
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t channel = std::int64_t{blockIdx.x} * kWarp + thread % kWarp;
  for (std::int64_t image = blockIdx.y; image < images; image += gridDim.y) {
    float sum = 0;
    if (channel < channels) {
      for (std::int64_t place = thread / kWarp; place < places; place += kWarps) {
        sum += to_float(x[(image * places + place) * channels + channel]);
      }
    }
    shared[thread] = sum;
    __syncthreads();
    if (thread < kWarp && channel < channels) {
      for (int other = thread + kWarp; other < kThreads; other += kWarp) {
        sum += shared[other];
      }
      y[image * channels + channel] = from_float<T>(sum / static_cast<float>(places));
    }
    __syncthreads();
  }
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    average_backward_kernel(const T* dy, T* dx, std::int64_t images, int places, int channels) {
  const std::int64_t place = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (place >= std::int64_t{places} * channels) {
    return;
  }
  const std::int64_t channel = place % channels;
  for (std::int64_t image = blockIdx.y; image < images; image += gridDim.y) {
    const float share = to_float(dy[image * channels + channel]) / static_cast<float>(places);
    dx[image * places * channels + place] = from_float<T>(share);
  }
}

/// Where a run of W numbers of a patch lies: (ky, kx) of the window, and the first channel.
template <int W>
struct Tap {
  int ky, kx, channel;
};

/// Copies bits: T is any type of the numbers' size.
template <class T>
struct GatherPatches {
  Sizes s;
  const T* x;
  T* patches;
  std::int64_t pitch;

  template <int W>
  __device__ Tap<W> hold(std::int64_t column) const {
    const int place = static_cast<int>(column);
    const int tap = place / s.channels;
    return {tap / s.kernel, tap % s.kernel, place % s.channels};
  }
  template <int W>
  __device__ void apply(const Tap<W>& tap, std::int64_t row, std::int64_t column) const {
    const int output = static_cast<int>(row);
    const int line = output / s.out_width;
    const int iy = line % s.out_height * s.stride - s.padding + tap.ky;
    const int ix = (output - line * s.out_width) * s.stride - s.padding + tap.kx;
    Run<W, T> run{};
    if (iy >= 0 && iy < s.height && ix >= 0 && ix < s.width) {
      const std::int64_t pixel = (std::int64_t{line / s.out_height} * s.height + iy) * s.width + ix;
      run = *reinterpret_cast<const Run<W, T>*>(x + pixel * s.channels + tap.channel);
    }
    *reinterpret_cast<Run<W, T>*>(patches + row * pitch + column) = run;
  }
};

template <class T>
cudaError_t gather_as(const Queue& queue, const nn::Window& window, const nn::Tensor& x,
                      const Patches& patches) {
  constexpr int W = kWide<T>;
  const Sizes sizes = sizes_of(window, x.shape);
  const T* from = static_cast<const T*>(x.data);
  T* to = static_cast<T*>(patches.data);
  const std::int64_t outputs = x.shape[0] * sizes.out_height * sizes.out_width;
  // A run must not reach over channels of one tap, nor a row begin between runs.
  const bool wide = sizes.channels % W == 0 && patches.pitch % W == 0 && all_aligned<W>(from, to);
  return column_map<W>(queue, GatherPatches<T>{sizes, from, to, patches.pitch}, outputs,
                       window.kernel * window.kernel * x.shape[3], wide);
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    add_patches_kernel(Sizes s, const float* patches, T* dx) {
  const int place = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  if (place >= s.width * s.channels) {
    return;
  }
  const int channel = place % s.channels;
  const int ix = place / s.channels;
  const Range across = covering_range(s, ix, s.out_width);
  const int length = s.kernel * s.kernel * s.channels;
  const std::int64_t lines = std::int64_t{s.images} * s.height;
  for (std::int64_t line = blockIdx.y; line < lines; line += gridDim.y) {
    const int iy = static_cast<int>(line % s.height);
    const Range down = covering_range(s, iy, s.out_height);
    float sum = 0;
    for (int oy = down.begin; oy < down.end; ++oy) {
      for (int ox = across.begin; ox < across.end; ++ox) {
        const int ky = iy + s.padding - oy * s.stride;
        const int kx = ix + s.padding - ox * s.stride;
        const std::int64_t output = (line / s.height * s.out_height + oy) * s.out_width + ox;
        sum += patches[output * length + (ky * s.kernel + kx) * s.channels + channel];
      }
    }
    dx[line * s.width * s.channels + place] = from_float<T>(sum);
  }
}

}  // namespace

cudaError_t pool_forward(const Queue& queue, nn::Pooling pooling, const nn::Window& window,
                         const nn::Tensor& x, const nn::Tensor& y, std::int32_t* indices) {
  return with_type(x.type, [&](auto zero) {
    using T = decltype(zero);
    const Sizes sizes = sizes_of(window, x.shape);
    const dim3 grid = place_grid(queue, y.shape[0] * y.shape[1], y.shape[2] * y.shape[3]);
    return launch(
        queue, grid,
        pooling == nn::Pooling::max ? pool_forward_kernel<true, T> : pool_forward_kernel<false, T>,
        sizes, static_cast<const T*>(x.data), static_cast<T*>(y.data), indices);
  });
}

cudaError_t pool_backward(const Queue& queue, nn::Pooling pooling, const nn::Window& window,
                          const nn::Tensor& dy, const std::int32_t* indices, const nn::Tensor& dx) {
  return with_type(dx.type, [&](auto zero) {
    using T = decltype(zero);
    const Sizes sizes = sizes_of(window, dx.shape);
    const dim3 grid = place_grid(queue, dx.shape[0] * dx.shape[1], dx.shape[2] * dx.shape[3]);
    return launch(queue, grid,
                  pooling == nn::Pooling::max ? pool_backward_kernel<true, T>
                                              : pool_backward_kernel<false, T>,
                  sizes, static_cast<const T*>(dy.data), indices, static_cast<T*>(dx.data));
  });
}

cudaError_t global_average_forward(const Queue& queue, const nn::Tensor& x, const nn::Tensor& y) {
  return with_type(x.type, [&](auto zero) {
    using T = decltype(zero);
    const std::int64_t images = x.shape[0];
    const dim3 grid(static_cast<unsigned>(divide_up(x.shape[3], kWarp)), grid_lines(queue, images));
    return launch(queue, grid, average_forward_kernel<T>, static_cast<const T*>(x.data),
                  static_cast<T*>(y.data), images, x.shape[1] * x.shape[2], x.shape[3]);
  });
}

cudaError_t global_average_backward(const Queue& queue, const nn::Tensor& dy,
                                    const nn::Tensor& dx) {
  return with_type(dx.type, [&](auto zero) {
    using T = decltype(zero);
    const std::int64_t places = dx.shape[1] * dx.shape[2];
    return launch(queue, place_grid(queue, dx.shape[0], places * dx.shape[3]),
                  average_backward_kernel<T>, static_cast<const T*>(dy.data),
                  static_cast<T*>(dx.data), dx.shape[0], static_cast<int>(places),
                  static_cast<int>(dx.shape[3]));
  });
}

cudaError_t gather_patches(const Queue& queue, const nn::Window& window, const nn::Tensor& x,
                           const Patches& patches) {
  return nn::size_of(x.type) == 4 ? gather_as<std::uint32_t>(queue, window, x, patches)
                                  : gather_as<std::uint16_t>(queue, window, x, patches);
}

cudaError_t add_patches(const Queue& queue, const nn::Window& window, const float* patches,
                        const nn::Tensor& dx) {
  return with_type(dx.type, [&](auto zero) {
    using T = decltype(zero);
    const dim3 grid = place_grid(queue, dx.shape[0] * dx.shape[1], dx.shape[2] * dx.shape[3]);
    return launch(queue, grid, add_patches_kernel<T>, sizes_of(window, dx.shape), patches,
                  static_cast<T*>(dx.data));
  });
}

}  // namespace autoglm::gpu
