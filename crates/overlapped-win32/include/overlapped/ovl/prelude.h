/* What a Windows compiler has built in, for gcc and clang on Linux. `ovl cc` includes it before the first line of every file;
 * a makefile of yours does that with the flags that `ovl cc --print-flags` prints. */
#ifndef OVL_PRELUDE_H
#define OVL_PRELUDE_H

/* ---- Predefined macros. _MSC_VER stays undefined: the language is that of gcc and clang. */
#undef linux
#undef unix
#undef __linux
#undef __linux__
#undef __gnu_linux__
#undef __unix
#undef __unix__
#ifndef _WIN32
#define _WIN32 1
#endif
#ifndef WIN32
#define WIN32 1
#endif
#ifndef _WIN64
#define _WIN64 1
#endif
#ifndef WIN64
#define WIN64 1
#endif
#ifndef __WIN32__
#define __WIN32__ 1
#endif
#ifndef __WIN64__
#define __WIN64__ 1
#endif
#ifndef WINNT
#define WINNT 1
#endif
#ifndef _MT
#define _MT 1
#endif
#if defined(__x86_64__) && !defined(_M_X64)
#define _M_X64 100
#define _M_AMD64 100
#elif defined(__aarch64__) && !defined(_M_ARM64)
#define _M_ARM64 1
#endif

/* ---- Warnings about what is right on Windows: formats are Microsoft's (see ovl/crt.h), pragmas are for its compiler. A function
 * that is not declared is an error: it would be one that Overlapped does not have yet. */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wwrite-strings"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wmultichar"
#pragma GCC diagnostic ignored "-Wmissing-braces"
#ifdef __cplusplus
#pragma GCC diagnostic ignored "-Wnarrowing"
#else
#pragma GCC diagnostic ignored "-Wpointer-sign"
#pragma GCC diagnostic ignored "-Wmain"
#pragma GCC diagnostic warning "-Wincompatible-pointer-types"
#pragma GCC diagnostic warning "-Wint-conversion"
#pragma GCC diagnostic error "-Wimplicit-function-declaration"
#endif
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wignored-attributes"
#pragma GCC diagnostic ignored "-Wmicrosoft"
#pragma GCC diagnostic ignored "-Winvalid-source-encoding"
#pragma GCC diagnostic ignored "-Wpragma-once-outside-header"
#else
#pragma GCC diagnostic ignored "-Wcast-function-type"
#endif

/* ---- Parts of libc that differ from what winsock2.h declares, and come along with <stdlib.h> and
 * <unistd.h>: fd_set, select, a u_long of 64 bits, an unsigned socklen_t. Whoever mixes in POSIX code uses poll. */
#define _SYS_SELECT_H 1
#define __u_char_defined 1
#define __socklen_t_defined 1
typedef int socklen_t;

/* Types of POSIX that Windows programs have of their own, and libc's functions do not need under these names. In C++ libstdc++
 * needs those of threads; in C they come with <pthread.h>. */
#define __uid_t_defined 1
#define __gid_t_defined 1
#ifndef __cplusplus
#define __off_t_defined 1
#endif
#if !defined(__cplusplus) && !defined(_BITS_PTHREADTYPES_COMMON_H) && __has_include(<bits/pthreadtypes.h>)
#define OVL_NO_PTHREAD_TYPES 1
#define _BITS_PTHREADTYPES_COMMON_H 1
#define _BITS_SIGTHREAD_H 1
#endif

/* What a program defines for itself, as `ovl cc` has seen: libc's headers leave it out, or give theirs other names (see also signal.h and sched.h). */
#ifdef OVL_HIDE_key_t
#define __key_t_defined 1
#endif
#ifdef OVL_HIDE_nlink_t
#define __nlink_t_defined 1
#endif
#ifdef OVL_HIDE_iovec
#define __iovec_defined 1
#endif

/* What `ovl cc` has a program's own definitions of these types say; they mean the headers' types, of which some are others here. */
#define OVL_OWN_DWORD unsigned int
#define OVL_OWN_LONG int
#define OVL_OWN_ULONG unsigned int
#define OVL_OWN_u_long unsigned int
#define OVL_OWN_int8_t __INT8_TYPE__
#define OVL_OWN_int16_t __INT16_TYPE__
#define OVL_OWN_int32_t __INT32_TYPE__
#define OVL_OWN_uint8_t __UINT8_TYPE__
#define OVL_OWN_uint16_t __UINT16_TYPE__
#define OVL_OWN_uint32_t __UINT32_TYPE__
#ifdef __cplusplus
#define OVL_OWN_int64_t __INT64_TYPE__
#define OVL_OWN_uint64_t __UINT64_TYPE__
#else
#define OVL_OWN_int64_t long long
#define OVL_OWN_uint64_t unsigned long long
#endif
#define OVL_OWN_u_int8_t __UINT8_TYPE__
#define OVL_OWN_u_int16_t __UINT16_TYPE__
#define OVL_OWN_u_int32_t __UINT32_TYPE__
#define OVL_OWN_u_int64_t __UINT64_TYPE__
#define OVL_OWN_intptr_t __INTPTR_TYPE__
#define OVL_OWN_uintptr_t __UINTPTR_TYPE__
#define OVL_OWN_intmax_t __INTMAX_TYPE__
#define OVL_OWN_uintmax_t __UINTMAX_TYPE__
#define OVL_OWN_ssize_t long
#define OVL_OWN_mode_t unsigned int
#define OVL_OWN_pid_t int
#define OVL_OWN_useconds_t unsigned int
#define OVL_OWN_suseconds_t long

/* ---- 1i64 and 1ui64, in C++ (gcc and clang have no such hook in C). */
#if defined(__cplusplus) && __cplusplus >= 201103L
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wliteral-suffix"
#else
#pragma clang diagnostic ignored "-Wuser-defined-literals"
#pragma clang diagnostic ignored "-Wreserved-user-defined-literal"
#endif
constexpr long long operator""i64(unsigned long long value) { return (long long)value; }
constexpr long long operator""I64(unsigned long long value) { return (long long)value; }
constexpr unsigned long long operator""ui64(unsigned long long value) { return value; }
constexpr unsigned long long operator""UI64(unsigned long long value) { return value; }
constexpr unsigned long long operator""uI64(unsigned long long value) { return value; }
constexpr int operator""i32(unsigned long long value) { return (int)value; }
constexpr unsigned int operator""ui32(unsigned long long value) { return (unsigned int)value; }
#endif

/* ---- Boost declares the functions of Windows itself, with Microsoft's idea of a long, unless it is told to use <windows.h>; and it takes
 * glibc for a sign of Linux, before it looks for _WIN32. */
#ifndef BOOST_USE_WINDOWS_H
#define BOOST_USE_WINDOWS_H 1
#endif
#ifndef BOOST_PLATFORM_CONFIG
#define BOOST_PLATFORM_CONFIG "boost/config/platform/win32.hpp"
#endif

/* ---- Keywords. */
#undef __int8
#undef __int16
#undef __int32
#undef __int64
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long
#define _int64 long long

#undef __cdecl
#undef __stdcall
#undef __fastcall
#undef __thiscall
#undef __vectorcall
#define __cdecl
#define __stdcall
#define __fastcall
#define __thiscall
#define __vectorcall
#define __clrcall
#define __pascal
#define _cdecl
#define _stdcall
#define _fastcall

#undef __ptr32
#undef __ptr64
#undef __unaligned
#undef __w64
#undef __forceinline
#define __ptr32
#define __ptr64
#define __unaligned
#define __w64
#define __forceinline __inline__ __attribute__((__always_inline__))
#define _inline __inline__
#define _forceinline __forceinline
#define __noop(...) ((void)0)
#ifndef __clang__
#define __pragma(...) _Pragma(#__VA_ARGS__)
#endif
#define __assume(condition) ((condition) ? (void)0 : __builtin_unreachable())
#ifdef __cplusplus
/* A call, because an exception in C++ may start at a call and not in assembler. */
extern "C" void ovl_debug_break(void) __asm__("ovl_DebugBreak");
#define __debugbreak() ovl_debug_break()
#elif defined(__x86_64__)
#define __debugbreak() __asm__ __volatile__("int3")
#else
#define __debugbreak() __asm__ __volatile__("brk #0xf000")
#endif
#define __FUNCSIG__ __PRETTY_FUNCTION__

/* __declspec(x) becomes OVL_DECLSPEC_x. */
#undef __declspec
#undef _declspec
#define __declspec(modifier) OVL_DECLSPEC_##modifier
#define _declspec(modifier) OVL_DECLSPEC_##modifier
#define OVL_DECLSPEC_align(bytes) __attribute__((__aligned__(bytes)))
#define OVL_DECLSPEC_allocate(name) __attribute__((__section__(name), __used__))
#define OVL_DECLSPEC_deprecated __attribute__((__deprecated__))
#define OVL_DECLSPEC_dllexport __attribute__((__visibility__("default")))
#define OVL_DECLSPEC_dllimport
#define OVL_DECLSPEC_naked __attribute__((__naked__))
#define OVL_DECLSPEC_noalias
#define OVL_DECLSPEC_noinline __attribute__((__noinline__))
#define OVL_DECLSPEC_noreturn __attribute__((__noreturn__))
#define OVL_DECLSPEC_nothrow __attribute__((__nothrow__))
#define OVL_DECLSPEC_novtable
#define OVL_DECLSPEC_restrict
#define OVL_DECLSPEC_selectany __attribute__((__weak__))
#define OVL_DECLSPEC_uuid(text)
#ifdef __cplusplus
#define OVL_DECLSPEC_thread thread_local
#else
#define OVL_DECLSPEC_thread _Thread_local
#endif

/* ---- C++ with a 16-bit wchar_t. libstdc++.so holds instances of std::wstring that were compiled for 32 bits; without extern
 * templates each program makes its own, and the functions that these call are ours (see wchar.h). */
#ifdef __cplusplus
#if __has_include(<bits/c++config.h>)
#include <bits/c++config.h>
#undef _GLIBCXX_EXTERN_TEMPLATE
#define _GLIBCXX_EXTERN_TEMPLATE 0
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
#include <time.h>
#if __has_include(<bits/gthr.h>)
#define OVL_WITHOUT_POSIX
#include <bits/gthr.h>
#undef OVL_WITHOUT_POSIX
#endif
#endif

/* ---- Structured exception handling: exceptions that RaiseException raises, and faults of the machine. Filters are asked first,
 * while everything is still in place; then __finally blocks are run. __finally also runs after a normal end and after __leave; not
 * after return, break or goto out of the block.
 *
 * As with setjmp: what a __try block changes in a variable that is not volatile may be lost for filter and handler. A filter is
 * asked in its own function, but on top of the stack as it is; the alloca keeps the compiler from finding variables by the
 * stack pointer. In C++ the words are libstdc++'s own as well (it defines __try as try), __leave is an exception, and destructors run;
 * a fault passes them by in code of clang. `ovl c++` defines OVL_SEH for files with __try, lets exceptions start at any instruction
 * (-fnon-call-exceptions, gcc only), and libstdc++ comes first. Without, C++ has __try for exceptions of C++ only. */
#undef __except
#undef __finally
#undef __leave
struct ovl_seh_frame {
    struct ovl_seh_frame *outer;
    volatile int reason;
    int kind, cxx, reserved;
    unsigned long long registers[23];
};
struct ovl_seh_finally {
    int to_run, abnormal;
    struct ovl_seh_frame *target;
    int by_throw;
    unsigned long long record[19];
};
/* A block and what follows it are one statement, so they may be all of a loop or a branch: the first half of an `if`, which is left for
 * the second by a jump to a label of its own. */
#define OVL_SEH_JOIN(name, number) name##number
#define OVL_SEH_LABEL(number) OVL_SEH_JOIN(ovl_seh_then_, number)
#define OVL_SEH_ASK 1
#define OVL_SEH_NO_FILTER (-2147483647 - 1)
#define OVL_SEH_OWN_STACK \
    { \
        unsigned long ovl_none = 0; \
        __asm__ __volatile__("" : "+r"(ovl_none)); \
        if (__builtin_expect(ovl_none != 0, 0)) __asm__ __volatile__("" : : "r"(__builtin_alloca(ovl_none)) : "memory"); \
    }
#ifdef __cplusplus
#include <bits/exception_defines.h>
#include <cxxabi.h>
#include <exception>
extern "C" {
int ovl_seh_enter(struct ovl_seh_frame *frame) __attribute__((__returns_twice__));
void ovl_seh_pop(struct ovl_seh_frame *frame);
void ovl_seh_answer(struct ovl_seh_frame *frame, int answer) __attribute__((__noreturn__));
int ovl_seh_finally(struct ovl_seh_finally *block);
int ovl_seh_caught(void);
int ovl_seh_is_target(struct ovl_seh_frame *frame);
int ovl_seh_accepts(int answer);
void ovl_seh_foreign(void);
void ovl_seh_set_abnormal(int abnormal);
void ovl_seh_set_thrower(void (*thrower)(void), int any_instruction);
}
struct ovl_leave_t {};
struct ovl_fault_t {};
struct ovl_frame_t : ovl_seh_frame {
    ovl_frame_t() : ovl_seh_frame() { cxx = 1; }
    ~ovl_frame_t() { ovl_seh_pop(this); }
};
inline std::exception_ptr &ovl_seh_held() {
    static thread_local std::exception_ptr held;
    return held;
}
class ovl_finally_t {
public:
    ovl_finally_t() : block_(), held_() {
        held_.swap(ovl_seh_held());
        block_.to_run = held_ ? 2 : 1;
    }
    ~ovl_finally_t() noexcept(false) {
#if __cplusplus >= 201703L
        const bool thrown = std::uncaught_exceptions() > 0;
#else
        const bool thrown = std::uncaught_exception();
#endif
        if (held_ && !thrown) std::rethrow_exception(held_);
    }
    bool once() {
        const bool first = ovl_seh_finally(&block_) != 0;
        if (first && held_) ovl_seh_set_abnormal(1);
        return first;
    }

private:
    struct ovl_seh_finally block_;
    std::exception_ptr held_;
};
#define __leave throw ovl_leave_t()
#define OVL_SEH_CATCH_REST(filter) \
    catch (...) { \
        ovl_seh_foreign(); \
        if (!ovl_seh_accepts(filter)) throw; \
    }
#define OVL_SEH_HOLD \
    catch (const ovl_leave_t &) {} \
    catch (const abi::__forced_unwind &) { throw; } \
    catch (...) { ovl_seh_held() = std::current_exception(); }
#ifdef OVL_SEH
/* Headers that have __try of their own, before it means something else. */
#include <algorithm>
#include <bitset>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <forward_list>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <list>
#include <locale>
#include <map>
#include <memory>
#if __cplusplus >= 201703L && __has_include(<memory_resource>)
#include <memory_resource>
#endif
#include <regex>
#include <set>
#include <sstream>
#include <string>
#if __cplusplus >= 202002L
#if __has_include(<format>)
#include <format>
#endif
#if __has_include(<generator>)
#include <generator>
#endif
#if __has_include(<stacktrace>)
#include <stacktrace>
#endif
#if __has_include(<syncstream>)
#include <syncstream>
#endif
#endif
#include <unordered_map>
#include <unordered_set>
#include <vector>
#undef __try
#define __try \
    if (1) { \
        ovl_frame_t ovl_seh; \
        OVL_SEH_OWN_STACK \
        if (!ovl_seh_enter(&ovl_seh)) try
#define __except(...) OVL_SEH_EXCEPT(__COUNTER__, (__VA_ARGS__))
#define OVL_SEH_EXCEPT(number, filter) \
    catch (const ovl_leave_t &) {} \
    catch (const abi::__forced_unwind &) { throw; } \
    catch (const ovl_fault_t &) { \
        if (!ovl_seh_is_target(&ovl_seh)) throw; \
    } \
    OVL_SEH_CATCH_REST(filter) \
    if (ovl_seh.reason == OVL_SEH_ASK) ovl_seh_answer(&ovl_seh, filter); \
    if (ovl_seh_caught()) goto OVL_SEH_LABEL(number); } \
    else OVL_SEH_LABEL(number):
#define __finally OVL_SEH_FINALLY(__COUNTER__)
#define OVL_SEH_FINALLY(number) \
    OVL_SEH_HOLD \
    if (ovl_seh.reason == OVL_SEH_ASK) ovl_seh_answer(&ovl_seh, OVL_SEH_NO_FILTER); \
    goto OVL_SEH_LABEL(number); } \
    else OVL_SEH_LABEL(number): \
        for (ovl_finally_t ovl_end; ovl_end.once();)
inline void ovl_seh_throw() { throw ovl_fault_t(); }
namespace {
const struct ovl_seh_start {
#ifdef __clang__
    ovl_seh_start() { ovl_seh_set_thrower(ovl_seh_throw, 0); }
#else
    ovl_seh_start() { ovl_seh_set_thrower(ovl_seh_throw, 1); }
#endif
} ovl_seh_started;
}
#else
#define __except(...) \
    catch (const ovl_leave_t &) {} \
    catch (const abi::__forced_unwind &) { throw; } \
    OVL_SEH_CATCH_REST((__VA_ARGS__)) \
    if (ovl_seh_caught())
#define __finally \
    OVL_SEH_HOLD \
    for (ovl_finally_t ovl_end; ovl_end.once();)
#endif
#else
int ovl_seh_enter(struct ovl_seh_frame *frame) __attribute__((__returns_twice__));
void ovl_seh_pop(struct ovl_seh_frame *frame);
void ovl_seh_answer(struct ovl_seh_frame *frame, int answer) __attribute__((__noreturn__));
int ovl_seh_caught(void);
int ovl_seh_finally(struct ovl_seh_finally *block);
#undef __try
#define __try \
    if (1) { \
        __label__ ovl_leave; \
        struct ovl_seh_frame ovl_seh __attribute__((__cleanup__(ovl_seh_pop))); \
        ovl_seh.cxx = 0; \
        OVL_SEH_OWN_STACK \
        if (ovl_seh_enter(&ovl_seh)) goto ovl_leave;
#define __except(...) OVL_SEH_EXCEPT(__COUNTER__, (__VA_ARGS__))
#define OVL_SEH_EXCEPT(number, filter) \
    ovl_leave: __attribute__((__unused__)); \
    if (ovl_seh.reason == OVL_SEH_ASK) ovl_seh_answer(&ovl_seh, filter); \
    if (ovl_seh_caught()) goto OVL_SEH_LABEL(number); } \
    else OVL_SEH_LABEL(number):
#define __finally OVL_SEH_FINALLY(__COUNTER__)
#define OVL_SEH_FINALLY(number) \
    ovl_leave: __attribute__((__unused__)); \
    if (ovl_seh.reason == OVL_SEH_ASK) ovl_seh_answer(&ovl_seh, OVL_SEH_NO_FILTER); \
    goto OVL_SEH_LABEL(number); } \
    else OVL_SEH_LABEL(number): \
        for (struct ovl_seh_finally ovl_end = {1, 0, 0, 0, {0}}; ovl_seh_finally(&ovl_end);)
#define __leave goto ovl_leave
#endif
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wclobbered"
#endif

/* Pointers are kept in 32 bits (`ovl cc` looks, and links at a low address): one heap that grows behind the program, and no blocks elsewhere. */
#ifdef OVL_LOW_HEAP
#ifdef __cplusplus
extern "C"
#else
extern
#endif
    int ovl_mallopt(int what, int value) __asm__("mallopt");
__attribute__((__constructor__, __used__)) static void ovl_low_heap(void)
{
    ovl_mallopt(-8 /* M_ARENA_MAX */, 1);
    ovl_mallopt(-4 /* M_MMAP_MAX */, 0);
}
#endif

/* Old annotations that are names of parameters in libstdc++: for a file that uses them (`ovl cc` looks), after the headers that do. */
#ifdef OVL_OLD_SAL
#ifdef __cplusplus
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <thread>
#include <tuple>
#endif
#define __in
#define __out
#endif

#endif
