/* Conventions of Windows' own headers. */
#ifndef OVL_APISETCCONV_H
#define OVL_APISETCCONV_H
#include "minwindef.h"

#endif
