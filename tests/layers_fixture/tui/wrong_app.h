#pragma once

#include "app/options.h"
