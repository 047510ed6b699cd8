/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_WTIME_H
#define OVL_CORECRT_WTIME_H
#include <time.h>
#include <wchar.h>

#endif
