/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_WCTYPE_H
#define OVL_CORECRT_WCTYPE_H
#include <wctype.h>

#endif
