/* How COM spells its types. */
#ifndef OVL_BASETYPS_H
#define OVL_BASETYPS_H
#include "guiddef.h"

#endif
