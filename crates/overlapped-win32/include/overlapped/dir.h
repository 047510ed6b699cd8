/* An old name of parts of the C library. */
#ifndef OVL_DIR_H
#define OVL_DIR_H
#include "direct.h"
#include "io.h"
#endif
