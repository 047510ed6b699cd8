/* Variable arguments; see <stdarg.h>. */
#ifndef OVL_VADEFS_H
#define OVL_VADEFS_H
#include "crtdefs.h"

#endif
