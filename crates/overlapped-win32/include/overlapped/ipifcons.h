/* Kinds of network interfaces; see iptypes.h. */
#ifndef OVL_IPIFCONS_H
#define OVL_IPIFCONS_H
#include "iptypes.h"

#endif
