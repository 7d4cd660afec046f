#include "capture/decompress.h"

#include <fmt/format.h>
#include <lz4frame.h>
#define ZLIB_CONST  // its input pointer is to const
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "capture/byte_order.h"

namespace tapstat::capture {
namespace {

// What one call of a codec did.
struct Step {
  std::size_t consumed = 0;
  std::size_t produced = 0;
  bool frame_done = false;        // stands between two members or frames
  const char* problem = nullptr;  // the library's words, static
};

// What the three formats have in common: feeding the codec, and telling the end from a cut.
class Decompressor : public ByteStream {
 public:
  Result<std::size_t> read(std::span<std::uint8_t> out) final;
  std::optional<double> share_read() const final { return compressed_.share_read(); }
  bool is_being_written() const final { return compressed_.is_being_written(); }

 protected:
  Decompressor(Compression compression, ByteWindow compressed)
      : compression_(compression), compressed_(std::move(compressed)) {}

  // `in` is empty when the codec may hold output that did not fit before.
  virtual Step step(Bytes in, std::span<std::uint8_t> out) = 0;

 private:
  Result<std::size_t> at_end_of_input();
  void fail(std::string message) { failure_ = Error{std::move(message)}; }

  Compression compression_;
  ByteWindow compressed_;
  bool in_frame_ = false;
  bool output_was_full_ = false;
  std::optional<Error> failure_;
};

Result<std::size_t> Decompressor::read(std::span<std::uint8_t> out) {
  while (!failure_) {
    const bool starved = compressed_.unread().empty() && !output_was_full_;
    if (starved && !compressed_.fill()) return at_end_of_input();
    const Bytes in = compressed_.unread();
    const Step done = step(in, out);
    compressed_.consume(done.consumed);
    in_frame_ = !done.frame_done;
    output_was_full_ = done.produced == out.size();
    const bool stuck = !in.empty() && done.consumed == 0 && done.produced == 0;
    if (done.problem != nullptr || stuck) {
      fail(fmt::format("the {} data is damaged at compressed byte {} ({})", to_string(compression_),
                       compressed_.offset(),
                       done.problem != nullptr ? done.problem : "no progress"));
    }
    if (done.produced != 0) return done.produced;
  }
  return tl::unexpected(*failure_);
}

Result<std::size_t> Decompressor::at_end_of_input() {
  if (compressed_.error()) {
    fail(compressed_.error()->message);
  } else if (in_frame_) {
    fail(fmt::format("the {} data is cut short after {} compressed bytes", to_string(compression_),
                     compressed_.offset()));
  } else {
    return std::size_t{0};
  }
  return tl::unexpected(*failure_);
}

class Gzip final : public Decompressor {
 public:
  explicit Gzip(ByteWindow compressed) : Decompressor(Compression::gzip, std::move(compressed)) {
    constexpr int kGzipOnly = 16;  // zlib.h, inflateInit2: expect a gzip header, not a zlib one
    usable_ = inflateInit2(&stream_, MAX_WBITS + kGzipOnly) == Z_OK;
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override {
    if (usable_) inflateEnd(&stream_);
  }

 private:
  Step step(Bytes in, std::span<std::uint8_t> out) override {
    if (!usable_) return {.problem = "no memory for zlib"};
    if (between_members_ && !in.empty() && in.front() == 0) return skip_padding(in);
    stream_.next_in = in.data();
    stream_.avail_in = clamp(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = clamp(out.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    Step done{.consumed = static_cast<std::size_t>(stream_.next_in - in.data()),
              .produced = static_cast<std::size_t>(stream_.next_out - out.data())};
    between_members_ = code == Z_STREAM_END;
    if (between_members_) {
      done.frame_done = true;
      inflateReset(&stream_);
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      done.problem = stream_.msg != nullptr ? stream_.msg : "zlib gives no reason";
    }
    return done;
  }

  // Zeros after a member are a tape's or file system's padding, which gzip(1) ignores as well.
  static Step skip_padding(Bytes in) {
    const auto end =
        std::find_if(in.begin(), in.end(), [](std::uint8_t byte) { return byte != 0; });
    return {.consumed = static_cast<std::size_t>(end - in.begin()), .frame_done = true};
  }

  static uInt clamp(std::size_t n) {
    return static_cast<uInt>(std::min<std::size_t>(n, std::numeric_limits<uInt>::max()));
  }

  z_stream stream_{};
  bool usable_ = false;
  bool between_members_ = false;
};

class Zstd final : public Decompressor {
 public:
  explicit Zstd(ByteWindow compressed) : Decompressor(Compression::zstd, std::move(compressed)) {}

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  Step step(Bytes in, std::span<std::uint8_t> out) override {
    if (stream_ == nullptr) return {.problem = "no memory for zstd"};
    ZSTD_inBuffer source{.src = in.data(), .size = in.size(), .pos = 0};
    ZSTD_outBuffer target{.dst = out.data(), .size = out.size(), .pos = 0};
    const std::size_t code = ZSTD_decompressStream(stream_.get(), &target, &source);
    return {.consumed = source.pos,
            .produced = target.pos,
            .frame_done = code == 0,
            .problem = ZSTD_isError(code) != 0 ? ZSTD_getErrorName(code) : nullptr};
  }

  std::unique_ptr<ZSTD_DStream, Free> stream_{ZSTD_createDStream()};
};

class Lz4 final : public Decompressor {
 public:
  explicit Lz4(ByteWindow compressed) : Decompressor(Compression::lz4, std::move(compressed)) {
    LZ4F_dctx* context = nullptr;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) == 0) {
      context_.reset(context);
    }
  }

 private:
  struct Free {
    void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
  };

  Step step(Bytes in, std::span<std::uint8_t> out) override {
    if (context_ == nullptr) return {.problem = "no memory for lz4"};
    std::size_t produced = out.size();
    std::size_t consumed = in.size();
    const std::size_t code =
        LZ4F_decompress(context_.get(), out.data(), &produced, in.data(), &consumed, nullptr);
    if (LZ4F_isError(code) != 0) return {.problem = LZ4F_getErrorName(code)};
    return {.consumed = consumed, .produced = produced, .frame_done = code == 0};
  }

  std::unique_ptr<LZ4F_dctx, Free> context_;
};

// Little-endian by both formats' definitions; put together by hand, whatever the machine's order.
std::uint32_t le32(Bytes b, std::size_t at) {
  return static_cast<std::uint32_t>(b[at]) | static_cast<std::uint32_t>(b[at + 1]) << 8 |
         static_cast<std::uint32_t>(b[at + 2]) << 16 | static_cast<std::uint32_t>(b[at + 3]) << 24;
}

// RFC 8878 section 3.1.2; the LZ4 frame format has the same frames.
bool at_skippable_frame(ByteWindow& window) {
  constexpr std::uint32_t kMagic = 0x184d2a50, kMask = 0xfffffff0;
  return window.fill_to(8) && (le32(window.unread(), 0) & kMask) == kMagic;
}

void skip_frame(ByteWindow& window) {
  std::uint64_t left = 8 + std::uint64_t{le32(window.unread(), 4)};
  while (left != 0 && (!window.unread().empty() || window.fill())) {
    const std::size_t n =
        static_cast<std::size_t>(std::min<std::uint64_t>(left, window.unread().size()));
    window.consume(n);
    left -= n;
  }
}

}  // namespace

std::string_view to_string(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::lz4:
      return "lz4";
  }
  return "";
}

std::optional<Compression> detect_compression(ByteWindow& window) {
  constexpr std::uint32_t kZstd = 0xfd2fb528, kLz4 = 0x184d2204;
  if (!window.fill_to(4)) return std::nullopt;
  while (at_skippable_frame(window)) skip_frame(window);
  if (!window.fill_to(4)) return std::nullopt;
  const Bytes start = window.unread();
  if (start[0] == 0x1f && start[1] == 0x8b) return Compression::gzip;
  if (le32(start, 0) == kZstd) return Compression::zstd;
  if (le32(start, 0) == kLz4) return Compression::lz4;
  return std::nullopt;
}

std::unique_ptr<ByteStream> make_decompressor(Compression compression, ByteWindow compressed) {
  switch (compression) {
    case Compression::gzip:
      return std::make_unique<Gzip>(std::move(compressed));
    case Compression::zstd:
      return std::make_unique<Zstd>(std::move(compressed));
    case Compression::lz4:
      return std::make_unique<Lz4>(std::move(compressed));
  }
  return nullptr;
}

}  // namespace tapstat::capture
