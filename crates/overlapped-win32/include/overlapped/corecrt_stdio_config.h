/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_STDIO_CONFIG_H
#define OVL_CORECRT_STDIO_CONFIG_H
#include <stdio.h>

#endif
