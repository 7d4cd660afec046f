#pragma once

#include "tui/screen.h"
