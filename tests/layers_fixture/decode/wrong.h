#pragma once

#include "capture/source.h"
