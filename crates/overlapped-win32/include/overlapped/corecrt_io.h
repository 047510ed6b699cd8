/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_IO_H
#define OVL_CORECRT_IO_H
#include <io.h>

#endif
