/* Performance counters stood in the registry once; programs include it and use nothing of it. */
#ifndef OVL_WINPERF_H
#define OVL_WINPERF_H
#include "minwinbase.h"

#endif
