#include "cli/wandb_members.h"

namespace autoglm {

std::string text_member(const SpecNode& node, const char* key) {
  const SpecNode* const member = node.member(key);
  return member == nullptr ? "" : member->as_string();
}

double number_member(const SpecNode& node, const char* key, double otherwise) {
  const SpecNode* const member = node.member(key);
  return member == nullptr ? otherwise : member->as_number();
}

}  // namespace autoglm
