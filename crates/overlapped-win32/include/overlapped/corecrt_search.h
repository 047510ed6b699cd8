/* A part of the C library, by the name that its headers give it there. */
#ifndef OVL_CORECRT_SEARCH_H
#define OVL_CORECRT_SEARCH_H
#include <search.h>

#endif
