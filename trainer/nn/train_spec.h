// What a training run is told, read and checked: the sections model, data and training of a trial
// of kind "train" (docs/training.md says what each key means; trainer/parse_train_spec.h reads
// them).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trainer/nn/backend.h"
#include "trainer/nn/tensor.h"

namespace autoglm::nn {

enum class Norm { none, batch, layer };

/// A network for one sample of whatever shape the data has; its last layer gives as many numbers as
/// there are classes or targets. mlp: a hidden layer for each of `units`. cnn: a stage for each of
/// `channels`, of `blocks` convolutions (residual: of two-convolution blocks) each; between stages
/// the image is halved; then the mean over the image, a hidden layer for each of `units`, the last.
struct ModelSpec {
  enum class Type { mlp, cnn };
  enum class Halving { max, average, stride };

  Type type = Type::mlp;
  std::vector<std::int64_t> units{};     // >= 1 each
  std::vector<std::int64_t> channels{};  // cnn: >= 1 each, at least one
  std::int64_t blocks = 1;               // cnn: of a stage, >= 1
  std::int64_t kernel = 3;               // cnn: odd, 1 to 15
  Halving halving = Halving::max;        // cnn
  Norm norm = Norm::none;
  Activation activation = Activation::relu;
  double dropout = 0;     // in [0, 1); after each hidden layer, in a cnn before the last layer and
                          // after each hidden one
  bool residual = false;  // mlp: x + f(x) where widths are equal
};

enum class Task { automatic, classification, regression };

struct DataSpec {
  enum class Format { automatic, csv, tsv, jsonl, idx, raw };
  enum class ColumnType { number, category, ignore };
  enum class MissingNumber { mean, zero, skip_row, error };
  enum class MissingCategory { own, skip_row, error };  // own: a category like the others
  enum class RawType { u8, f32 };

  std::string path{};                 // absolute, or relative to where the program runs
  Format format = Format::automatic;  // by the ending of the path
  Task task = Task::automatic;
  std::string target{};  // a column's name; without a header its number, from 0. Tables only
  std::vector<std::pair<std::string, ColumnType>> columns{};  // what is not to be inferred
  MissingNumber missing_number = MissingNumber::mean;         // of the training part
  MissingCategory missing_category = MissingCategory::own;
  bool header = true;          // csv and tsv: the first line names the columns
  char separator = 0;          // csv and tsv: between fields; 0: a comma, a tab
  bool skip_bad_rows = false;  // counted; else the first one is an error
  bool standardize = true;     // numbers: to mean 0, deviation 1 over the training part

  RawType raw_type = RawType::u8;  // raw: of the images
  std::string labels{};            // idx, raw: the path of the labels
  struct Image {
    std::int64_t height = 0, width = 0, channels = 1;  // 1 to 65536 each
  };
  std::optional<Image> image{};  // raw: required; tables: the features are one, row by row

  double validation = 0.2;          // share of the rows, in (0, 1)
  std::string validation_path{};    // a file of its own instead
  std::string validation_labels{};  // idx, raw: of validation_path
  double test = 0;                  // share of the rows, in [0, 1)
  std::string test_path{};          // a file of its own instead
  std::string test_labels{};        // idx, raw: of test_path
  std::int64_t folds = 1;           // > 1: cross-validation; `validation` is not used
  std::uint64_t split_seed = 0;     // the same split for every trial of a study
  std::int64_t shift = 0;           // images, in training: by up to so many pixels, 0 to 65536
  std::int64_t memory_bytes = 1'000'000'000;  // above this rows are read as they are needed
  bool stratify = true;                       // classification: every part has the classes' shares
  bool flip = false;  // images, in training: left to right, for half of them
};

enum class Precision { fp32, bf16, fp16 };
constexpr DType working_type(Precision precision) {
  return precision == Precision::fp32   ? DType::f32
         : precision == Precision::bf16 ? DType::bf16
                                        : DType::f16;
}

enum class MemoryProfile {
  efficient,   // activations inside a block are computed again in the backward pass; without batch
               // norm, a batch is split into up to four pieces of at least 16 samples, whose
               // gradients are added up
  balanced,    // all activations are kept
  performance  // and the next batch is prepared while this one trains
};

struct OptimizerSpec {
  enum class Type { sgd, adam, adamw };
  Type type = Type::adamw;
  double lr = 1e-3;
  double momentum = 0.9;  // sgd
  bool nesterov = false;  // sgd
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0.01;  // sgd, adam: added to the gradient, default 0
  bool decay_all = false;      // also biases and norms
  /// For parameters whose name begins with `prefix` ("fc1", "conv2.weight"), though not within a
  /// number: "fc1" is not for fc10. The longest counts; one without parameters is a mistake.
  struct Group {
    std::string prefix{};
    double lr_factor = 1;
    std::optional<double> weight_decay{};
  };
  std::vector<Group> groups{};
};

/// Learning rates over the run: run/learning_rate.h has the formulas.
struct ScheduleSpec {
  enum class Type { constant, step, exponential, cosine, cosine_restarts };
  Type type = Type::constant;
  double step_epochs = 10;   // step: every so many epochs …; > 0
  double factor = 0.9;       // … times this; exponential: each epoch; in (0, 1]
  double least = 0;          // cosines: the end, as a share of lr; in [0, 1]
  double first_epochs = 10;  // cosine_restarts: until the first restart; > 0
  double growth = 2;         // cosine_restarts: each cycle is so many times the last one; >= 1
  double warmup_epochs = 0;  // linear, before the schedule begins; >= 0
};

struct LossSpec {
  enum class Type { automatic, cross_entropy, focal, squared };
  Type type = Type::automatic;  // by the task
  double label_smoothing = 0;   // cross_entropy: in [0, 1)
  double focal_alpha = 1;       // focal: > 0
  double focal_gamma = 2;       // focal: >= 0; 0 is cross_entropy times alpha
};

/// When a run is ended before its last epoch: run/watch.h has the rules. 0: no such end.
struct WatchSpec {
  std::int64_t patience = 0;     // epochs without a better validation loss; >= 0
  double least_change = 1e-4;    // what counts as better, in the loss's unit; >= 0
  std::int64_t overfitting = 0;  // epochs in a row in which validation loss rises and training loss
                                 // falls; >= 0
  double divergence = 1e3;       // training loss above so many times the first; 0, or > 1
  double vanishing = 1e-8;       // gradient norm below; >= 0
  double exploding = 1e4;        // gradient norm above; >= 0
  std::int64_t interval = 50;    // updates between looks, and for which these must last; >= 1
};

struct TrainingSpec {
  OptimizerSpec optimizer{};
  ScheduleSpec schedule{};
  LossSpec loss{};
  WatchSpec watch{};
  std::int64_t batch = 32;
  std::int64_t accumulation = 1;  // batches whose gradients make one update
  std::int64_t epochs = 10;
  double clip_norm = 1;  // 0: none
  Precision precision = Precision::fp32;
  MemoryProfile memory = MemoryProfile::balanced;
  std::optional<std::int64_t> memory_limit_bytes{};  // above it a configuration is infeasible
  std::string device{"cpu"};                         // cpu, cuda, cuda-emul, auto
  std::int64_t top_k = 5;                            // of precision_at_k and ndcg
  double checkpoint_seconds = 30;                    // between checkpoints; 0: after each epoch
  bool keep_weights = false;                         // in a file beside the checkpoint, at the end
  std::uint64_t seed = 0;                            // of weights, order, dropout, augmentation
};

struct TrainSpec {
  ModelSpec model{};
  DataSpec data{};
  TrainingSpec training{};
};

}  // namespace autoglm::nn
