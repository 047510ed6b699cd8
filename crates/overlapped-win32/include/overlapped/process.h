/* Threads and processes of the C library. */
#ifndef OVL_PROCESS_H
#define OVL_PROCESS_H
#include "ovl/crt.h"
#include <stdarg.h>
#include <stdint.h>

#define _P_WAIT 0
#define _P_NOWAIT 1
#define _P_OVERLAY 2
#define _OLD_P_OVERLAY _P_OVERLAY
#define _P_NOWAITO 3
#define _P_DETACH 4
#define _WAIT_CHILD 0
#define _WAIT_GRANDCHILD 1

/* <unistd.h> brings this header into programs that have a macro of the name, made for Windows without it. */
#pragma push_macro("getpid")
#undef getpid
OVL_BEGIN
unsigned long _beginthread(void(__cdecl *start)(void *), unsigned int stack, void *argument) OVL_SYMBOL(_beginthread);
unsigned long _beginthreadex(void *security, unsigned int stack, unsigned int(__stdcall *start)(void *), void *argument,
                             unsigned int flags, unsigned int *id) OVL_SYMBOL(_beginthreadex);
void _endthread(void) OVL_SYMBOL(_endthread);
void _endthreadex(unsigned int code) OVL_SYMBOL(_endthreadex);
int _getpid(void) OVL_LIBC(getpid);
/* At once, as libc's of <unistd.h>; <stdlib.h> declares it too. */
void _exit(int code) __attribute__((__noreturn__));
/* What an exit does, and the program goes on: its own functions of atexit, and its streams. A program at a fixed address has no handle of
 * its own, and its functions wait for the exit: with no handle those of all libraries would run, too. */
extern void *ovl_dso_handle __asm__("__dso_handle") __attribute__((__visibility__("hidden")));
void ovl_finalize(void *module) __asm__("__cxa_finalize");
int ovl_flush_streams(void *stream) __asm__("fflush");
OVL_INLINE void _cexit(void) {
    if (ovl_dso_handle) ovl_finalize(ovl_dso_handle);
    ovl_flush_streams(0);
}
/* Nothing is left to do without those. */
OVL_INLINE void _c_exit(void) {}
int getpid(void) OVL_NOTHROW;

/* Programs. Those with `p` are looked for; those with `e` have an environment of their own. */
intptr_t _spawnve(int mode, const char *path, const char *const *arguments, const char *const *environment) OVL_SYMBOL(_spawnve);
intptr_t _spawnvpe(int mode, const char *path, const char *const *arguments, const char *const *environment) OVL_SYMBOL(_spawnvpe);
intptr_t _wspawnve(int mode, const wchar_t *path, const wchar_t *const *arguments, const wchar_t *const *environment)
    OVL_SYMBOL(_wspawnve);
intptr_t _wspawnvpe(int mode, const wchar_t *path, const wchar_t *const *arguments, const wchar_t *const *environment)
    OVL_SYMBOL(_wspawnvpe);
intptr_t _cwait(int *status, intptr_t process, int action) OVL_SYMBOL(_cwait);
OVL_END
#pragma pop_macro("getpid")

#define OVL_SPAWN_INLINE static __inline__ __attribute__((__unused__)) intptr_t
/* So many arguments a list of them may have. */
#define OVL_SPAWN_MOST 512
#define OVL_SPAWNS(character, w, p) \
    OVL_SPAWN_INLINE _##w##spawnv##p(int mode, const character *path, const character *const *arguments) { \
        return _##w##spawnv##p##e(mode, path, arguments, 0); \
    } \
    OVL_SPAWN_INLINE _##w##execv##p(const character *path, const character *const *arguments) { \
        return _##w##spawnv##p##e(_P_OVERLAY, path, arguments, 0); \
    } \
    OVL_SPAWN_INLINE _##w##execv##p##e(const character *path, const character *const *arguments, const character *const *environment) { \
        return _##w##spawnv##p##e(_P_OVERLAY, path, arguments, environment); \
    } \
    OVL_SPAWN_LIST(character, _##w##spawnl##p, _##w##spawnv##p##e, int mode OVL_COMMA, mode, 0) \
    OVL_SPAWN_LIST(character, _##w##spawnl##p##e, _##w##spawnv##p##e, int mode OVL_COMMA, mode, va_arg(more, const character *const *)) \
    OVL_SPAWN_LIST(character, _##w##execl##p, _##w##spawnv##p##e, , _P_OVERLAY, 0) \
    OVL_SPAWN_LIST(character, _##w##execl##p##e, _##w##spawnv##p##e, , _P_OVERLAY, va_arg(more, const character *const *))
#define OVL_COMMA ,
#define OVL_SPAWN_LIST(character, name, to, mode_parameter, mode_argument, last) \
    OVL_SPAWN_INLINE name(mode_parameter const character *path, const character *first, ...) { \
        const character *list[OVL_SPAWN_MOST + 1]; \
        const character *const *environment; \
        int count = 0; \
        va_list more; \
        va_start(more, first); \
        for (list[0] = first; list[count] && count < OVL_SPAWN_MOST;) list[++count] = va_arg(more, const character *); \
        list[count] = 0; \
        environment = last; \
        va_end(more); \
        return to(mode_argument, path, list, environment); \
    }
OVL_SPAWNS(char, , )
OVL_SPAWNS(char, , p)
OVL_SPAWNS(wchar_t, w, )
OVL_SPAWNS(wchar_t, w, p)
#undef OVL_SPAWNS
#undef OVL_SPAWN_LIST

#define spawnl _spawnl
#define spawnle _spawnle
#define spawnlp _spawnlp
#define spawnlpe _spawnlpe
#define spawnv _spawnv
#define spawnve _spawnve
#define spawnvp _spawnvp
#define spawnvpe _spawnvpe
#define cwait _cwait
#define P_WAIT _P_WAIT
#define P_NOWAIT _P_NOWAIT
#define P_OVERLAY _P_OVERLAY
#define OLD_P_OVERLAY _OLD_P_OVERLAY
#define P_NOWAITO _P_NOWAITO
#define P_DETACH _P_DETACH
#define WAIT_CHILD _WAIT_CHILD
#define WAIT_GRANDCHILD _WAIT_GRANDCHILD

#endif
