/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_MEMORY_H
#define OVL_CORECRT_MEMORY_H
#include <memory.h>
#include <string.h>

#endif
