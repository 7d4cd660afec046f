#pragma once

#include <vector>

#include "capture/frame.h"
#include "decode/packet.h"
