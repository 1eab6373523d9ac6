#include "trainer/nn/model/update_groups.h"

#include <algorithm>
#include <string>

#include "trainer/nn/model/network.h"

namespace autoglm::nn {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void require_parameters(const ParameterLayout& layout, const OptimizerSpec& spec) {
  for (std::size_t i = 0; i < spec.groups.size(); ++i) {
    const std::string& prefix = spec.groups[i].prefix;
    const auto& all = layout.parameters();
    if (std::none_of(all.begin(), all.end(), [&prefix](const ParameterInfo& info) {
          return begins_with(info.name, prefix);
        })) {
      std::string text = "training.groups[" + std::to_string(i) +
                         "].prefix: no parameter begins with \"" + prefix + "\"; there are";
      for (const ParameterInfo& info : all) {
        text += (&info == &all.front() ? " " : ", ");
        text += info.name;
      }
      throw ModelError(text);
    }
  }
}

// The group of the longest prefix; null: none.
const OptimizerSpec::Group* group_of(const OptimizerSpec& spec, const std::string& name) {
  const OptimizerSpec::Group* longest = nullptr;
  for (const OptimizerSpec::Group& group : spec.groups) {
    if (begins_with(name, group.prefix) &&
        (longest == nullptr || group.prefix.size() > longest->prefix.size())) {
      longest = &group;
    }
  }
  return longest;
}

UpdateGroup group_for(const OptimizerSpec& spec, const ParameterInfo& info) {
  const bool decays = spec.decay_all || info.kind == ParameterKind::weight;
  UpdateGroup result{.weight_decay = decays ? spec.weight_decay : 0};
  if (const OptimizerSpec::Group* group = group_of(spec, info.name)) {
    result.lr_factor = group->lr_factor;
    result.weight_decay = group->weight_decay.value_or(result.weight_decay);
  }
  return result;
}

}  // namespace

bool begins_with(const std::string& name, const std::string& prefix) {
  if (name.compare(0, prefix.size(), prefix) != 0) {
    return false;
  }
  return prefix.empty() || prefix.size() == name.size() || !is_digit(prefix.back()) ||
         !is_digit(name[prefix.size()]);
}

std::vector<UpdateGroup> update_groups(const ParameterLayout& layout, const OptimizerSpec& spec) {
  require_parameters(layout, spec);
  std::vector<const ParameterInfo*> order;
  for (const ParameterInfo& info : layout.parameters()) {
    order.push_back(&info);
  }
  std::sort(order.begin(), order.end(), [&layout](const auto* a, const auto* b) {
    return layout.offset(*a) < layout.offset(*b);
  });
  std::vector<UpdateGroup> groups;
  for (const ParameterInfo* info : order) {
    UpdateGroup next = group_for(spec, *info);
    next.offset = layout.offset(*info);
    // Working copies follow masters within one run, so weights do not share it with the rest.
    const bool alike = !groups.empty() && groups.back().lr_factor == next.lr_factor &&
                       groups.back().weight_decay == next.weight_decay &&
                       next.offset != layout.weights();
    if (!alike) {
      groups.push_back(next);
    }
    groups.back().count = next.offset + info->shape.count() - groups.back().offset;
  }
  return groups;
}

int moments_of(const OptimizerSpec& spec) {
  if (spec.type == OptimizerSpec::Type::sgd) {
    return spec.momentum > 0 ? 1 : 0;
  }
  return 2;
}

}  // namespace autoglm::nn
