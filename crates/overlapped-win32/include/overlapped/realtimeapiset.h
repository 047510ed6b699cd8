/* Times of threads and processes; see winbase.h. */
#ifndef OVL_REALTIMEAPISET_H
#define OVL_REALTIMEAPISET_H
#include "winbase.h"

#endif
