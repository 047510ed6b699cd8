/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_WIO_H
#define OVL_CORECRT_WIO_H
#include <io.h>
#include <wchar.h>

#endif
