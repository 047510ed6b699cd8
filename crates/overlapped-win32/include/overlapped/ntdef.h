/* Basic types of the native level; see winternl.h. */
#ifndef OVL_NTDEF_H
#define OVL_NTDEF_H
#include "winternl.h"
#include "ntstatus.h"

#endif
