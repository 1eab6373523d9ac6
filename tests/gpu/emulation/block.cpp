#include "tests/gpu/emulation/block.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "tests/gpu/emulation/device.h"
#include "tests/gpu/emulation/fiber.h"
#include "tests/gpu/emulation/sanitizer.h"
#include "tests/gpu/emulation/shared.h"

namespace autoglm::emulation {

ThreadPlace running;
const RunningThread* running_thread = nullptr;

namespace {

constexpr std::size_t kLanes = 32;

enum class Meeting { none, block, warp, exchange };

struct Lane {
  enum class State { fresh, ready, waiting, done };

  State state = State::fresh;
  bool inside = false;  // of the kernel
  RunningThread thread{};
  Meeting meeting = Meeting::none;
  unsigned mask = 0;
  SourceLine at{};
  std::uint64_t given = 0;
  int from = 0;  // the lane whose number is wanted
  std::uint64_t got = 0;
  std::unique_ptr<Fiber> fiber{};
};

using Fibers = std::vector<std::unique_ptr<Fiber>>;

/// Of the blocks that run at a place.
Fibers& free_fibers(unsigned place) {
  // Never destroyed: a fiber may stand still in a kernel that was given up.
  static auto& made = *new std::vector<Fibers>(sanitizer().places());
  return made.at(place);
}

/// Those that stand still for good.
Fibers& lost_fibers() {
  static auto& made = *new Fibers;
  return made;
}

bool is_same(const Lane& a, const Lane& b) {
  return a.meeting == b.meeting && a.mask == b.mask && a.at.line == b.at.line &&
         a.at.file == b.at.file;
}

class Block {
 public:
  Block(const Launch& launch, std::size_t threads) : launch_(launch), lanes_(threads) {}

  void run(unsigned place, std::mt19937_64& draw);
  void end_thread() { sanitizer().end_thread(place_); }
  void wait(Meeting meeting, unsigned mask, const SourceLine& at);
  Lane& current() { return lanes_[current_]; }

 private:
  unsigned block_number() const {
    return running.block.x +
           launch_.blocks.x * (running.block.y + launch_.blocks.y * running.block.z);
  }
  Barrier barrier_of(const Lane& lane) const;
  void run_lane(std::size_t number);
  bool run_warp(std::size_t first, std::mt19937_64& draw);
  bool release_warp(std::size_t first);
  bool release_lanes(std::size_t first, std::size_t end, std::size_t lane);
  bool release_block();
  void complain_at(const Lane& lane, const std::string& what) const;
  void give_back_fibers();

  const Launch& launch_;
  std::vector<Lane> lanes_;
  std::size_t current_ = 0;
  unsigned place_ = 0;
};

Block* block = nullptr;  // that runs

void order(std::vector<std::size_t>& numbers, std::mt19937_64& draw) {
  switch (settings().order) {
    case Settings::Order::forward:
      break;
    case Settings::Order::reverse:
      std::reverse(numbers.begin(), numbers.end());
      break;
    case Settings::Order::random:
      std::shuffle(numbers.begin(), numbers.end(), draw);
      break;
  }
}

std::vector<std::size_t> numbers_from(std::size_t first, std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

void Block::complain_at(const Lane& lane, const std::string& what) const {
  const std::string file = lane.at.file;
  complain(what + " at " + file.substr(file.rfind('/') + 1) + ":" + std::to_string(lane.at.line) +
           ", thread " + std::to_string(&lane - lanes_.data()) + " of block " +
           std::to_string(block_number()));
}

void Block::wait(Meeting meeting, unsigned mask, const SourceLine& at) {
  Lane& lane = current();
  lane.meeting = meeting;
  lane.mask = mask;
  lane.at = at;
  lane.state = Lane::State::waiting;
  const Barrier barrier = barrier_of(lane);
  if (meeting != Meeting::exchange) {
    sanitizer().reach(barrier);
  }
  lane.fiber->stop();
  if (meeting != Meeting::exchange) {
    sanitizer().pass(barrier);
  }
}

Barrier Block::barrier_of(const Lane& lane) const {
  const bool warp = lane.meeting == Meeting::warp;
  return {.place = place_,
          .group = warp ? static_cast<unsigned>(current_ / kLanes) + 1 : 0,
          .turn = warp ? lane.thread.number.warp_barrier : lane.thread.number.barrier};
}

void Block::run_lane(std::size_t number) {
  Lane& lane = lanes_[number];
  current_ = number;
  const auto i = static_cast<unsigned>(number);
  running.thread = {i % launch_.threads.x, i / launch_.threads.x % launch_.threads.y,
                    i / launch_.threads.x / launch_.threads.y};
  if (lane.state == Lane::State::fresh) {
    Fibers& fibers = free_fibers(place_);
    if (fibers.empty()) {
      fibers.push_back(std::make_unique<Fiber>());
    }
    lane.fiber = std::move(fibers.back());
    fibers.pop_back();
    lane.thread = {
        &launch_, {block_number(), 0, i}, lane.fiber->stack_begin(), lane.fiber->stack_end()};
    lane.fiber->begin(launch_.thread);
  } else {
    running_thread = lane.inside ? &lane.thread : nullptr;
    lane.fiber->go_on();
  }
  running_thread = nullptr;
  if (lane.fiber->is_free()) {
    lane.state = Lane::State::done;
    if (sanitizer().places() == 1) {
      free_fibers(place_).push_back(std::move(lane.fiber));
    }
  }
}

/// A warp runs as far ahead as it can: threads that miss a barrier are seen best so.
bool Block::run_warp(std::size_t first, std::mt19937_64& draw) {
  const std::size_t count = std::min(kLanes, lanes_.size() - first);
  bool ran = false;
  do {
    std::vector<std::size_t> lanes = numbers_from(first, count);
    order(lanes, draw);
    for (const std::size_t lane : lanes) {
      if (lanes_[lane].state == Lane::State::fresh || lanes_[lane].state == Lane::State::ready) {
        run_lane(lane);
        ran = true;
      }
    }
  } while (release_warp(first) && !broken());
  return ran;
}

/// Whether anyone was let go on.
bool Block::release_warp(std::size_t first) {
  const std::size_t end = std::min(lanes_.size(), first + kLanes);
  bool released = false;
  for (std::size_t lane = first; lane < end; ++lane) {
    const Lane& waiting = lanes_[lane];
    if (waiting.state == Lane::State::waiting && waiting.meeting != Meeting::block) {
      released = release_lanes(first, end, lane) || released;
    }
  }
  return released;
}

/// Lets the lanes that `lane` waits for go on if all are there.
bool Block::release_lanes(std::size_t first, std::size_t end, std::size_t lane) {
  const Lane leader = [&] {
    Lane copy;
    copy.meeting = lanes_[lane].meeting;
    copy.mask = lanes_[lane].mask;
    copy.at = lanes_[lane].at;
    return copy;
  }();
  const auto named = [&](std::size_t i) { return (leader.mask >> (i - first) & 1U) != 0; };
  if (!named(lane)) {
    complain_at(lanes_[lane], "a thread is not in its own mask");
    return false;
  }
  for (std::size_t i = first; i < end; ++i) {
    if (named(i) && lanes_[i].state == Lane::State::done) {
      complain_at(lanes_[lane],
                  "a warp waits for thread " + std::to_string(i) + ", which has ended,");
      return false;
    }
    if (named(i) && (lanes_[i].state != Lane::State::waiting || !is_same(lanes_[i], leader))) {
      return false;
    }
  }
  for (std::size_t i = first; i < end; ++i) {
    if (named(i)) {
      const std::size_t from = first + static_cast<std::size_t>(lanes_[i].from);
      if (leader.meeting == Meeting::exchange && (from >= end || !named(from))) {
        complain_at(lanes_[i], "a thread asks a lane that takes no part");
        return false;
      }
      lanes_[i].got = leader.meeting == Meeting::exchange ? lanes_[from].given : 0;
      lanes_[i].state = Lane::State::ready;
      lanes_[i].thread.number.warp_barrier += leader.meeting == Meeting::warp ? 1 : 0;
    }
  }
  return true;
}

/// Whether the barrier of the block was reached by all.
bool Block::release_block() {
  const Lane* first = nullptr;
  bool ended = false;
  for (const Lane& lane : lanes_) {
    ended = ended || lane.state == Lane::State::done;
    if (lane.state == Lane::State::waiting && lane.meeting == Meeting::block) {
      first = first == nullptr ? &lane : first;
    } else if (lane.state != Lane::State::done) {
      return false;
    }
  }
  if (first == nullptr) {
    return false;
  }
  if (ended) {
    complain_at(*first, "a barrier of the block that some threads do not reach, having ended,");
    return false;
  }
  for (Lane& lane : lanes_) {
    if (!is_same(lane, *first)) {
      complain_at(lane, "threads of a block wait at different barriers, one of them");
      return false;
    }
  }
  for (Lane& lane : lanes_) {
    lane.state = Lane::State::ready;
    ++lane.thread.number.barrier;
  }
  return true;
}

void Block::give_back_fibers() {
  for (Lane& lane : lanes_) {
    if (lane.fiber != nullptr) {
      Fibers& fibers = lane.fiber->is_free() ? free_fibers(place_) : lost_fibers();
      fibers.push_back(std::move(lane.fiber));
    }
  }
}

void Block::run(unsigned place, std::mt19937_64& draw) {
  place_ = place;
  for (Lane& lane : lanes_) {
    lane.state = Lane::State::fresh;
    lane.inside = false;
  }
  block = this;
  for (bool live = true; live && !broken();) {
    std::vector<std::size_t> warps = numbers_from(0, (lanes_.size() + kLanes - 1) / kLanes);
    order(warps, draw);
    bool ran = false;
    for (const std::size_t warp : warps) {
      ran = run_warp(warp * kLanes, draw) || ran;
    }
    live = std::any_of(lanes_.begin(), lanes_.end(),
                       [](const Lane& lane) { return lane.state != Lane::State::done; });
    if (live && !release_block() && !ran) {
      const auto stuck = std::find_if(lanes_.begin(), lanes_.end(), [](const Lane& lane) {
        return lane.state == Lane::State::waiting;
      });
      complain_at(*stuck, "threads wait for each other forever");
    }
  }
  block = nullptr;
  give_back_fibers();
}

}  // namespace

void run_blocks(const Launch& launch, std::mt19937_64& draw) {
  running.threads = launch.threads;
  running.blocks = launch.blocks;
  const std::size_t threads = std::size_t{launch.threads.x} * launch.threads.y * launch.threads.z;
  std::vector<std::size_t> blocks =
      numbers_from(0, std::size_t{launch.blocks.x} * launch.blocks.y * launch.blocks.z);
  order(blocks, draw);
  Block runner(launch, threads);
  const unsigned places = sanitizer().places();
  for (std::size_t n = 0; n < blocks.size() && !broken(); ++n) {
    const auto i = static_cast<unsigned>(blocks[n]);
    running.block = {i % launch.blocks.x, i / launch.blocks.x % launch.blocks.y,
                     i / launch.blocks.x / launch.blocks.y};
    const auto place = static_cast<unsigned>(n % places);
    sanitizer().wait_for_place(place);
    clear_shared_memory(place);
    runner.run(place, draw);
  }
  for (unsigned place = 0; place < places; ++place) {
    sanitizer().wait_for_place(place);
  }
}

void abandon_thread() { block->wait(Meeting::block, 0, {}); }

void enter_kernel() {
  block->current().inside = true;
  running_thread = &block->current().thread;
}
void leave_kernel() {
  block->end_thread();
  block->current().inside = false;
  running_thread = nullptr;
}

void meet_block(const SourceLine& at) { block->wait(Meeting::block, 0, at); }
void meet_warp(unsigned mask, const SourceLine& at) { block->wait(Meeting::warp, mask, at); }

std::uint64_t exchange(unsigned mask, std::uint64_t value, int lane, const SourceLine& at) {
  Lane& mine = block->current();
  mine.given = value;
  mine.from = lane;
  block->wait(Meeting::exchange, mask, at);
  return mine.got;
}

}  // namespace autoglm::emulation
