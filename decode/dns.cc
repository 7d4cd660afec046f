#include "decode/dns.h"

#include <algorithm>
#include <optional>

namespace tapstat::decode {
namespace {

constexpr std::size_t kHeaderLen = 12;
constexpr std::size_t kMostNameLen = 253;  // RFC 1035 section 2.3.4, as text
// Each leads backwards (RFC 1035 section 4.1.4), so that a name of 255 bytes has no need of more.
constexpr int kMostPointers = 16;

// RFC 1035 section 3.2.2, RFC 3596 section 2.1.
constexpr std::uint16_t kTypeA = 1, kTypeCname = 5, kTypePtr = 12, kTypeAaaa = 28;
constexpr std::uint16_t kClassIn = 1;
constexpr std::uint16_t kClassMask = 0x7fff;  // mDNS: the top bit asks to flush a cache

class Reader {
 public:
  explicit Reader(Bytes message) : message_(message) {}

  [[nodiscard]] bool has(std::size_t size) const { return message_.size() - at_ >= size; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::uint16_t take16() {
    at_ += 2;
    return be16(message_, at_ - 2);
  }
  void skip(std::size_t size) { at_ += size; }

  // nullopt where it is none. "" is the root.
  [[nodiscard]] std::optional<std::string> take_name();

 private:
  [[nodiscard]] std::optional<std::size_t> follow(std::size_t at) const;

  Bytes message_;
  std::size_t at_ = 0;
};

void append_label(std::string& name, Bytes label) {
  if (!name.empty()) name.push_back('.');
  for (const std::uint8_t c : label) {
    const bool is_upper = 'A' <= c && c <= 'Z';
    const bool is_graphic = '!' <= c && c <= '~';
    name.push_back(is_upper     ? static_cast<char>(c + 0x20)
                   : is_graphic ? static_cast<char>(c)
                                : '?');
  }
}

// Where the compression pointer at `at` leads: to an earlier place.
std::optional<std::size_t> Reader::follow(std::size_t at) const {
  if (message_.size() - at < 2) return std::nullopt;
  const std::size_t to = be16(message_, at) & 0x3fffu;
  return to < at ? std::optional{to} : std::nullopt;
}

std::optional<std::string> Reader::take_name() {
  std::string name;
  std::size_t at = at_;
  for (int pointers = 0; at < message_.size();) {
    const std::uint8_t size = message_[at];
    if ((size & 0xc0u) == 0xc0u) {
      const auto to = follow(at);
      if (!to || ++pointers > kMostPointers) return std::nullopt;
      if (pointers == 1) at_ = at + 2;
      at = *to;
      continue;
    }
    if ((size & 0xc0u) != 0) return std::nullopt;
    if (size == 0) {
      if (pointers == 0) at_ = at + 1;
      return name;
    }
    if (message_.size() - at <= size || name.size() + size + 1 > kMostNameLen) return std::nullopt;
    append_label(name, message_.subspan(at + 1, size));
    at += 1u + size;
  }
  return std::nullopt;
}

[[nodiscard]] bool skip_questions(Reader& reader, std::uint16_t count) {
  for (std::uint16_t i = 0; i < count; ++i) {
    if (!reader.take_name() || !reader.has(4)) return false;
    reader.skip(4);
  }
  return true;
}

// One resource record: false where it is none; `record.owner` is empty where it is of no use.
[[nodiscard]] bool take_record(Bytes message, Reader& reader, DnsRecord& record) {
  auto owner = reader.take_name();
  if (!owner || !reader.has(10)) return false;
  const std::uint16_t type = reader.take16();
  const bool is_in = (reader.take16() & kClassMask) == kClassIn;
  reader.skip(4);  // time to live
  const std::uint16_t size = reader.take16();
  if (!reader.has(size)) return false;
  const Bytes data = message.subspan(reader.at(), size);
  const std::size_t address_len = type == kTypeA ? 4 : type == kTypeAaaa ? 16 : 0;
  if (is_in && address_len != 0 && size == address_len) {
    record = {DnsRecord::Kind::address, std::move(*owner), {}, {}, address_len == 4 ? 4 : 6};
    std::copy(data.begin(), data.end(), record.address.begin());
  } else if (is_in && (type == kTypeCname || type == kTypePtr)) {
    Reader of_data = reader;
    auto target = of_data.take_name();
    if (!target) return false;
    const auto kind = type == kTypeCname ? DnsRecord::Kind::alias : DnsRecord::Kind::pointer;
    record = {kind, std::move(*owner), std::move(*target), {}, 0};
  }
  reader.skip(size);
  return true;
}

}  // namespace

std::vector<DnsRecord> dns_records(Bytes message) {
  std::vector<DnsRecord> records;
  if (message.size() < kHeaderLen) return records;
  constexpr std::uint16_t kResponse = 0x8000, kOpcodeAndError = 0x780f;
  const std::uint16_t flags = be16(message, 2);
  if ((flags & kResponse) == 0 || (flags & kOpcodeAndError) != 0) return records;
  Reader reader(message);
  reader.skip(kHeaderLen);
  if (!skip_questions(reader, be16(message, 4))) return records;
  const std::size_t there = std::size_t{be16(message, 6)} + be16(message, 8) + be16(message, 10);
  for (std::size_t i = 0; i < std::min(there, kMostDnsRecords); ++i) {
    DnsRecord record;
    if (!take_record(message, reader, record)) break;
    if (!record.owner.empty()) records.push_back(std::move(record));
  }
  return records;
}

}  // namespace tapstat::decode
