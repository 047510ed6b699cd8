/* See shlobj.h. */
#ifndef OVL_SHLOBJ_CORE_H
#define OVL_SHLOBJ_CORE_H
#include "shlobj.h"

#endif
