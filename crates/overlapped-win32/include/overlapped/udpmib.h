/* See iphlpapi.h. */
#ifndef OVL_UDPMIB_H
#define OVL_UDPMIB_H
#include "iphlpapi.h"

#endif
