/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_WSTDLIB_H
#define OVL_CORECRT_WSTDLIB_H
#include <stdlib.h>
#include <wchar.h>

#endif
