/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_STARTUP_H
#define OVL_CORECRT_STARTUP_H
#include <stdlib.h>

#endif
