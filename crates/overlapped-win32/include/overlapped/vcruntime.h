/* Of Microsoft's C library: its basic definitions. */
#ifndef OVL_VCRUNTIME_H
#define OVL_VCRUNTIME_H
#include "crtdefs.h"

#endif
