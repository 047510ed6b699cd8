/* 32-bit programs, of which there are none; see winbase.h. */
#ifndef OVL_WOW64APISET_H
#define OVL_WOW64APISET_H
#include "winbase.h"

#endif
