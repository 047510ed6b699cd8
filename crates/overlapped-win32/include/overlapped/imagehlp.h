/* See dbghelp.h. */
#ifndef OVL_IMAGEHLP_H
#define OVL_IMAGEHLP_H
#include "dbghelp.h"

#endif
