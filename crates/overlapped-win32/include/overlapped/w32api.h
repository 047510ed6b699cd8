/* What mingw's headers say which of them are there; all are. */
#ifndef OVL_W32API_H
#define OVL_W32API_H
#include "sdkddkver.h"

#endif
