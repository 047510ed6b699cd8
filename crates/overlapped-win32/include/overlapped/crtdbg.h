/* Microsoft's checking heap, which is not here, so nothing of it is said; valgrind and the sanitizers do that. As in Windows each header of
 * C++'s streams brings this one along. */
#ifndef OVL_CRTDBG_H
#define OVL_CRTDBG_H
#include "ovl/crt.h"

#define _CRT_WARN 0
#define _CRT_ERROR 1
#define _CRT_ASSERT 2
#define _CRT_ERRCNT 3
#define _CRTDBG_MODE_FILE 0x1
#define _CRTDBG_MODE_DEBUG 0x2
#define _CRTDBG_MODE_WNDW 0x4
#define _CRTDBG_REPORT_MODE (-1)
#define _CRTDBG_INVALID_HFILE ((_HFILE)(intptr_t)-1)
#define _CRTDBG_HFILE_ERROR ((_HFILE)(intptr_t)-2)
#define _CRTDBG_FILE_STDOUT ((_HFILE)(intptr_t)-4)
#define _CRTDBG_FILE_STDERR ((_HFILE)(intptr_t)-5)
#define _CRTDBG_REPORT_FILE ((_HFILE)(intptr_t)-6)
#define _CRTDBG_ALLOC_MEM_DF 0x01
#define _CRTDBG_DELAY_FREE_MEM_DF 0x02
#define _CRTDBG_CHECK_ALWAYS_DF 0x04
#define _CRTDBG_CHECK_CRT_DF 0x10
#define _CRTDBG_LEAK_CHECK_DF 0x20
#define _CRTDBG_CHECK_EVERY_16_DF 0x00100000
#define _CRTDBG_CHECK_EVERY_128_DF 0x00800000
#define _CRTDBG_CHECK_EVERY_1024_DF 0x04000000
#define _CRTDBG_CHECK_DEFAULT_DF 0
#define _CRTDBG_REPORT_FLAG (-1)
#define _FREE_BLOCK 0
#define _NORMAL_BLOCK 1
#define _CRT_BLOCK 2
#define _IGNORE_BLOCK 3
#define _CLIENT_BLOCK 4
#define _MAX_BLOCKS 5
typedef void *_HFILE;
typedef int(__cdecl *_CRT_REPORT_HOOK)(int kind, char *text, int *result);
typedef struct _CrtMemState {
    struct _CrtMemBlockHeader *pBlockHeader;
    size_t lCounts[_MAX_BLOCKS];
    size_t lSizes[_MAX_BLOCKS];
    size_t lHighCount;
    size_t lTotalCount;
} _CrtMemState;

OVL_BEGIN
__attribute__((__noreturn__)) void ovl_assert_fail(const char *condition, const char *file, unsigned line, const char *function)
    OVL_LIBC(__assert_fail);
OVL_END
#ifdef NDEBUG
#define _ASSERT(condition) ((void)0)
#else
#define _ASSERT(condition) ((condition) ? (void)0 : ovl_assert_fail(#condition, __FILE__, __LINE__, __func__))
#endif
#define _ASSERTE(condition) _ASSERT(condition)
#define _ASSERT_EXPR(condition, text) _ASSERT(condition)

OVL_INLINE int _CrtSetReportMode(int kind, int mode) { return (void)kind, (void)mode, 0; }
OVL_INLINE _HFILE _CrtSetReportFile(int kind, _HFILE file) { return (void)kind, (void)file, (_HFILE)0; }
OVL_INLINE _CRT_REPORT_HOOK _CrtSetReportHook(_CRT_REPORT_HOOK hook) { return (void)hook, (_CRT_REPORT_HOOK)0; }
OVL_INLINE int _CrtSetDbgFlag(int flags) { return (void)flags, 0; }
OVL_INLINE long _CrtSetBreakAlloc(long number) { return (void)number, 0; }
OVL_INLINE int _CrtDumpMemoryLeaks(void) { return 0; }
OVL_INLINE int _CrtCheckMemory(void) { return 1; }
OVL_INLINE int _CrtIsValidHeapPointer(const void *block) { return (void)block, 1; }
OVL_INLINE int _CrtIsValidPointer(const void *at, unsigned bytes, int writable) { return (void)at, (void)bytes, (void)writable, 1; }
OVL_INLINE void _CrtMemCheckpoint(_CrtMemState *to) { __builtin_memset(to, 0, sizeof *to); }
OVL_INLINE int _CrtMemDifference(_CrtMemState *to, const _CrtMemState *before, const _CrtMemState *after) {
    return (void)before, (void)after, _CrtMemCheckpoint(to), 0;
}
OVL_INLINE void _CrtMemDumpAllObjectsSince(const _CrtMemState *since) { (void)since; }
OVL_INLINE void _CrtMemDumpStatistics(const _CrtMemState *state) { (void)state; }
#define _CrtDbgBreak() __builtin_trap()
#define _RPT0(kind, text) ((void)0)
#define _RPT1(kind, text, a) ((void)0)
#define _RPT2(kind, text, a, b) ((void)0)
#define _RPT3(kind, text, a, b, c) ((void)0)
#define _RPT4(kind, text, a, b, c, d) ((void)0)
#define _RPTF0 _RPT0
#define _RPTF1 _RPT1
#define _RPTF2 _RPT2
#define _RPTF3 _RPT3
#define _RPTF4 _RPT4

#ifdef __cplusplus
/* `#define new new(_NORMAL_BLOCK, __FILE__, __LINE__)` */
extern "C++" {
#pragma push_macro("new")
#undef new
inline void *operator new(size_t bytes, int, const char *, int) { return ::operator new(bytes); }
inline void *operator new[](size_t bytes, int, const char *, int) { return ::operator new[](bytes); }
inline void operator delete(void *block, int, const char *, int) noexcept { ::operator delete(block); }
inline void operator delete[](void *block, int, const char *, int) noexcept { ::operator delete[](block); }
#pragma pop_macro("new")
}
#endif

#endif
