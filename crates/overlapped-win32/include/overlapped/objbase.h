/* See combaseapi.h. */
#ifndef OVL_OBJBASE_H
#define OVL_OBJBASE_H
#include "windows.h"
#include "combaseapi.h"

#endif
