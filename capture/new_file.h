// A file that is made beside the one it replaces, and takes its name when it is told to.
#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>

namespace tapstat::capture {

// Owns a descriptor, closed with it.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release();

 private:
  int fd_;
};

// Errors are those of errno.
class NewFile {
 public:
  // A regular file at `path` stays as it is until take_name(); the new one has its permissions, as
  // far as the umask leaves them. A pipe, a terminal or another device is written into as it is,
  // and a pipe's reader is waited for. No symbolic link at `path` is followed (ELOOP): where others
  // may write, it could lead anywhere. But /dev/stdout, /dev/stderr and /dev/fd/N are what they
  // stand for.
  [[nodiscard]] static tl::expected<NewFile, int> create(const std::string& path);

  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  // Without its name there is no such file any more.
  ~NewFile();

  [[nodiscard]] int fd() const { return file_.get(); }
  // And not something that was there; until it takes its name.
  [[nodiscard]] bool is_new() const { return directory_.is_open(); }
  // On the disk as a whole before it is called so. Errors are those of the disk, too.
  [[nodiscard]] tl::expected<void, int> complete();
  // Replaces what had its name. Once is enough.
  [[nodiscard]] tl::expected<void, int> take_name();
  // Closing it is up to the caller now.
  [[nodiscard]] int release() { return file_.release(); }

 private:
  explicit NewFile(Descriptor file) : file_(std::move(file)) {}

  [[nodiscard]] static tl::expected<NewFile, int> create_in(Descriptor directory, std::string name,
                                                            mode_t mode);

  Descriptor file_;
  Descriptor directory_;         // open while there is a name to take
  std::string name_, its_name_;  // to be, and as it is
};

}  // namespace tapstat::capture
