/* An old name of parts of the C library. */
#ifndef OVL_DOS_H
#define OVL_DOS_H
#include "direct.h"
#include "io.h"
#endif
