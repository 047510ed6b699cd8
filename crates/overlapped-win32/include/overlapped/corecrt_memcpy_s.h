/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_MEMCPY_S_H
#define OVL_CORECRT_MEMCPY_S_H
#include <string.h>

#endif
