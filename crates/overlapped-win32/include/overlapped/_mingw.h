/* What mingw's headers begin with. This is not mingw: its own macros are not defined. */
#ifndef OVL__MINGW_H
#define OVL__MINGW_H
#include "crtdefs.h"

#endif
