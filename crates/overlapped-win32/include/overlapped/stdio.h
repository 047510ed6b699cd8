/* libc's <stdio.h>, with Microsoft's formats and functions. */
#ifndef OVL_STDIO_H
#define OVL_STDIO_H
#pragma GCC system_header
#include "ovl/crt.h"

/* libc's own functions stay out of sight under other names. */
#if OVL_FORMATS
#define printf ovl_libc_printf
#define fprintf ovl_libc_fprintf
#define sprintf ovl_libc_sprintf
#define snprintf ovl_libc_snprintf
#define vprintf ovl_libc_vprintf
#define vfprintf ovl_libc_vfprintf
#define vsprintf ovl_libc_vsprintf
#define vsnprintf ovl_libc_vsnprintf
#define scanf ovl_libc_scanf
#define fscanf ovl_libc_fscanf
#define sscanf ovl_libc_sscanf
#define vscanf ovl_libc_vscanf
#define vfscanf ovl_libc_vfscanf
#define vsscanf ovl_libc_vsscanf
#endif
#define fopen ovl_libc_fopen
#define fopen64 ovl_libc_fopen64
#define freopen ovl_libc_freopen
#define remove ovl_libc_remove
#define rename ovl_libc_rename
#include "ovl/hide.h"
#include_next <stdio.h>
#include "ovl/show.h"
#undef fopen
#undef fopen64
#undef freopen
#undef remove
#undef rename
#if OVL_FORMATS
#undef printf
#undef fprintf
#undef sprintf
#undef snprintf
#undef vprintf
#undef vfprintf
#undef vsprintf
#undef vsnprintf
#undef scanf
#undef fscanf
#undef sscanf
#undef vscanf
#undef vfscanf
#undef vsscanf
#endif

#define _IOB_ENTRIES 20
#define _fileno fileno
#define _fdopen fdopen
#define _fseeki64 fseeko
#define _ftelli64 ftello
#define _putw putw
#define _getw getw
#define _P_tmpdir "\\"

OVL_BEGIN
#if OVL_FORMATS
int vprintf(const char *format, va_list list) OVL_SYMBOL(vprintf);
int vfprintf(FILE *to, const char *format, va_list list) OVL_SYMBOL(vfprintf);
int vsprintf(char *to, const char *format, va_list list) OVL_SYMBOL(vsprintf);
int vsnprintf(char *to, size_t room, const char *format, va_list list) OVL_SYMBOL(vsnprintf);
int vscanf(const char *format, va_list list) OVL_SYMBOL(vscanf);
int vfscanf(FILE *from, const char *format, va_list list) OVL_SYMBOL(vfscanf);
int vsscanf(const char *from, const char *format, va_list list) OVL_SYMBOL(vsscanf);
OVL_VARIADIC(printf, (const char *format, ...), format, vprintf(format, ovl_list))
OVL_VARIADIC(fprintf, (FILE *to, const char *format, ...), format, vfprintf(to, format, ovl_list))
OVL_VARIADIC(sprintf, (char *to, const char *format, ...), format, vsprintf(to, format, ovl_list))
OVL_VARIADIC(snprintf, (char *to, size_t room, const char *format, ...), format, vsnprintf(to, room, format, ovl_list))
OVL_VARIADIC(scanf, (const char *format, ...), format, vscanf(format, ovl_list))
OVL_VARIADIC(fscanf, (FILE *from, const char *format, ...), format, vfscanf(from, format, ovl_list))
OVL_VARIADIC(sscanf, (const char *from, const char *format, ...), format, vsscanf(from, format, ovl_list))
#endif

int _vsnprintf(char *to, size_t room, const char *format, va_list list) OVL_SYMBOL(_vsnprintf);
int _vscprintf(const char *format, va_list list) OVL_SYMBOL(_vscprintf);
int vsprintf_s(char *to, size_t room, const char *format, va_list list) OVL_SYMBOL(vsprintf_s);
int _vsnprintf_s(char *to, size_t room, size_t most, const char *format, va_list list) OVL_SYMBOL(_vsnprintf_s);
int vscanf_s(const char *format, va_list list) OVL_SYMBOL(vscanf_s);
int vfscanf_s(FILE *from, const char *format, va_list list) OVL_SYMBOL(vfscanf_s);
int vsscanf_s(const char *from, const char *format, va_list list) OVL_SYMBOL(vsscanf_s);
OVL_VARIADIC(_snprintf, (char *to, size_t room, const char *format, ...), format, _vsnprintf(to, room, format, ovl_list))
OVL_VARIADIC(_scprintf, (const char *format, ...), format, _vscprintf(format, ovl_list))
OVL_VARIADIC(sprintf_s, (char *to, size_t room, const char *format, ...), format, vsprintf_s(to, room, format, ovl_list))
OVL_VARIADIC(_snprintf_s, (char *to, size_t room, size_t most, const char *format, ...), format,
             _vsnprintf_s(to, room, most, format, ovl_list))
OVL_VARIADIC(printf_s, (const char *format, ...), format, vprintf(format, ovl_list))
OVL_VARIADIC(fprintf_s, (FILE *to, const char *format, ...), format, vfprintf(to, format, ovl_list))
OVL_VARIADIC(scanf_s, (const char *format, ...), format, vscanf_s(format, ovl_list))
OVL_VARIADIC(fscanf_s, (FILE *from, const char *format, ...), format, vfscanf_s(from, format, ovl_list))
OVL_VARIADIC(sscanf_s, (const char *from, const char *format, ...), format, vsscanf_s(from, format, ovl_list))

/* Names of files are names of Windows too: C:\\x. */
FILE *fopen(const char *name, const char *mode) OVL_SYMBOL(fopen);
FILE *fopen64(const char *name, const char *mode) OVL_SYMBOL(fopen);
FILE *freopen(const char *name, const char *mode, FILE *from) OVL_SYMBOL(freopen);
/* With the handle that was made its descriptor. */
int fclose(FILE *stream) OVL_SYMBOL(fclose);
int remove(const char *name) OVL_SYMBOL(remove);
int rename(const char *from, const char *to) OVL_SYMBOL(rename);
#pragma push_macro("unlink")
#undef unlink
int unlink(const char *name) OVL_SYMBOL(_unlink);
#pragma pop_macro("unlink")
int _unlink(const char *name) OVL_SYMBOL(_unlink);
int _wunlink(const wchar_t *name) OVL_SYMBOL(_wunlink);
errno_t fopen_s(FILE **to, const char *name, const char *mode) OVL_SYMBOL(fopen_s);
errno_t freopen_s(FILE **to, const char *name, const char *mode, FILE *from) OVL_SYMBOL(freopen_s);
errno_t tmpfile_s(FILE **to) OVL_SYMBOL(tmpfile_s);
errno_t tmpnam_s(char *to, size_t room) OVL_SYMBOL(tmpnam_s);
errno_t _wtmpnam_s(wchar_t *to, size_t room) OVL_SYMBOL(_wtmpnam_s);
OVL_INLINE wchar_t *_wtmpnam(wchar_t *to) {
    static wchar_t ovl_name[260];
    to = to ? to : ovl_name;
    return _wtmpnam_s(to, 260) ? (wchar_t *)0 : to;
}
FILE *_fsopen(const char *name, const char *mode, int share) OVL_SYMBOL(_fsopen);
FILE *_wfsopen(const wchar_t *name, const wchar_t *mode, int share) OVL_SYMBOL(_wfsopen);
FILE *_wfopen(const wchar_t *name, const wchar_t *mode) OVL_SYMBOL(_wfopen);
errno_t _wfopen_s(FILE **to, const wchar_t *name, const wchar_t *mode) OVL_SYMBOL(_wfopen_s);
FILE *_wfreopen(const wchar_t *name, const wchar_t *mode, FILE *from) OVL_SYMBOL(_wfreopen);
errno_t _wfreopen_s(FILE **to, const wchar_t *name, const wchar_t *mode, FILE *from) OVL_SYMBOL(_wfreopen_s);
int _wremove(const wchar_t *name) OVL_SYMBOL(_wremove);
int _wrename(const wchar_t *from, const wchar_t *to) OVL_SYMBOL(_wrename);
void _wperror(const wchar_t *text) OVL_SYMBOL(_wperror);
char *gets(char *to) OVL_SYMBOL(gets);
char *gets_s(char *to, size_t room) OVL_SYMBOL(gets_s);
OVL_INLINE int vprintf_s(const char *format, va_list list) { return vprintf(format, list); }
OVL_INLINE int vfprintf_s(FILE *to, const char *format, va_list list) { return vfprintf(to, format, list); }
FILE *_popen(const char *command, const char *mode) OVL_SYMBOL(_popen);
FILE *_wpopen(const wchar_t *command, const wchar_t *mode) OVL_SYMBOL(_wpopen);
int _pclose(FILE *stream) OVL_SYMBOL(_pclose);
OVL_INLINE FILE *_wfdopen(int descriptor, const wchar_t *mode) {
    char text[8];
    int at = 0;
    for (; mode[at] && at < 7; at++) text[at] = (char)mode[at];
    text[at] = 0;
    return _fdopen(descriptor, text);
}
char *_tempnam(const char *directory, const char *prefix) OVL_SYMBOL(_tempnam);
wchar_t *_wtempnam(const wchar_t *directory, const wchar_t *prefix) OVL_SYMBOL(_wtempnam);
OVL_INLINE int _fgetchar(void) { return fgetc(stdin); }
OVL_INLINE int _fputchar(int byte) { return fputc(byte, stdout); }
OVL_INLINE errno_t clearerr_s(FILE *stream) {
    if (!stream) return 22;
    clearerr(stream);
    return 0;
}
OVL_INLINE size_t fread_s(void *to, size_t room, size_t size, size_t count, FILE *from) {
    if (!to || !size) return 0;
    return fread(to, size, count <= room / size ? count : room / size, from);
}
OVL_INLINE int _rmtmp(void) { return 0; }
OVL_INLINE int _getmaxstdio(void) { return 512; }
OVL_INLINE int _setmaxstdio(int most) { return most; }
int _flushall(void) OVL_SYMBOL(_flushall);
int _fcloseall(void) OVL_SYMBOL(_fcloseall);
OVL_END

#include "ovl/stdio_forms.h"

#ifdef __cplusplus
extern "C++" template <size_t N> inline errno_t tmpnam_s(char (&to)[N]) { return tmpnam_s(to, N); }
extern "C++" template <size_t N> inline int vsprintf_s(char (&to)[N], const char *format, va_list list) { return vsprintf_s(to, N, format, list); }
extern "C++" { template <size_t N> OVL_VARIADIC(sprintf_s, (char (&to)[N], const char *format, ...), format, vsprintf_s(to, N, format, ovl_list)) }
extern "C++" { template <size_t N> OVL_VARIADIC(_snprintf_s, (char (&to)[N], size_t most, const char *format, ...), format,
                                 _vsnprintf_s(to, N, most, format, ovl_list)) }
#endif

/* The wide functions are declared here too in Windows. */
#include <wchar.h>

#endif
#include "ovl/off_t.h"
