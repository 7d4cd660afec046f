#pragma once

#include "report/text.h"
