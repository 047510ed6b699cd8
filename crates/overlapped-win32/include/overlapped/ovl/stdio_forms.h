/* The forms of <stdio.h> with a locale (_l), with numbers of arguments in the format (_p), with a length of the input, and without locks. */
#ifndef OVL_STDIO_FORMS_H
#define OVL_STDIO_FORMS_H

OVL_BEGIN
int _vfprintf_p(FILE *to, const char *format, va_list list) OVL_SYMBOL(_vfprintf_p);
int _vprintf_p(const char *format, va_list list) OVL_SYMBOL(_vprintf_p);
int _vsprintf_p(char *to, size_t room, const char *format, va_list list) OVL_SYMBOL(_vsprintf_p);
int _vscprintf_p(const char *format, va_list list) OVL_SYMBOL(_vscprintf_p);
OVL_VARIADIC(_fprintf_p, (FILE *to, const char *format, ...), format, _vfprintf_p(to, format, ovl_list))
OVL_VARIADIC(_printf_p, (const char *format, ...), format, _vprintf_p(format, ovl_list))
OVL_VARIADIC(_sprintf_p, (char *to, size_t room, const char *format, ...), format, _vsprintf_p(to, room, format, ovl_list))
OVL_VARIADIC(_scprintf_p, (const char *format, ...), format, _vscprintf_p(format, ovl_list))

/* Always with a zero; -1 if the text was cut. */
OVL_INLINE int _vsnprintf_c(char *to, size_t room, const char *format, va_list list) { return _vsnprintf_s(to, room, _TRUNCATE, format, list); }
OVL_VARIADIC(_snprintf_c, (char *to, size_t room, const char *format, ...), format, _vsnprintf_c(to, room, format, ovl_list))

OVL_WITH_LOCALE(_vfprintf_l, _fprintf_l, (FILE *to, const char *format), (to, format), vfprintf)
OVL_WITH_LOCALE(_vfprintf_s_l, _fprintf_s_l, (FILE *to, const char *format), (to, format), vfprintf)
OVL_WITH_LOCALE(_vfprintf_p_l, _fprintf_p_l, (FILE *to, const char *format), (to, format), _vfprintf_p)
OVL_WITH_LOCALE(_vprintf_l, _printf_l, (const char *format), (format), vprintf)
OVL_WITH_LOCALE(_vprintf_s_l, _printf_s_l, (const char *format), (format), vprintf)
OVL_WITH_LOCALE(_vprintf_p_l, _printf_p_l, (const char *format), (format), _vprintf_p)
OVL_WITH_LOCALE(_vsprintf_l, _sprintf_l, (char *to, const char *format), (to, format), vsprintf)
OVL_WITH_LOCALE(_vsprintf_s_l, _sprintf_s_l, (char *to, size_t room, const char *format), (to, room, format), vsprintf_s)
OVL_WITH_LOCALE(_vsprintf_p_l, _sprintf_p_l, (char *to, size_t room, const char *format), (to, room, format), _vsprintf_p)
OVL_WITH_LOCALE(_vsnprintf_l, _snprintf_l, (char *to, size_t room, const char *format), (to, room, format), _vsnprintf)
OVL_WITH_LOCALE(_vsnprintf_c_l, _snprintf_c_l, (char *to, size_t room, const char *format), (to, room, format), _vsnprintf_c)
OVL_WITH_LOCALE(_vsnprintf_s_l, _snprintf_s_l, (char *to, size_t room, size_t most, const char *format), (to, room, most, format),
                _vsnprintf_s)
OVL_WITH_LOCALE(_vscprintf_l, _scprintf_l, (const char *format), (format), _vscprintf)
OVL_WITH_LOCALE(_vscprintf_p_l, _scprintf_p_l, (const char *format), (format), _vscprintf_p)

/* Of at most so many bytes. */
int ovl_vsnscanf(const char *from, size_t most, const char *format, va_list list) OVL_SYMBOL(_vsnscanf);
int ovl_vsnscanf_s(const char *from, size_t most, const char *format, va_list list) OVL_SYMBOL(_vsnscanf_s);
OVL_VARIADIC(_snscanf, (const char *from, size_t most, const char *format, ...), format, ovl_vsnscanf(from, most, format, ovl_list))
OVL_VARIADIC(_snscanf_s, (const char *from, size_t most, const char *format, ...), format, ovl_vsnscanf_s(from, most, format, ovl_list))
OVL_WITH_LOCALE(ovl_vsnscanf_l, _snscanf_l, (const char *from, size_t most, const char *format), (from, most, format), ovl_vsnscanf)
OVL_WITH_LOCALE(ovl_vsnscanf_s_l, _snscanf_s_l, (const char *from, size_t most, const char *format), (from, most, format),
                ovl_vsnscanf_s)
OVL_WITH_LOCALE(_vsscanf_l, _sscanf_l, (const char *from, const char *format), (from, format), vsscanf)
OVL_WITH_LOCALE(_vsscanf_s_l, _sscanf_s_l, (const char *from, const char *format), (from, format), vsscanf_s)
OVL_WITH_LOCALE(_vfscanf_l, _fscanf_l, (FILE *from, const char *format), (from, format), vfscanf)
OVL_WITH_LOCALE(_vfscanf_s_l, _fscanf_s_l, (FILE *from, const char *format), (from, format), vfscanf_s)
OVL_WITH_LOCALE(_vscanf_l, _scanf_l, (const char *format), (format), vscanf)
OVL_WITH_LOCALE(_vscanf_s_l, _scanf_s_l, (const char *format), (format), vscanf_s)

void _lock_file(FILE *stream) OVL_LIBC(flockfile);
void _unlock_file(FILE *stream) OVL_LIBC(funlockfile);
int _fclose_nolock(FILE *stream) OVL_LIBC(fclose);
int _fflush_nolock(FILE *stream) OVL_LIBC(fflush_unlocked);
int _fgetc_nolock(FILE *from) OVL_LIBC(getc_unlocked);
int _getc_nolock(FILE *from) OVL_LIBC(getc_unlocked);
int _getchar_nolock(void) OVL_LIBC(getchar_unlocked);
int _fputc_nolock(int byte, FILE *to) OVL_LIBC(putc_unlocked);
int _putc_nolock(int byte, FILE *to) OVL_LIBC(putc_unlocked);
int _putchar_nolock(int byte) OVL_LIBC(putchar_unlocked);
int _ungetc_nolock(int byte, FILE *to) OVL_LIBC(ungetc);
size_t _fread_nolock(void *to, size_t size, size_t count, FILE *from) OVL_LIBC(fread_unlocked);
size_t _fwrite_nolock(const void *from, size_t size, size_t count, FILE *to) OVL_LIBC(fwrite_unlocked);
OVL_INLINE size_t _fread_nolock_s(void *to, size_t room, size_t size, size_t count, FILE *from) {
    if (!to || !size) return 0;
    return _fread_nolock(to, size, count <= room / size ? count : room / size, from);
}
int _fseek_nolock(FILE *stream, long offset, int from) OVL_LIBC(fseek);
int _fseeki64_nolock(FILE *stream, long long offset, int from) OVL_LIBC(fseeko);
long _ftell_nolock(FILE *stream) OVL_LIBC(ftell);
long long _ftelli64_nolock(FILE *stream) OVL_LIBC(ftello);

/* %n is heeded, and exponents have two digits, whatever is asked for. */
#define _TWO_DIGIT_EXPONENT 0x1
OVL_INLINE unsigned int _get_output_format(void) { return _TWO_DIGIT_EXPONENT; }
OVL_INLINE unsigned int _set_output_format(unsigned int format) { return (void)format, _TWO_DIGIT_EXPONENT; }
OVL_INLINE int _get_printf_count_output(void) { return 1; }
OVL_INLINE int _set_printf_count_output(int on) { return (void)on, 1; }
/* The standard streams by their numbers. */
OVL_INLINE FILE *__acrt_iob_func(unsigned int number) { return number == 0 ? stdin : number == 1 ? stdout : stderr; }
OVL_END
#define fgetchar _fgetchar
#define fputchar _fputchar
#define flushall _flushall
#define fcloseall _fcloseall
#define rmtmp _rmtmp

#endif
