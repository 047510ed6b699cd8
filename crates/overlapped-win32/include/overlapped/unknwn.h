/* Of COM there is its memory only; see combaseapi.h. */
#ifndef OVL_UNKNWN_H
#define OVL_UNKNWN_H
#include "objbase.h"

#endif
