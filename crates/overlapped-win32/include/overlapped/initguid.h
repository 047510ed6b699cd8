/* GUIDs that are declared from here on are defined. */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
#undef DEFINE_GUID
#define DEFINE_GUID(name, a, b, c, d, e, f, g, h, i, j, k) \
    OVL_GUID_LINKAGE GUID __attribute__((__weak__)) name = {a, b, c, {d, e, f, g, h, i, j, k}}
