#include "decode/tcp_options.h"

namespace tapstat::decode {
namespace {

void take(const TcpOption& option, TcpOptions& out) {
  const Bytes data = option.data;
  switch (option.kind) {
    case tcp_option::kMss:
      if (data.size() == 2) out.mss = be16(data, 0);
      break;
    case tcp_option::kWindowScale:
      if (data.size() == 1) out.wscale = data[0];
      break;
    case tcp_option::kSackPermitted:
      if (data.empty()) out.sack_permitted = true;
      break;
    case tcp_option::kSack:
      if (!data.empty() && data.size() % 8 == 0) out.sack = SackBlocks(data);
      break;
    case tcp_option::kTimestamps:
      if (data.size() == 8) out.timestamps = {be32(data, 0), be32(data, 4)};
      break;
    case tcp_option::kMptcp:
      out.mptcp = true;
      break;
    case tcp_option::kFastOpen:
      out.fast_open = true;
      break;
    case tcp_option::kExperiment254:
      if (data.size() >= 2 && be16(data, 0) == tcp_option::kFastOpenMagic) out.fast_open = true;
      break;
    default:
      break;
  }
}

}  // namespace

TcpOptions TcpOptions::parse(Bytes options) {
  TcpOptions out;
  TcpOptionReader reader(options);
  while (const auto option = reader.next()) take(*option, out);
  out.damaged = reader.damaged();
  return out;
}

}  // namespace tapstat::decode
