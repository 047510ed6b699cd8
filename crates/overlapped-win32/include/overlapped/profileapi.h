/* The clock for measuring. */
#ifndef OVL_PROFILEAPI_H
#define OVL_PROFILEAPI_H
#include "minwindef.h"

OVL_BEGIN
WINBASEAPI BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *to) OVL_SYMBOL(QueryPerformanceCounter);
WINBASEAPI BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *to) OVL_SYMBOL(QueryPerformanceFrequency);
OVL_END

#endif
