/* See string.h. */
#ifndef OVL_VCRUNTIME_STRING_H
#define OVL_VCRUNTIME_STRING_H
#include <string.h>

#endif
