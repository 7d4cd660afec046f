#include "tests/capture/capture_bytes.h"

#include <lz4frame.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "capture/open_file.h"

namespace tapstat::capture::test {
namespace {

constexpr std::uint16_t kComment = 1, kTsresol = 9, kTsoffset = 14, kIfdrop = 5, kOsdrop = 7;

void option(ByteWriter& out, std::uint16_t code, Bytes value) {
  out.u16(code).u16(static_cast<std::uint16_t>(value.size())).raw(value).pad_to_4();
}

void comment_options(ByteWriter& out, const std::vector<std::string>& comments) {
  for (const std::string& text : comments) option(out, kComment, Buffer(text.begin(), text.end()));
}

void end_of_options(ByteWriter& out) { out.u16(0).u16(0); }

std::uint32_t size32(const Buffer& bytes) { return static_cast<std::uint32_t>(bytes.size()); }

}  // namespace

ByteWriter& ByteWriter::put(std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) {
    const int shift = 8 * (big_endian_ ? size - 1 - i : i);
    bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  return *this;
}

ByteWriter& ByteWriter::raw(Bytes value) {
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  return *this;
}

ByteWriter& ByteWriter::pad_to_4() {
  while (bytes_.size() % 4 != 0) bytes_.push_back(0);
  return *this;
}

PcapWriter::PcapWriter(const PcapHeader& header)
    : kuznetzov_(header.magic == 0xa1b2cd34), out_(header.big_endian) {
  out_.u32(header.magic).u16(header.major).u16(header.minor).u32(0).u32(0);
  out_.u32(header.snaplen).u32(header.link);
}

PcapWriter& PcapWriter::record(std::uint32_t seconds, std::uint32_t fraction, const Buffer& frame,
                               std::optional<std::uint32_t> wire_len) {
  out_.u32(seconds).u32(fraction).u32(size32(frame)).u32(wire_len.value_or(size32(frame)));
  if (kuznetzov_) out_.u32(3).u16(0x0800).u8(4).u8(0);
  out_.raw(frame);
  return *this;
}

PcapWriter& PcapWriter::record_header(std::uint32_t first_len, std::uint32_t second_len) {
  out_.u32(0).u32(0).u32(first_len).u32(second_len);
  return *this;
}

PcapngWriter& PcapngWriter::block(std::uint32_t type, const Buffer& body) {
  ByteWriter out = this->body();
  Buffer padded = body;
  padded.resize((body.size() + 3) / 4 * 4);
  const auto size = static_cast<std::uint32_t>(padded.size() + 12);
  out.u32(type).u32(size).raw(padded).u32(size);
  all_ = concat(all_, out.bytes());
  return *this;
}

PcapngWriter& PcapngWriter::section(const std::vector<std::string>& comments, std::uint16_t major) {
  ByteWriter out = body();
  out.u32(0x1a2b3c4d).u16(major).u16(0).u64(~std::uint64_t{0});
  comment_options(out, comments);
  end_of_options(out);
  return block(0x0a0d0d0a, out.bytes());
}

PcapngWriter& PcapngWriter::section_in_order(bool big_endian) {
  out_ = ByteWriter(big_endian);
  return section();
}

PcapngWriter& PcapngWriter::interface(const PcapngInterfaceSpec& spec) {
  ByteWriter out = body();
  out.u16(spec.link).u16(0).u32(spec.snaplen);
  comment_options(out, spec.comments);
  if (spec.tsresol) option(out, kTsresol, Buffer{*spec.tsresol});
  if (spec.tsoffset) {
    option(out, kTsoffset, body().u64(static_cast<std::uint64_t>(*spec.tsoffset)).bytes());
  }
  end_of_options(out);
  return block(1, out.bytes());
}

PcapngWriter& PcapngWriter::enhanced(std::uint32_t interface, std::uint64_t ticks,
                                     const Buffer& frame, std::optional<std::uint32_t> wire_len) {
  ByteWriter out = body();
  out.u32(interface).u32(static_cast<std::uint32_t>(ticks >> 32));
  out.u32(static_cast<std::uint32_t>(ticks)).u32(size32(frame));
  out.u32(wire_len.value_or(size32(frame))).raw(frame);
  return block(6, out.bytes());
}

PcapngWriter& PcapngWriter::obsolete(std::uint16_t interface, std::uint64_t ticks,
                                     const Buffer& frame) {
  ByteWriter out = body();
  out.u16(interface).u16(0xffff).u32(static_cast<std::uint32_t>(ticks >> 32));
  out.u32(static_cast<std::uint32_t>(ticks)).u32(size32(frame)).u32(size32(frame)).raw(frame);
  return block(2, out.bytes());
}

PcapngWriter& PcapngWriter::simple(const Buffer& frame, std::uint32_t wire_len) {
  return block(3, body().u32(wire_len).raw(frame).bytes());
}

PcapngWriter& PcapngWriter::statistics(const PcapngStatistics& spec) {
  ByteWriter out = body();
  out.u32(spec.interface).u32(0).u32(0);
  if (spec.interface_dropped) option(out, kIfdrop, body().u64(*spec.interface_dropped).bytes());
  if (spec.kernel_dropped) option(out, kOsdrop, body().u64(*spec.kernel_dropped).bytes());
  end_of_options(out);
  return block(5, out.bytes());
}

Buffer some_frame(std::size_t len, std::uint8_t seed) {
  Buffer frame(len);
  for (std::size_t i = 0; i < len; ++i) {
    frame[i] = static_cast<std::uint8_t>(std::size_t{seed} * 37 + i * 11 + i / 251);
  }
  return frame;
}

Buffer concat(const Buffer& head, const Buffer& tail) {
  Buffer all = head;
  all.insert(all.end(), tail.begin(), tail.end());
  return all;
}

Buffer gzipped(Bytes bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  Buffer in(bytes.begin(), bytes.end());
  Buffer out(deflateBound(&stream, static_cast<uLong>(in.size())) + 32);
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) throw std::runtime_error("deflate");
  return out;
}

Buffer zstd_compressed(Bytes bytes) {
  Buffer out(ZSTD_compressBound(bytes.size()) + 32);
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  const std::size_t n = ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size());
  ZSTD_freeCCtx(context);
  if (ZSTD_isError(n) != 0) throw std::runtime_error("ZSTD_compress2");
  out.resize(n);
  return out;
}

Buffer lz4_compressed(Bytes bytes) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  Buffer out(LZ4F_compressFrameBound(bytes.size(), &preferences));
  const std::size_t n =
      LZ4F_compressFrame(out.data(), out.size(), bytes.data(), bytes.size(), &preferences);
  if (LZ4F_isError(n) != 0) throw std::runtime_error("LZ4F_compressFrame");
  out.resize(n);
  return out;
}

Buffer skippable_frame(Bytes content) {
  ByteWriter out(false);
  out.u32(0x184d2a53).u32(static_cast<std::uint32_t>(content.size())).raw(content);
  return out.bytes();
}

std::vector<FrameCopy> read_frames(Source& source) {
  std::vector<FrameCopy> frames;
  for (auto batch = source.next_batch(); !batch.empty(); batch = source.next_batch()) {
    for (const Frame& f : batch) {
      frames.push_back({f.time.time_since_epoch().count(),
                        Buffer(f.bytes().begin(), f.bytes().end()), f.number, f.wire_len, f.link,
                        f.input});
    }
  }
  return frames;
}

Capture read_all(Source& source) {
  Capture capture;
  capture.frames = read_frames(source);
  capture.info = *source.inputs().front();
  return capture;
}

Capture read_memory(Bytes bytes) {
  const auto source = open_memory(bytes, "x.pcap");
  if (source) return read_all(**source);
  Capture capture;
  capture.error = source.error().message;
  return capture;
}

Capture read_path(const std::string& path) {
  const auto source = open_file(path);
  if (source) return read_all(**source);
  Capture capture;
  capture.error = source.error().message;
  return capture;
}

TemporaryFile::TemporaryFile(Bytes content)
    : path_(std::filesystem::temp_directory_path() / "tapstat-capture-XXXXXX") {
  const int fd = mkstemp(path_.data());
  if (fd < 0) throw std::runtime_error("mkstemp");
  close(fd);
  std::ofstream file(path_, std::ios::binary);
  for (const std::uint8_t byte : content) file.put(static_cast<char>(byte));
}

TemporaryFile::~TemporaryFile() { std::remove(path_.c_str()); }

}  // namespace tapstat::capture::test
