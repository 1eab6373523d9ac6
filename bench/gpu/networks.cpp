#include "bench/gpu/networks.h"

#include "bench/gpu/parameters.h"

namespace autoglm::bench {
namespace {

using nn::Activation;

/// A row of statuses: what follows a failure is not called.
class Calls {
 public:
  template <class F>
  void operator()(F f) {
    if (status_ == Status::ok) {
      status_ = f();
    }
  }
  Status status() const { return status_; }

 private:
  Status status_ = Status::ok;
};

std::int32_t* labels_of(Memory& memory, std::int64_t batch, std::int32_t classes) {
  std::vector<std::int32_t> labels(static_cast<std::size_t>(batch));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i] = static_cast<std::int32_t>(i) % classes;
  }
  void* made = memory.zeros(labels.size() * 4);
  memory.check(memory.backend().upload(made, labels.data(), labels.size() * 4));
  return static_cast<std::int32_t*>(made);
}

struct Dense {
  std::int64_t weight = 0, bias = 0;
  Shape shape{};
};

Dense reserve_dense(Parameters& parameters, std::int64_t outputs, std::int64_t inputs) {
  return {parameters.reserve(outputs * inputs), parameters.reserve(outputs), {outputs, inputs}};
}

class Mlp final : public TrainingStep {
 public:
  Mlp(Memory& memory, DType type, std::int64_t batch, const std::vector<std::int64_t>& widths)
      : backend_(memory.backend()),
        parameters_(memory, type),
        labels_(labels_of(memory, batch, static_cast<std::int32_t>(widths.back()))),
        losses_(memory.floats(batch)),
        scale_(1 / static_cast<float>(batch)) {
    activations_.push_back(memory.random(type, {batch, widths[0]}));
    for (std::size_t i = 1; i < widths.size(); ++i) {
      layers_.push_back(reserve_dense(parameters_, widths[i], widths[i - 1]));
      activations_.push_back(memory.empty(type, {batch, widths[i]}));
      gradients_.push_back(memory.empty(type, {batch, widths[i]}));
    }
    parameters_.make();
  }

  Status run() override {
    Calls call;
    call([&] { return parameters_.clear(); });
    const std::size_t last = layers_.size() - 1;
    for (std::size_t i = 0; i <= last; ++i) {
      const Dense& layer = layers_[i];
      call([&] {
        return backend_.linear_forward(activations_[i],
                                       parameters_.working(layer.weight, layer.shape),
                                       parameters_.master(layer.bias), activations_[i + 1],
                                       i == last ? Activation::identity : Activation::relu);
      });
    }
    call([&] {
      return backend_.class_loss({}, activations_.back(), labels_, scale_, parameters_.state(),
                                 losses_, gradients_.back());
    });
    for (std::size_t i = last + 1; i-- > 0;) {
      backward(call, i);
    }
    call([&] { return parameters_.update(); });
    return call.status();
  }

 private:
  void backward(Calls& call, std::size_t i) {
    const Dense& layer = layers_[i];
    call([&] {
      return backend_.linear_backward_weight(gradients_[i], activations_[i],
                                             parameters_.gradient(layer.weight),
                                             parameters_.gradient(layer.bias));
    });
    if (i == 0) {
      return;
    }
    const Tensor& dx = gradients_[i - 1];
    call([&] {
      return backend_.linear_backward_data(gradients_[i],
                                           parameters_.working(layer.weight, layer.shape), dx);
    });
    call([&] { return backend_.activation_backward(Activation::relu, activations_[i], dx, dx); });
  }

  Backend& backend_;
  Parameters parameters_;
  std::int32_t* labels_;
  float* losses_;
  float scale_;
  std::vector<Dense> layers_{};
  std::vector<Tensor> activations_{};  // the input first
  std::vector<Tensor> gradients_{};    // of the layers' outputs
};

/// One layer of a chain: from value i to value i + 1.
struct Node {
  enum class Kind { convolution, batch_norm, relu, pool };
  Kind kind = Kind::relu;
  std::int64_t weight = 0;  // of a batch norm: gamma
  std::int64_t beta = 0;
  Shape shape{};  // of the weight
  Backend::BatchNorm norm{};
  std::int32_t* indices = nullptr;  // of a pool
};

class Cnn final : public TrainingStep {
 public:
  Cnn(Memory& memory, DType type, std::int64_t batch, std::int64_t size,
      const std::vector<std::int64_t>& channels)
      : memory_(memory),
        backend_(memory.backend()),
        parameters_(memory, type),
        labels_(labels_of(memory, batch, kClasses)),
        losses_(memory.floats(batch)),
        scale_(1 / static_cast<float>(batch)) {
    values_.push_back(memory.random(type, {batch, size, size, 3}));
    gradients_.emplace_back();  // nobody asks for that of the images
    for (const std::int64_t count : channels) {
      add_convolution(count);
      add_convolution(count);
      add_pool();
    }
    const std::int64_t features = values_.back().shape[3];
    dense_ = reserve_dense(parameters_, kClasses, features);
    parameters_.make();
    for (Node& node : nodes_) {
      node.norm.gamma = parameters_.master(node.weight);
      node.norm.beta = parameters_.master(node.beta);
    }
    features_ = memory.empty(type, {batch, features});
    dfeatures_ = memory.empty(type, features_.shape);
    logits_ = memory.empty(type, {batch, kClasses});
    dlogits_ = memory.empty(type, logits_.shape);
  }

  Status run() override {
    Calls call;
    call([&] { return parameters_.clear(); });
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      call([&] { return forward(nodes_[i], values_[i], values_[i + 1]); });
    }
    last_layers(call);
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      backward(call, i);
    }
    call([&] { return parameters_.update(); });
    return call.status();
  }

 private:
  static constexpr std::int32_t kClasses = 10;
  static constexpr nn::Window kWindow{3, 1, 1};
  static constexpr nn::Window kPool{2, 2, 0};

  void add(const Node& node, const Shape& shape) {
    nodes_.push_back(node);
    values_.push_back(memory_.empty(values_[0].type, shape));
    gradients_.push_back(memory_.empty(values_[0].type, shape));
  }
  void add_convolution(std::int64_t count) {
    Shape shape = values_.back().shape;
    const Shape weight{count, kWindow.kernel, kWindow.kernel, shape[3]};
    shape.sizes[3] = count;
    add({.kind = Node::Kind::convolution,
         .weight = parameters_.reserve(weight.count()),
         .shape = weight},
        shape);
    Node norm{.kind = Node::Kind::batch_norm,
              .weight = parameters_.reserve(count),
              .beta = parameters_.reserve(count)};
    norm.norm.mean = memory_.floats(count);
    norm.norm.inverse_deviation = memory_.floats(count);
    norm.norm.running_mean = memory_.floats(count);
    norm.norm.running_variance = memory_.floats(count);
    add(norm, shape);
    add({.kind = Node::Kind::relu}, shape);
  }
  void add_pool() {
    const Shape& x = values_.back().shape;
    const Shape y{x[0], kPool.output(x[1]), kPool.output(x[2]), x[3]};
    add({.kind = Node::Kind::pool,
         .indices =
             static_cast<std::int32_t*>(memory_.zeros(static_cast<std::size_t>(y.count()) * 4))},
        y);
  }

  Status forward(const Node& node, const Tensor& x, const Tensor& y) {
    switch (node.kind) {
      case Node::Kind::convolution:
        return backend_.conv_forward(kWindow, x, parameters_.working(node.weight, node.shape),
                                     nullptr, y, Activation::identity);
      case Node::Kind::batch_norm:
        return backend_.batch_norm_forward(node.norm, x, y);
      case Node::Kind::relu:
        return backend_.activation_forward(Activation::relu, x, y);
      case Node::Kind::pool:
        return backend_.pool_forward(nn::Pooling::max, kPool, x, y, node.indices);
    }
    return Status::bad_argument;
  }

  void last_layers(Calls& call) {
    const Tensor w = parameters_.working(dense_.weight, dense_.shape);
    call([&] { return backend_.global_average_forward(values_.back(), features_); });
    call([&] {
      return backend_.linear_forward(features_, w, parameters_.master(dense_.bias), logits_,
                                     Activation::identity);
    });
    call([&] {
      return backend_.class_loss({}, logits_, labels_, scale_, parameters_.state(), losses_,
                                 dlogits_);
    });
    call([&] {
      return backend_.linear_backward_weight(dlogits_, features_,
                                             parameters_.gradient(dense_.weight),
                                             parameters_.gradient(dense_.bias));
    });
    call([&] { return backend_.linear_backward_data(dlogits_, w, dfeatures_); });
    call([&] { return backend_.global_average_backward(dfeatures_, gradients_.back()); });
  }

  void backward(Calls& call, std::size_t i) {
    const Node& node = nodes_[i];
    const Tensor& dy = gradients_[i + 1];
    const Tensor& dx = gradients_[i];
    call([&] {
      switch (node.kind) {
        case Node::Kind::convolution:
          return backend_.conv_backward_weight(kWindow, dy, values_[i],
                                               parameters_.gradient(node.weight), nullptr);
        case Node::Kind::batch_norm:
          return backend_.batch_norm_backward(node.norm, values_[i], dy, dx,
                                              parameters_.gradient(node.weight),
                                              parameters_.gradient(node.beta));
        case Node::Kind::relu:
          return backend_.activation_backward(Activation::relu, values_[i + 1], dy, dx);
        case Node::Kind::pool:
          return backend_.pool_backward(nn::Pooling::max, kPool, dy, node.indices, dx);
      }
      return Status::bad_argument;
    });
    if (node.kind == Node::Kind::convolution && i > 0) {
      call([&] {
        return backend_.conv_backward_data(kWindow, dy,
                                           parameters_.working(node.weight, node.shape), dx);
      });
    }
  }

  Memory& memory_;
  Backend& backend_;
  Parameters parameters_;
  std::int32_t* labels_;
  float* losses_;
  float scale_;
  std::vector<Node> nodes_{};
  std::vector<Tensor> values_{};     // the images first
  std::vector<Tensor> gradients_{};  // of the values
  Dense dense_{};
  Tensor features_{}, dfeatures_{}, logits_{}, dlogits_{};
};

}  // namespace

std::unique_ptr<TrainingStep> make_mlp(Memory& memory, DType type, std::int64_t batch,
                                       const std::vector<std::int64_t>& widths) {
  return std::make_unique<Mlp>(memory, type, batch, widths);
}

std::unique_ptr<TrainingStep> make_cnn(Memory& memory, DType type, std::int64_t batch,
                                       std::int64_t size,
                                       const std::vector<std::int64_t>& channels) {
  return std::make_unique<Cnn>(memory, type, batch, size, channels);
}

}  // namespace autoglm::bench
