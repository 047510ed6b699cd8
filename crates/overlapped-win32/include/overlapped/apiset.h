/* Conventions of Windows' own headers. */
#ifndef OVL_APISET_H
#define OVL_APISET_H
#include "ovl/base.h"

#endif
