/* Of COM there is its memory only; see combaseapi.h. */
#ifndef OVL_OLE2_H
#define OVL_OLE2_H
#include "objbase.h"

#endif
