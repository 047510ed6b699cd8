/* Microsoft's checking heap, which is not here; valgrind and the sanitizers do that. */
#ifndef OVL_CRTDBG_H
#define OVL_CRTDBG_H
#include <assert.h>
#include "ovl/base.h"

#define _CRT_WARN 0
#define _CRT_ERROR 1
#define _CRT_ASSERT 2
#define _CRTDBG_MODE_FILE 1
#define _CRTDBG_MODE_DEBUG 2
#define _CRTDBG_FILE_STDERR ((void *)-5)
#define _CRTDBG_ALLOC_MEM_DF 0x01
#define _CRTDBG_LEAK_CHECK_DF 0x20
#define _CRTDBG_REPORT_FLAG (-1)
#define _ASSERT(condition) assert(condition)
#define _ASSERTE(condition) assert(condition)
typedef void *_HFILE;
OVL_INLINE int _CrtSetReportMode(int kind, int mode) { return (void)kind, (void)mode, 0; }
OVL_INLINE _HFILE _CrtSetReportFile(int kind, _HFILE file) { return (void)kind, (void)file, (_HFILE)0; }
#define _CrtSetDbgFlag(flags) ((void)0)
#define _CrtDumpMemoryLeaks() 0
#define _CrtCheckMemory() 1

#endif
