#include "decode/bpdu.h"

namespace tapstat::decode {

tl::expected<Bpdu, BpduError> parse_bpdu(Bytes /*body*/, bool /*is_cisco*/) {
  return tl::unexpected{BpduError{"not read yet"}};
}

}  // namespace tapstat::decode
