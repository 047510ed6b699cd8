/* Jobs: of which process is a member. */
#ifndef OVL_JOBAPI_H
#define OVL_JOBAPI_H
#include "minwinbase.h"

OVL_BEGIN
WINBASEAPI BOOL WINAPI IsProcessInJob(HANDLE process, HANDLE job, PBOOL is) OVL_SYMBOL(IsProcessInJob);
OVL_END

#endif
