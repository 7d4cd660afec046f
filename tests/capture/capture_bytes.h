// Capture files as bytes, in every variant the readers know, and what is read back from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capture/source.h"

namespace tapstat::capture::test {

using Buffer = std::vector<std::uint8_t>;

// Appends integers in one byte order.
class ByteWriter {
 public:
  explicit ByteWriter(bool big_endian) : big_endian_(big_endian) {}

  ByteWriter& u8(std::uint8_t value) { return put(value, 1); }
  ByteWriter& u16(std::uint16_t value) { return put(value, 2); }
  ByteWriter& u32(std::uint32_t value) { return put(value, 4); }
  ByteWriter& u64(std::uint64_t value) { return put(value, 8); }
  ByteWriter& raw(Bytes value);
  ByteWriter& pad_to_4();  // zeros

  [[nodiscard]] const Buffer& bytes() const { return bytes_; }
  [[nodiscard]] bool big_endian() const { return big_endian_; }

 private:
  ByteWriter& put(std::uint64_t value, int size);

  bool big_endian_;
  Buffer bytes_;
};

struct PcapHeader {
  bool big_endian = false;
  std::uint32_t magic = 0xa1b2c3d4;
  std::uint16_t major = 2;
  std::uint16_t minor = 4;
  std::uint32_t snaplen = 262144;
  std::uint32_t link = 1;
};

class PcapWriter {
 public:
  explicit PcapWriter(const PcapHeader& header = {});

  // `fraction` in the magic's unit; wire_len is the frame's size unless given.
  PcapWriter& record(std::uint32_t seconds, std::uint32_t fraction, const Buffer& frame,
                     std::optional<std::uint32_t> wire_len = {});
  // A record header with any lengths, in the order of the file, and no data.
  PcapWriter& record_header(std::uint32_t first_len, std::uint32_t second_len);

  [[nodiscard]] const Buffer& bytes() const { return out_.bytes(); }

 private:
  bool kuznetzov_;
  ByteWriter out_;
};

struct PcapngInterfaceSpec {
  std::uint16_t link = 1;
  std::uint32_t snaplen = 0;
  std::optional<std::uint8_t> tsresol{};
  std::optional<std::int64_t> tsoffset{};
  std::vector<std::string> comments{};
};

struct PcapngStatistics {
  std::uint32_t interface = 0;
  std::optional<std::uint64_t> interface_dropped{}, kernel_dropped{};
};

class PcapngWriter {
 public:
  explicit PcapngWriter(bool big_endian = false) : out_(big_endian) {}

  PcapngWriter& section(const std::vector<std::string>& comments = {}, std::uint16_t major = 1);
  // The same, and from here on in this byte order.
  PcapngWriter& section_in_order(bool big_endian);
  PcapngWriter& interface(const PcapngInterfaceSpec& spec = {});
  PcapngWriter& enhanced(std::uint32_t interface, std::uint64_t ticks, const Buffer& frame,
                         std::optional<std::uint32_t> wire_len = {});
  PcapngWriter& obsolete(std::uint16_t interface, std::uint64_t ticks, const Buffer& frame);
  PcapngWriter& simple(const Buffer& frame, std::uint32_t wire_len);
  PcapngWriter& statistics(const PcapngStatistics& spec);
  PcapngWriter& block(std::uint32_t type, const Buffer& body);

  [[nodiscard]] const Buffer& bytes() const { return all_; }

 private:
  [[nodiscard]] ByteWriter body() const { return ByteWriter(out_.big_endian()); }

  ByteWriter out_;  // only its byte order
  Buffer all_;
};

// A frame of `len` bytes that differ from frame to frame, by `seed`.
[[nodiscard]] Buffer some_frame(std::size_t len, std::uint8_t seed);
[[nodiscard]] Buffer concat(const Buffer& head, const Buffer& tail);

[[nodiscard]] Buffer gzipped(Bytes bytes);
[[nodiscard]] Buffer zstd_compressed(Bytes bytes);
[[nodiscard]] Buffer lz4_compressed(Bytes bytes);
[[nodiscard]] Buffer skippable_frame(Bytes content);  // as zstd and lz4 have them

// A frame that outlives its batch.
struct FrameCopy {
  std::int64_t ns;
  Buffer bytes;
  std::uint64_t number;
  std::uint32_t wire_len;
  LinkType link;
  std::uint16_t input;
  friend bool operator==(const FrameCopy&, const FrameCopy&) = default;
};

struct Capture {
  std::vector<FrameCopy> frames;
  InputInfo info;     // of the first input
  std::string error;  // of opening; empty when it succeeded
  [[nodiscard]] std::string damage() const { return info.damage ? info.damage->message : ""; }
};

[[nodiscard]] std::vector<FrameCopy> read_frames(Source& source);
[[nodiscard]] Capture read_all(Source& source);
[[nodiscard]] Capture read_memory(Bytes bytes);  // called "x.pcap" in messages
[[nodiscard]] Capture read_path(const std::string& path);

// A file in the temporary directory, removed with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(Bytes content);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tapstat::capture::test
