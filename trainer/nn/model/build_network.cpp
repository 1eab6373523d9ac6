#include <string>
#include <utility>

#include "trainer/nn/model/layers.h"
#include "trainer/nn/model/network.h"

namespace autoglm::nn {
namespace {

// Appends layers to a network, one after another, and counts their names.
class Builder {
 public:
  Builder(const ModelSpec& spec, const Shape& sample) : spec_(spec), network_(sample) {
    if (spec.norm == Norm::batch) {
      network_.set_mixes_samples();
    }
  }

  void flatten() {
    if (shape().rank > 1) {
      apply(make_flatten(shape()));
    }
  }

  // fc - norm - activation - dropout; the mlp's may be residual.
  void hidden_layer(std::int64_t units, bool residual) {
    network_.begin_block();
    const ValueId skip = now_;
    const bool adds = residual && shape() == Shape{units};
    const bool fused = spec_.norm == Norm::none && spec_.activation == Activation::relu;
    linear(units, fused ? Activation::relu : Activation::identity, spec_.norm != Norm::batch);
    if (!fused) {
      norm_and_activation();
    }
    dropout();
    if (adds) {
      now_ = network_.add(make_residual_sum(Activation::identity, shape()), now_, skip);
    }
  }

  // conv - norm - activation
  void plain_block(std::int64_t channels, std::int64_t stride) {
    network_.begin_block();
    const bool fused = spec_.norm == Norm::none && spec_.activation == Activation::relu;
    convolution("conv" + std::to_string(++convolutions_), channels, square(spec_.kernel, stride),
                fused ? Activation::relu : Activation::identity);
    if (!fused) {
      norm_and_activation();
    }
  }

  // The basic block of He et al., arXiv:1512.03385, figure 2, with their option B, a projection,
  // where the shape changes: conv - norm - activation - conv - norm, plus what came in, activation.
  void residual_block(std::int64_t channels, std::int64_t stride) {
    const ValueId in = now_;
    const Shape before = shape();
    plain_block(channels, stride);
    convolution("conv" + std::to_string(++convolutions_), channels, square(spec_.kernel, 1),
                Activation::identity);
    norm();
    const ValueId branch = now_;
    now_ = in;
    if (before.last() != channels || stride != 1) {
      convolution("project" + std::to_string(++projections_), channels, square(1, stride),
                  Activation::identity);
      norm();
    }
    const bool relu = spec_.activation == Activation::relu;
    now_ = network_.add(make_residual_sum(relu ? Activation::relu : Activation::identity, shape()),
                        branch, now_);
    if (!relu) {
      activation();
    }
  }

  void halve(Pooling pooling) {
    apply(make_pooling(pooling, {.kernel = 2, .stride = 2, .padding = 0}, shape()));
  }
  void global_average() { apply(make_global_average(shape())); }
  void dropout() {
    if (spec_.dropout > 0) {
      apply(make_dropout(static_cast<float>(spec_.dropout), shape()));
    }
  }
  void last_layer(std::int64_t outputs) {
    network_.begin_block();
    linear(outputs, Activation::identity, true);
  }

  const Shape& shape() const { return network_.shape(now_); }
  Network finish() { return std::move(network_); }

 private:
  static Window square(std::int64_t kernel, std::int64_t stride) {
    return {.kernel = kernel, .stride = stride, .padding = kernel / 2};
  }

  void apply(std::unique_ptr<Layer> layer) { now_ = network_.add(std::move(layer), now_); }

  void linear(std::int64_t units, Activation activation, bool bias) {
    apply(
        make_linear(network_.layout(), "fc" + std::to_string(++linears_),
                    {.in = shape().last(), .out = units, .bias = bias, .activation = activation}));
  }

  void convolution(const std::string& name, std::int64_t channels, const Window& window,
                   Activation activation) {
    apply(make_convolution(network_.layout(), name,
                           {.input = shape(),
                            .channels = channels,
                            .window = window,
                            .bias = spec_.norm != Norm::batch,
                            .activation = activation}));
  }

  // The activation only of a batch norm.
  void norm(Activation activation = Activation::identity) {
    if (spec_.norm == Norm::none) {
      return;
    }
    const std::string name = "norm" + std::to_string(++norms_);
    apply(spec_.norm == Norm::batch ? make_batch_norm(network_.layout(), name, shape(), activation)
                                    : make_layer_norm(network_.layout(), name, shape()));
  }

  void norm_and_activation() {
    const bool together = spec_.norm == Norm::batch && spec_.activation == Activation::relu;
    norm(together ? Activation::relu : Activation::identity);
    if (together) {
      network_.leave_out_stream();
    } else {
      activation();
    }
  }

  void activation() {
    if (spec_.activation != Activation::identity) {
      apply(make_activation(spec_.activation, shape()));
    }
  }

  const ModelSpec& spec_;
  Network network_;
  ValueId now_ = 0;
  int linears_ = 0;
  int convolutions_ = 0;
  int projections_ = 0;
  int norms_ = 0;
};

// Before the stages after the first.
void halve_by_pooling(Builder& builder, const ModelSpec& spec, std::size_t stage) {
  if (builder.shape()[0] < 2 || builder.shape()[1] < 2) {
    throw ModelError("model.channels: " + std::to_string(spec.channels.size()) +
                     " stages: before stage " + std::to_string(stage + 1) + " an image of " +
                     std::to_string(builder.shape()[0]) + " x " +
                     std::to_string(builder.shape()[1]) +
                     " cannot be halved; take fewer stages, or set model.halving to \"stride\"");
  }
  builder.halve(spec.halving == ModelSpec::Halving::max ? Pooling::max : Pooling::average);
}

void build_stages(Builder& builder, const ModelSpec& spec) {
  const bool strides = spec.halving == ModelSpec::Halving::stride;
  for (std::size_t stage = 0; stage < spec.channels.size(); ++stage) {
    if (stage > 0 && !strides) {
      halve_by_pooling(builder, spec, stage);
    }
    for (std::int64_t block = 0; block < spec.blocks; ++block) {
      const std::int64_t stride = stage > 0 && block == 0 && strides ? 2 : 1;
      if (spec.residual) {
        builder.residual_block(spec.channels[stage], stride);
      } else {
        builder.plain_block(spec.channels[stage], stride);
      }
    }
  }
}

}  // namespace

Network build_network(const ModelSpec& spec, const Shape& sample, std::int64_t outputs) {
  const bool cnn = spec.type == ModelSpec::Type::cnn;
  if (cnn && sample.rank != 3) {
    throw ModelError("model.type: a cnn needs images, and a sample of this data is a row of " +
                     std::to_string(sample.count()) +
                     " numbers; set data.image, or model.type to \"mlp\"");
  }
  Builder builder(spec, sample);
  if (cnn) {
    build_stages(builder, spec);
    builder.global_average();
    if (spec.units.empty()) {
      builder.dropout();
    }
  } else {
    builder.flatten();
  }
  for (const std::int64_t units : spec.units) {
    builder.hidden_layer(units, !cnn && spec.residual);
  }
  builder.last_layer(outputs);
  return builder.finish();
}

}  // namespace autoglm::nn
