/* Descriptors. */
#ifndef OVL_IO_H
#define OVL_IO_H
#include <fcntl.h>
#include "ovl/permissions.h"
#define OVL_WITHOUT_POSIX
#include <unistd.h>
#undef OVL_WITHOUT_POSIX

/* Searches. There is one structure for each kind of text, with times and a size of 64 bits, under all of Microsoft's names. */
#define _A_NORMAL 0x00
#define _A_RDONLY 0x01
#define _A_HIDDEN 0x02
#define _A_SYSTEM 0x04
#define _A_SUBDIR 0x10
#define _A_ARCH 0x20
typedef unsigned int _fsize_t;
struct _finddata_t {
    unsigned int attrib;
    long long time_create;
    long long time_access;
    long long time_write;
    long long size;
    char name[260];
};
struct _wfinddata_t {
    unsigned int attrib;
    long long time_create;
    long long time_access;
    long long time_write;
    long long size;
    wchar_t name[260];
};
OVL_STATIC_ASSERT(sizeof(struct _finddata_t) == 304, "struct _finddata_t must have 304 bytes");
#define _finddatai64_t _finddata_t
#define _finddata64_t _finddata_t
#define __finddata64_t _finddata_t
#define _finddata64i32_t _finddata_t
#define _wfinddatai64_t _wfinddata_t
#define _wfinddata64_t _wfinddata_t
#define __wfinddata64_t _wfinddata_t
#define _wfinddata64i32_t _wfinddata_t
#define _finddata32_t _finddata_t
#define _finddata32i64_t _finddata_t
#define _wfinddata32_t _wfinddata_t
#define _wfinddata32i64_t _wfinddata_t

/* Programs make macros of these, such as read of recv. */
#pragma push_macro("dup2")
#undef dup2
#pragma push_macro("read")
#undef read
#pragma push_macro("write")
#undef write
#pragma push_macro("lseek")
#undef lseek
OVL_BEGIN
intptr_t _findfirst(const char *pattern, struct _finddata_t *to) OVL_SYMBOL(_findfirst);
intptr_t _wfindfirst(const wchar_t *pattern, struct _wfinddata_t *to) OVL_SYMBOL(_wfindfirst);
int _findnext(intptr_t search, struct _finddata_t *to) OVL_SYMBOL(_findnext);
int _wfindnext(intptr_t search, struct _wfinddata_t *to) OVL_SYMBOL(_wfindnext);
int _findclose(intptr_t search) OVL_SYMBOL(_findclose);
int _open(const char *name, int flags, ...) OVL_SYMBOL(_open);
int _wopen(const wchar_t *name, int flags, ...) OVL_SYMBOL(_wopen);
int _creat(const char *name, int mode) OVL_SYMBOL(_creat);
int _wcreat(const wchar_t *name, int mode) OVL_SYMBOL(_wcreat);
int _sopen(const char *name, int flags, int share, ...) OVL_SYMBOL(_sopen);
int _wsopen(const wchar_t *name, int flags, int share, ...) OVL_SYMBOL(_wsopen);
errno_t _sopen_s(int *to, const char *name, int flags, int share, int mode) OVL_SYMBOL(_sopen_s);
errno_t _wsopen_s(int *to, const wchar_t *name, int flags, int share, int mode) OVL_SYMBOL(_wsopen_s);
int _close(int descriptor) OVL_SYMBOL(_close);
int _dup(int descriptor) OVL_LIBC(dup);
/* 0, where POSIX gives the descriptor. */
OVL_INLINE int _dup2(int from, int to) { return dup2(from, to) < 0 ? -1 : 0; }
int _isatty(int descriptor) OVL_LIBC(isatty);
int _access(const char *name, int mode) OVL_SYMBOL(_access);
int _waccess(const wchar_t *name, int mode) OVL_SYMBOL(_waccess);
int _unlink(const char *name) OVL_SYMBOL(_unlink);
int _wunlink(const wchar_t *name) OVL_SYMBOL(_wunlink);
long long _lseeki64(int descriptor, long long offset, int from) OVL_LIBC(lseek64);
OVL_INLINE int _read(int descriptor, void *to, unsigned int bytes) { return (int)read(descriptor, to, bytes); }
OVL_INLINE int _write(int descriptor, const void *from, unsigned int bytes) { return (int)write(descriptor, from, bytes); }
OVL_INLINE int _lseek(int descriptor, int offset, int from) { return (int)lseek(descriptor, offset, from); }
int _commit(int descriptor) OVL_SYMBOL(_commit);
int _pipe(int *ends, unsigned int bytes, int mode) OVL_SYMBOL(_pipe);
OVL_INLINE int _tell(int descriptor) { return (int)lseek(descriptor, 0, SEEK_CUR); }
OVL_INLINE long long _telli64(int descriptor) { return lseek(descriptor, 0, SEEK_CUR); }
long long _filelengthi64(int descriptor) OVL_SYMBOL(_filelengthi64);
OVL_INLINE int _filelength(int descriptor) { return (int)_filelengthi64(descriptor); }
errno_t _chsize_s(int descriptor, long long length) OVL_SYMBOL(_chsize_s);
OVL_INLINE int _chsize(int descriptor, int length) { return _chsize_s(descriptor, length) ? -1 : 0; }
int _eof(int descriptor) OVL_SYMBOL(_eof);
int _locking(int descriptor, int mode, int bytes) OVL_SYMBOL(_locking);
errno_t _access_s(const char *name, int mode) OVL_SYMBOL(_access_s);
errno_t _waccess_s(const wchar_t *name, int mode) OVL_SYMBOL(_waccess_s);
char *_mktemp(char *name) OVL_SYMBOL(_mktemp);
wchar_t *_wmktemp(wchar_t *name) OVL_SYMBOL(_wmktemp);
errno_t _mktemp_s(char *name, size_t room) OVL_SYMBOL(_mktemp_s);
errno_t _wmktemp_s(wchar_t *name, size_t room) OVL_SYMBOL(_wmktemp_s);
/* There is no text mode to leave. */
int ovl_fcntl(int descriptor, int command, ...) OVL_LIBC(fcntl);
OVL_INLINE int _setmode(int descriptor, int mode) {
    if (mode) return *ovl_errno() = 22, -1;
    return ovl_fcntl(descriptor, 1) < 0 ? -1 : 0;
}
long _get_osfhandle(int descriptor) OVL_SYMBOL(_get_osfhandle);
int _open_osfhandle(long handle, int flags) OVL_SYMBOL(_open_osfhandle);
OVL_END
#pragma pop_macro("dup2")
#pragma pop_macro("read")
#pragma pop_macro("write")
#pragma pop_macro("lseek")
#define _findfirst32 _findfirst
#define _findnext32 _findnext
#define _findfirst32i64 _findfirst
#define _findnext32i64 _findnext
#define _findfirst64i32 _findfirst
#define _findnext64i32 _findnext
#define _wfindfirst32 _wfindfirst
#define _wfindnext32 _wfindnext
#define _wfindfirst32i64 _wfindfirst
#define _wfindnext32i64 _wfindnext
#define _wfindfirst64i32 _wfindfirst
#define _wfindnext64i32 _wfindnext
#ifndef __cplusplus
#define eof _eof
#else
/* No macro: std::char_traits has one of the name. */
extern "C" int __cdecl eof(int fd) OVL_SYMBOL(_eof);
#endif
#define sopen _sopen
#define _findfirst64 _findfirst
#define _findfirsti64 _findfirst
#define _findnext64 _findnext
#define _findnexti64 _findnext
#define _wfindfirst64 _wfindfirst
#define _wfindfirsti64 _wfindfirst
#define _wfindnext64 _wfindnext
#define _wfindnexti64 _wfindnext
#define setmode _setmode
#define chsize _chsize
#define filelength _filelength
#define locking _locking
#define tell _tell

#ifdef __cplusplus
extern "C++" template <size_t N> inline errno_t _mktemp_s(char (&name)[N]) { return _mktemp_s(name, N); }
extern "C++" template <size_t N> inline errno_t _wmktemp_s(wchar_t (&name)[N]) { return _wmktemp_s(name, N); }
#endif

#endif
