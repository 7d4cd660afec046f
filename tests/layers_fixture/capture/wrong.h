#pragma once

#include "decode/segment.h"
