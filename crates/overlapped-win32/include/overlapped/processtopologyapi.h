/* Groups of processors, and memory that is near to some. */
#ifndef OVL_PROCESSTOPOLOGYAPI_H
#define OVL_PROCESSTOPOLOGYAPI_H
#include "minwinbase.h"

OVL_BEGIN
WINBASEAPI WORD WINAPI GetActiveProcessorGroupCount(VOID) OVL_SYMBOL(GetActiveProcessorGroupCount);
WINBASEAPI WORD WINAPI GetMaximumProcessorGroupCount(VOID) OVL_SYMBOL(GetMaximumProcessorGroupCount);
WINBASEAPI BOOL WINAPI GetProcessGroupAffinity(HANDLE process, PUSHORT count, PUSHORT to) OVL_SYMBOL(GetProcessGroupAffinity);
WINBASEAPI BOOL WINAPI GetThreadGroupAffinity(HANDLE thread, PGROUP_AFFINITY to) OVL_SYMBOL(GetThreadGroupAffinity);
WINBASEAPI BOOL WINAPI SetThreadGroupAffinity(HANDLE thread, const GROUP_AFFINITY *from, PGROUP_AFFINITY before)
    OVL_SYMBOL(SetThreadGroupAffinity);
WINBASEAPI BOOL WINAPI GetNumaHighestNodeNumber(PULONG to) OVL_SYMBOL(GetNumaHighestNodeNumber);
WINBASEAPI BOOL WINAPI GetNumaNodeProcessorMask(UCHAR node, PULONGLONG to) OVL_SYMBOL(GetNumaNodeProcessorMask);
WINBASEAPI BOOL WINAPI GetNumaNodeProcessorMaskEx(USHORT node, PGROUP_AFFINITY to) OVL_SYMBOL(GetNumaNodeProcessorMaskEx);
WINBASEAPI BOOL WINAPI GetNumaNodeProcessorMask2(USHORT node, PGROUP_AFFINITY to, USHORT room, PUSHORT needed)
    OVL_SYMBOL(GetNumaNodeProcessorMask2);
WINBASEAPI BOOL WINAPI GetNumaProximityNodeEx(ULONG id, PUSHORT to) OVL_SYMBOL(GetNumaProximityNodeEx);
OVL_END

#endif
