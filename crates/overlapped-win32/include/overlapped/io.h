/* Descriptors. */
#ifndef OVL_IO_H
#define OVL_IO_H
#include <fcntl.h>
#include <unistd.h>

OVL_BEGIN
int _open(const char *name, int flags, ...) OVL_SYMBOL(_open);
int _wopen(const wchar_t *name, int flags, ...) OVL_SYMBOL(_wopen);
int _sopen(const char *name, int flags, int share, ...) OVL_SYMBOL(_sopen);
int _wsopen(const wchar_t *name, int flags, int share, ...) OVL_SYMBOL(_wsopen);
errno_t _sopen_s(int *to, const char *name, int flags, int share, int mode) OVL_SYMBOL(_sopen_s);
errno_t _wsopen_s(int *to, const wchar_t *name, int flags, int share, int mode) OVL_SYMBOL(_wsopen_s);
int _close(int descriptor) OVL_SYMBOL(_close);
int _dup(int descriptor) OVL_LIBC(dup);
int _dup2(int from, int to) OVL_LIBC(dup2);
int _isatty(int descriptor) OVL_LIBC(isatty);
int _access(const char *name, int mode) OVL_SYMBOL(_access);
int _waccess(const wchar_t *name, int mode) OVL_SYMBOL(_waccess);
int _unlink(const char *name) OVL_SYMBOL(_unlink);
int _wunlink(const wchar_t *name) OVL_SYMBOL(_wunlink);
long long _lseeki64(int descriptor, long long offset, int from) OVL_LIBC(lseek64);
OVL_INLINE int _read(int descriptor, void *to, unsigned int bytes) { return (int)read(descriptor, to, bytes); }
OVL_INLINE int _write(int descriptor, const void *from, unsigned int bytes) { return (int)write(descriptor, from, bytes); }
OVL_INLINE int _lseek(int descriptor, int offset, int from) { return (int)lseek(descriptor, offset, from); }
OVL_INLINE int _commit(int descriptor) { return fsync(descriptor); }
OVL_INLINE int _pipe(int *ends, unsigned int bytes, int mode) { return (void)bytes, (void)mode, pipe(ends); }
/* There is no text mode to leave. */
OVL_INLINE int _setmode(int descriptor, int mode) { return (void)descriptor, (void)mode, 0; }
long _get_osfhandle(int descriptor) OVL_SYMBOL(_get_osfhandle);
int _open_osfhandle(long handle, int flags) OVL_SYMBOL(_open_osfhandle);
OVL_END
#define setmode _setmode

#endif
