/* Of COM there is its memory only; see combaseapi.h. */
#ifndef OVL_OBJIDL_H
#define OVL_OBJIDL_H
#include "objbase.h"

#endif
