#include "trainer/launch/section_template.h"

#include <memory>
#include <utility>

#include "trainer/launch/text_template.h"

namespace autoglm {
namespace {

SpecNode scalar_node(const Value& value, const SpecPlace& place) {
  SpecNode node;
  node.place = place;
  if (const auto* flag = std::get_if<bool>(&value)) {
    node.kind = SpecNode::Kind::boolean;
    node.boolean = *flag;
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    node.kind = SpecNode::Kind::integer;
    node.integer = *integer;
    node.number = static_cast<double>(*integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    node.kind = SpecNode::Kind::number;
    node.number = *number;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    node.kind = SpecNode::Kind::string;
    node.string = *text;
  }
  return node;
}

class Filler {
 public:
  Filler(const SearchSpace& space, const Configuration& configuration, const TrialFacts& facts)
      : space_(space), configuration_(configuration), facts_(facts) {}

  /// Null: it names an inactive parameter.
  SpecRoot fill(const SpecNode& node) const {
    switch (node.kind) {
      case SpecNode::Kind::string:
        return fill_text(node);
      case SpecNode::Kind::array:
        return fill_list(node);
      case SpecNode::Kind::object:
        return fill_object(node);
      default:
        return std::make_shared<const SpecNode>(node);
    }
  }

 private:
  SpecRoot fill_text(const SpecNode& node) const {
    const TextTemplate text = parse_template(node, space_);
    const auto& pieces = text.pieces;
    if (pieces.size() == 1 && pieces[0].is_name && space_.find(pieces[0].text) != nullptr) {
      const Value* const value = configuration_.find(pieces[0].text);
      return value == nullptr ? nullptr
                              : std::make_shared<const SpecNode>(scalar_node(*value, node.place));
    }
    std::optional<std::string> rendered = render(text, configuration_, facts_);
    return rendered ? std::make_shared<const SpecNode>(
                          scalar_node(Value(std::move(*rendered)), node.place))
                    : nullptr;
  }

  SpecRoot fill_list(const SpecNode& node) const {
    SpecNode filled = node;
    filled.elements.clear();
    for (const auto& element : node.elements) {
      if (SpecRoot value = fill(*element)) {
        filled.elements.push_back(std::move(value));
      }
    }
    return std::make_shared<const SpecNode>(std::move(filled));
  }

  SpecRoot fill_object(const SpecNode& node) const {
    SpecNode filled = node;
    filled.members.clear();
    for (const SpecMember& member : node.members) {
      if (SpecRoot value = fill(*member.value)) {
        filled.members.push_back(
            {.key = member.key, .key_place = member.key_place, .value = std::move(value)});
      }
    }
    return std::make_shared<const SpecNode>(std::move(filled));
  }

  const SearchSpace& space_;
  const Configuration& configuration_;
  const TrialFacts& facts_;
};

}  // namespace

void check_names(const SpecNode& section, const SearchSpace& space) {
  if (section.is(SpecNode::Kind::string)) {
    parse_template(section, space);
  }
  for (const auto& element : section.elements) {
    check_names(*element, space);
  }
  for (const SpecMember& member : section.members) {
    check_names(*member.value, space);
  }
}

SpecRoot filled_section(const SpecNode& section, const SearchSpace& space,
                        const Configuration& configuration, const TrialFacts& facts) {
  return Filler(space, configuration, facts).fill(section);
}

}  // namespace autoglm
