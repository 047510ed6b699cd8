/* Snapshots of processes: types for programs that include it. K32EnumProcesses of psapi.h lists processes. */
#ifndef OVL_TLHELP32_H
#define OVL_TLHELP32_H
#include "windows.h"

#define TH32CS_SNAPHEAPLIST 0x1
#define TH32CS_SNAPPROCESS 0x2
#define TH32CS_SNAPTHREAD 0x4
#define TH32CS_SNAPMODULE 0x8

#endif
