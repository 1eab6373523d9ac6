#include <algorithm>

#include "trainer/nn/model/device_arena.h"
#include "trainer/nn/model/program.h"

namespace autoglm::nn {
namespace {

using Kind = Instruction::Kind;

template <typename T>
T& at(std::vector<T>& list, std::int32_t i) {
  return list[static_cast<std::size_t>(i)];
}
template <typename T>
const T& at(const std::vector<T>& list, std::int32_t i) {
  return list[static_cast<std::size_t>(i)];
}

// What is known of a value.
struct ValueState {
  StorageId place = kNoStorage;
  StorageId gradient = kNoStorage;  // from when it is written until it is read
  bool kept = false;                // the backward pass reads it
  bool between = false;             // another block reads it than makes it
  bool taught = false;              // it needs a gradient
  bool wanted = false;              // it is to be computed again
};

// Plays a step through, noting for each value where it lies and for each storage when it is
// touched.
class Planner {
 public:
  Planner(const Network& network, const ProgramOptions& options)
      : network_(network),
        options_(options),
        states_(static_cast<std::size_t>(network.values())),
        saved_of_(network.nodes().size(), kNoStorage) {
    note_values();
  }

  Program plan() {
    place_input();
    run_forward();
    play_loss();
    if (options_.mode == Mode::training) {
      run_backward();
    }
    program_.bytes = place(program_.storages);
    return std::move(program_);
  }

 private:
  const std::vector<Node>& nodes() const { return network_.nodes(); }
  std::int32_t node_count() const { return static_cast<std::int32_t>(nodes().size()); }
  ValueState& state(ValueId value) { return at(states_, value); }
  const ValueState& state(ValueId value) const { return at(states_, value); }
  LayerTraits traits(const Node& node) const { return node.layer->traits(options_.mode); }

  // Storages.

  StorageId new_storage(std::size_t bytes) {
    program_.storages.push_back({.bytes = aligned_bytes(bytes), .first = now_, .last = now_});
    return static_cast<StorageId>(program_.storages.size() - 1);
  }
  StorageId new_storage_like(ValueId value) {
    return new_storage(static_cast<std::size_t>(options_.batch * network_.shape(value).count()) *
                       size_of(options_.working));
  }
  void touch(StorageId id) {
    if (id != kNoStorage) {
      at(program_.storages, id).last = now_;
    }
  }
  void emit(std::vector<Instruction>& list, const Instruction& instruction) {
    for (const StorageId id : {instruction.x, instruction.second, instruction.y, instruction.saved,
                               instruction.dy, instruction.dz, instruction.dx}) {
      touch(id);
    }
    list.push_back(instruction);
    ++now_;
  }

  // What the backward pass reads, what lies between blocks, and what needs a gradient.
  void note_values() {
    if (options_.mode == Mode::evaluation) {
      return;
    }
    std::vector<std::int32_t> made_in(states_.size(), -1);
    for (const Node& node : nodes()) {
      const LayerTraits asked = traits(node);
      at(made_in, node.y) = node.block;
      state(node.y).kept = asked.keeps_y;
      state(node.y).taught = !asked.passes_gradient;
      for (const ValueId read : {node.x, node.second}) {
        if (read != kNoValue) {
          state(read).kept = state(read).kept || asked.keeps_x;
          state(node.y).taught = state(node.y).taught || state(read).taught;
          state(read).between = state(read).between || at(made_in, read) != node.block;
        }
      }
    }
    state(network_.output()).between = true;
  }

  // Forward.

  void place_input() {
    program_.input = state(0).place = new_storage_like(0);
    program_.staged = program_.input;
    if (options_.working != DType::f32) {
      program_.staged = new_storage(static_cast<std::size_t>(options_.batch) * 4 *
                                    static_cast<std::size_t>(network_.shape(0).count()));
    }
    program_.truth = new_storage(static_cast<std::size_t>(options_.batch) * options_.truth_bytes);
    ++now_;
  }

  // Whether the value must be as it is when the forward pass, or the one over a block, has ended.
  bool survives(ValueId value, Kind kind) const {
    if (kind == Kind::forward && options_.recompute) {
      return state(value).between;
    }
    return state(value).kept;
  }

  // Whether a node behind `node`, of those that are computed now, reads what lies in `storage`, or
  // the backward pass does.
  bool needed_after(std::int32_t node, StorageId storage, Kind kind) const {
    for (ValueId value = 0; value < network_.values(); ++value) {
      if (state(value).place == storage && survives(value, kind)) {
        return true;
      }
    }
    for (std::int32_t later = node + 1; later < node_count(); ++later) {
      const Node& reader = at(nodes(), later);
      if (state(reader.x).place == storage ||
          (reader.second != kNoValue && state(reader.second).place == storage)) {
        return true;
      }
    }
    return false;
  }

  void play_forward(std::int32_t index, Kind kind, std::vector<Instruction>& list) {
    const Node& node = at(nodes(), index);
    const LayerTraits asked = traits(node);
    const StorageId x = state(node.x).place;
    if (asked.view) {
      state(node.y).place = x;
      return;
    }
    const StorageId second = node.second == kNoValue ? kNoStorage : state(node.second).place;
    const bool in_place = asked.forward_in_place && x != second && !needed_after(index, x, kind);
    const StorageId y = in_place ? x : new_storage_like(node.y);
    state(node.y).place = y;
    StorageId& saved = at(saved_of_, index);
    const SavedWords words = node.layer->saved();
    if (saved == kNoStorage && words.per_sample + words.fixed > 0) {
      saved = new_storage(
          static_cast<std::size_t>(options_.batch * words.per_sample + words.fixed) * 4);
    }
    emit(list, {.kind = kind, .node = index, .x = x, .second = second, .y = y, .saved = saved});
  }

  void run_forward() {
    for (std::int32_t index = 0; index < node_count(); ++index) {
      play_forward(index, Kind::forward, program_.forward);
    }
    program_.output = state(network_.output()).place;
  }

  void play_loss() {
    touch(program_.output);
    touch(program_.truth);
    program_.losses = new_storage(static_cast<std::size_t>(options_.batch) * 4);
    if (options_.mode == Mode::evaluation) {
      program_.results =
          new_storage(static_cast<std::size_t>(options_.batch) * 4 *
                      static_cast<std::size_t>(network_.shape(network_.output()).count()));
    }
    if (options_.mode == Mode::training) {
      program_.output_gradient =
          keeps(program_.output) ? new_storage_like(network_.output()) : program_.output;
      state(network_.output()).gradient = program_.output_gradient;
    }
    ++now_;
  }

  // Whether the backward pass reads what lies in `storage`.
  bool keeps(StorageId storage) const {
    for (ValueId value = 0; value < network_.values(); ++value) {
      if (state(value).place == storage && state(value).kept) {
        return true;
      }
    }
    return false;
  }

  // Backward.

  void run_backward() {
    std::int32_t end = node_count();
    while (end > 0) {
      const std::int32_t block = at(nodes(), end - 1).block;
      std::int32_t begin = end;
      while (begin > 0 && at(nodes(), begin - 1).block == block) {
        --begin;
      }
      if (options_.recompute) {
        compute_again(begin, end);
      }
      for (std::int32_t index = end; index-- > begin;) {
        play_backward(index);
      }
      end = begin;
    }
  }

  // Computes what the block's backward pass reads and the forward pass threw away.
  void compute_again(std::int32_t begin, std::int32_t end) {
    for (std::int32_t index = end; index-- > begin;) {
      const Node& node = at(nodes(), index);
      ValueState& y = state(node.y);
      if (y.between) {
        continue;
      }
      y.place = kNoStorage;
      y.wanted = y.wanted || y.kept;
      state(node.x).wanted = state(node.x).wanted || y.wanted;
      if (node.second != kNoValue) {
        state(node.second).wanted = state(node.second).wanted || y.wanted;
      }
    }
    for (std::int32_t index = begin; index < end; ++index) {
      const ValueState& y = state(at(nodes(), index).y);
      if (!y.between && y.wanted) {
        play_forward(index, Kind::again, program_.backward);
      }
    }
  }

  // Whether a gradient that is still to be read, other than that of `value`, lies in `storage`.
  bool read_later(StorageId storage, ValueId value) const {
    for (ValueId other = 0; other < network_.values(); ++other) {
      if (other != value && state(other).gradient == storage) {
        return true;
      }
    }
    return false;
  }

  void play_backward(std::int32_t index) {
    const Node& node = at(nodes(), index);
    const LayerTraits asked = traits(node);
    const StorageId dy = state(node.y).gradient;
    if (dy == kNoStorage) {
      return;  // nothing before it learns
    }
    const bool wants_dx = asked.needs_dx || state(node.x).taught ||
                          (node.second != kNoValue && state(node.second).taught);
    StorageId dx = kNoStorage;
    if (asked.passes_gradient) {
      dx = dy;
    } else {
      const bool shared = read_later(dy, node.y);
      const StorageId dz = !asked.needs_dz ? kNoStorage : shared ? new_storage_like(node.y) : dy;
      if (wants_dx) {
        dx = asked.backward_in_place && !shared ? dy : new_storage_like(node.x);
      }
      emit(program_.backward, {.kind = Kind::backward,
                               .node = index,
                               .x = asked.keeps_x ? state(node.x).place : kNoStorage,
                               .y = asked.keeps_y ? state(node.y).place : kNoStorage,
                               .saved = at(saved_of_, index),
                               .dy = dy,
                               .dz = dz,
                               .dx = dx});
    }
    state(node.y).gradient = kNoStorage;
    hand_down(node.x, dx);
    hand_down(node.second, dx);
  }

  // Adds what lies in `dx` to the gradient of `value`; in the place of either, unless another
  // value's gradient lies there too.
  void hand_down(ValueId value, StorageId dx) {
    if (value == kNoValue || !state(value).taught) {
      return;
    }
    StorageId& gradient = state(value).gradient;
    if (gradient == kNoStorage) {
      gradient = dx;
      return;
    }
    const StorageId sum = !read_later(dx, value)         ? dx
                          : !read_later(gradient, value) ? gradient
                                                         : new_storage_like(value);
    emit(program_.backward,
         {.kind = Kind::sum, .node = value, .x = gradient, .second = dx, .y = sum});
    gradient = sum;
  }

  const Network& network_;
  ProgramOptions options_;
  Program program_;
  std::int32_t now_ = 0;
  std::vector<ValueState> states_;
  std::vector<StorageId> saved_of_;  // of each node
};

}  // namespace

Program plan_program(const Network& network, const ProgramOptions& options) {
  return Planner(network, options).plan();
}

}  // namespace autoglm::nn
