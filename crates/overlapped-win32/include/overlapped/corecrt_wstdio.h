/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_WSTDIO_H
#define OVL_CORECRT_WSTDIO_H
#include <stdio.h>
#include <wchar.h>

#endif
