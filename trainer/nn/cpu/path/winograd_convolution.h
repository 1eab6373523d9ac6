// A convolution's output, and the gradients of its input, which are a convolution of the output's
// with the kernels turned by half a circle: by patches (winograd.h).
#pragma once

#include "trainer/nn/cpu/path/linear.h"
#include "trainer/nn/cpu/path/winograd.h"

namespace autoglm::nn::cpu {
namespace {

/// Kernels, transformed: component f of those of `channels` to `out_channels` is the right operand
/// at panels + f * size.
struct KernelPanels {
  float* panels = nullptr;
  Index size = 0;
};

// Kernels that are transformed before they are transposed: a panel's columns, and channels.
constexpr Index kKernelPart = 64;
constexpr Index kKernelBuffer = kComponents * kTileColumns * kKernelPart;

/// The panels of w [out_channels, 3, 3, channels].
inline void pack_kernels(const ImageShape& s, Numbers w, const KernelPanels& kernels,
                         float* buffer) {
  constexpr Index kStep = kTileColumns * kKernelPart;
  const auto pack_part = [&](Index n, Index wide, Range channels, float* to) {
    for (Index r = 0; r < wide; ++r) {
      for (Index c = 0; c < channels.count; c += kLanes) {
        const Index at = (n + r) * 9 * s.channels + channels.first + c;
        Patch patch{};
        for_tile<3, 3>([&](Index u, Index v) {
          patch[u][v] =
              load_numbers(w, at + (u * 3 + v) * s.channels, least(kLanes, channels.count - c));
        });
        transform_kernel(patch);
        for_tile<4, 4>([&](Index u, Index v) {
          store(buffer + (u * kPatch + v) * kStep + r * kKernelPart + c, patch[u][v]);
        });
      }
    }
    for (Index f = 0; f < kComponents; ++f) {
      transpose({buffer + f * kStep, DType::f32}, kKernelPart, {wide, channels.count},
                to + f * kernels.size, panel_width(wide));
    }
  };
  for_right_blocks(s.channels, s.out_channels, [&](const Block& block) {
    float* to = kernels.panels + place_of(block, s.out_channels);
    for (Index j = 0; j < block.columns; j += kTileColumns) {
      const Index wide = least(kTileColumns, block.columns - j);
      for (Index p = 0; p < block.depth; p += kKernelPart) {
        pack_part(block.first_column + j, wide,
                  {block.first + p, least(kKernelPart, block.depth - p)},
                  to + p * panel_width(wide));
      }
      to += panel_width(wide) * block.depth;
    }
  });
}

/// Those of w [channels, 3, 3, out_channels], each turned by half a circle.
inline void pack_turned_kernels(const ImageShape& s, Numbers w, const KernelPanels& kernels) {
  const auto pack_vector = [&](Index channel, Index n, Index count, float* to) {
    const Index last = (channel * 9 + 8) * s.out_channels + n;
    Patch patch{};
    for_tile<3, 3>([&](Index u, Index v) {
      patch[u][v] = load_numbers(w, last - (u * 3 + v) * s.out_channels, count);
    });
    transform_kernel(patch);
    for_tile<4, 4>(
        [&](Index u, Index v) { store(to + (u * kPatch + v) * kernels.size, patch[u][v]); });
  };
  for_right_blocks(s.channels, s.out_channels, [&](const Block& block) {
    for (Index p = 0; p < block.depth; ++p) {
      float* to = kernels.panels + place_of(block, s.out_channels);
      for (Index j = 0; j < block.columns; j += kTileColumns) {
        const Index wide = least(kTileColumns, block.columns - j);
        const Index width = panel_width(wide);
        for (Index v = 0; v < width; v += kLanes) {
          const Index present = wide - v < 0 ? 0 : least(kLanes, wide - v);
          pack_vector(block.first + p, block.first_column + j + v, present, to + p * width + v);
        }
        to += width * block.depth;
      }
    }
  });
}

/// Where components go: those of patch i lie i patch_steps on, and from each other component_steps.
struct Components {
  float* to = nullptr;
  Index patch_step = 0;
  Index component_step = 0;
};

/// The transformed patches of padded images, of these channels; whole vectors are written.
inline void transform_images(const Patches& patches, const float* images, Range range,
                             Range channels, const Components& components) {
  const Padded& padded = patches.padded;
  for_patches(patches, range, [&](Index i, Index image, Index row, Index column) {
    const float* const from = images + image * padded.image() +
                              row * kPatchOutputs * padded.line() +
                              column * kPatchOutputs * padded.channels + channels.first;
    float* const to = components.to + i * components.patch_step;
    for (Index c = 0; c < channels.count; c += kLanes) {
      Patch patch;
      for_tile<4, 4>([&](Index u, Index v) {
        patch[u][v] = load(from + u * padded.line() + v * padded.channels + c);
      });
      transform<4, 4>(patch, transform_inputs);
      for_tile<4, 4>([&](Index u, Index v) {
        store(to + (u * kPatch + v) * components.component_step + c, patch[u][v]);
      });
    }
  });
}

/// Of the products [component, patch, out channel]: a row of channels a patch.
struct PatchProducts {
  float* products = nullptr;
  Index stride = 0;
  Index component_step = 0;
  float* kept = nullptr;  // [4, stride], on the way to 16 bits
};

/// Writes the outputs of these patches of images from `first_image` on.
inline void write_patches(const ImageShape& s, const Patches& patches, Index first_image,
                          Range range, const PatchProducts& from, const Output& output) {
  for_patches(patches, range, [&](Index i, Index image, Index row, Index column) {
    const Index height = least(kPatchOutputs, s.out_height - row * kPatchOutputs);
    const Index width = least(kPatchOutputs, s.out_width - column * kPatchOutputs);
    const Index pixel = ((first_image + image) * s.out_height + row * kPatchOutputs) * s.out_width +
                        column * kPatchOutputs;
    const auto index_of = [&](Index u, Index v) {
      return (pixel + u * s.out_width + v) * s.out_channels;
    };
    float* to[kPatchOutputs][kPatchOutputs];
    for_tile<2, 2>([&](Index u, Index v) {
      float* const kept = from.kept + (u * kPatchOutputs + v) * from.stride;
      to[u][v] = u < height && v < width ? place(output.y, index_of(u, v), kept) : nullptr;
    });
    for_vectors(s.out_channels, [&](Index n, auto get, auto put) {
      const float* const numbers = from.products + i * from.stride + n;
      Patch patch;
      for_tile<4, 4>([&](Index u, Index v) {
        patch[u][v] = load(numbers + (u * kPatch + v) * from.component_step);
      });
      transform_outputs(patch);
      const Lanes bias = output.bias == nullptr ? Lanes{} : get(output.bias + n);
      for_tile<2, 2>([&](Index u, Index v) {
        if (to[u][v] != nullptr) {
          const Lanes sum = patch[u][v] + bias;
          put(to[u][v] + n, output.relu ? rectified(sum) : sum);
        }
      });
    });
    for_tile<2, 2>([&](Index u, Index v) {
      if (to[u][v] != nullptr) {
        written(to[u][v], s.out_channels, output.y, index_of(u, v));
      }
    });
  });
}

/// y = the convolution of x with the kernels that pack(panels, buffer) packs.
template <typename Pack>
inline bool convolve_patches(const ImageShape& s, Numbers x, const Output& output, Scratch& scratch,
                             Pack pack) {
  const Patches patches = patches_of(s);
  const Index at_once = patches_together(s);
  const Index together = images_within(kPatchesOfImages, patches.of_image(), s.batch);
  const Index images_room = patches.padded.room(together);
  const Index stride = rounded_up(s.out_channels, kLanes);
  const Index panels_room = panels_size(s.out_channels, s.channels);
  const Index left_room = kComponents * at_once * kRowStep;
  const Index products_room = kComponents * at_once * stride;
  void* const memory = scratch.reserve(
      floats(kComponents * panels_room) + floats(kKernelBuffer) + floats(images_room) +
      floats(left_room) + floats(products_room) + floats(kPatchOutputs * kPatchOutputs * stride));
  if (memory == nullptr) {
    return false;
  }
  Pieces pieces(memory);
  float* const panels = pieces.floats(kComponents * panels_room);
  float* const buffer = pieces.floats(kKernelBuffer);
  float* const images = pieces.floats(images_room);
  float* const left = pieces.floats(left_room);
  const PatchProducts products{.products = pieces.floats(products_room),
                               .stride = stride,
                               .component_step = at_once * stride,
                               .kept = pieces.floats(kPatchOutputs * kPatchOutputs * stride)};
  pack(KernelPanels{panels, panels_room}, buffer);
  const auto multiply_components = [&](Range depths, Index count) {
    for (Index f = 0; f < kComponents; ++f) {
      const Product product{
          count,
          s.out_channels,
          s.channels,
          {.c = products.products + f * products.component_step, .stride = stride}};
      for_column_blocks(depths, s.out_channels, [&](const Block& block) {
        multiply_block<Left::rows, Cells::f32>(
            product, block, panels + f * panels_room + place_of(block, s.out_channels),
            [&](Index row, Index, Index, Index) { return left + (f * at_once + row) * kRowStep; });
      });
    }
  };
  clear_padding(patches.padded, together, images);
  for (Index image = 0; image < s.batch; image += together) {
    const Index count = least(together, s.batch - image);
    copy_images(patches.padded, x, image, count, images);
    for_parts(count * patches.of_image(), at_once, 1, [&](Index first, Index part) {
      for_depths(s.channels, [&](Index channel, Index depth) {
        transform_images(patches, images, {first, part}, {channel, depth},
                         {left, kRowStep, at_once * kRowStep});
        multiply_components({channel, depth}, part);
      });
      write_patches(s, patches, image, {first, part}, products, output);
    });
  }
  return true;
}

inline bool patches_forward(const ImageShape& s, Numbers x, Numbers w, const Output& output,
                            Scratch& scratch) {
  return convolve_patches(s, x, output, scratch, [&](const KernelPanels& kernels, float* buffer) {
    pack_kernels(s, w, kernels, buffer);
  });
}

/// The convolution that makes dx of dy.
inline ImageShape turned(const ImageShape& s) {
  return {.batch = s.batch,
          .height = s.out_height,
          .width = s.out_width,
          .channels = s.out_channels,
          .out_height = s.height,
          .out_width = s.width,
          .out_channels = s.channels,
          .kernel = s.kernel,
          .stride = s.stride,
          .padding = s.kernel - 1 - s.padding};
}

inline bool patches_backward_data(const ImageShape& s, Numbers dy, Numbers w, Numbers dx,
                                  Scratch& scratch) {
  const ImageShape back = turned(s);
  return convolve_patches(back, dy, {.y = dx}, scratch,
                          [&](const KernelPanels& kernels, float* /*buffer*/) {
                            pack_turned_kernels(back, w, kernels);
                          });
}

}  // namespace
}  // namespace autoglm::nn::cpu
