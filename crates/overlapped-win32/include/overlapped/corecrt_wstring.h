/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_WSTRING_H
#define OVL_CORECRT_WSTRING_H
#include <wchar.h>
#include <string.h>

#endif
