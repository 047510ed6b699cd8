/* Of multimedia: the clock. */
#include "timeapi.h"
