#include "tests/app/link.h"

#include <unistd.h>

#include "tests/app/command.h"

namespace tapstat::test {

bool has_namespaces() {
  return geteuid() == 0 && shell("ip netns add ts$$ && ip netns del ts$$").code == 0;
}

}  // namespace tapstat::test
