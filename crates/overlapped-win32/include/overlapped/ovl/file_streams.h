/* File streams that open Windows names (drives, backslashes), narrow and wide, as fopen and _wfopen do. */
#ifndef OVL_FILE_STREAMS_H
#define OVL_FILE_STREAMS_H
#pragma GCC system_header
#if __SIZEOF_WCHAR_T__ == 2 && defined(__GLIBCXX__)
#include <stdio.h>
#include <string>
#define OVL_WITHOUT_POSIX
#include <unistd.h>
#undef OVL_WITHOUT_POSIX

namespace ovl {
/* A descriptor of the file, or -1. `mode` is one that fopen has a word for, or there is no file. */
inline int open_descriptor(const wchar_t *name, std::ios_base::openmode mode) {
    typedef std::ios_base base;
    const bool in = mode & base::in, out = mode & base::out, trunc = mode & base::trunc, app = mode & base::app;
    const wchar_t *word = 0;
    if (app) word = trunc ? 0 : in ? L"a+" : L"a";
    else if (trunc) word = !out ? 0 : in ? L"w+" : L"w";
    else word = in && out ? L"r+" : in ? L"r" : out ? L"w" : 0;
    FILE *const file = word ? _wfopen(name, word) : 0;
    if (!file) return -1;
    const int descriptor = dup(fileno(file));
    fclose(file);
    return descriptor;
}
inline int open_descriptor(const char *name, std::ios_base::openmode mode) {
    std::wstring wide;
    mbstate_t state = mbstate_t();
    const char *from = name;
    const size_t units = mbsrtowcs(0, &from, 0, &state);
    if (units == (size_t)-1) return -1;
    wide.resize(units + 1);
    from = name;
    mbsrtowcs(&wide[0], &from, units + 1, &state);
    return open_descriptor(wide.c_str(), mode);
}
} // namespace ovl

namespace std _GLIBCXX_VISIBILITY(default) {
_GLIBCXX_BEGIN_NAMESPACE_VERSION
#define OVL_FILEBUF_OPEN(unit, name_unit)                                                                                          \
    template <> inline basic_filebuf<unit> *basic_filebuf<unit>::open(const name_unit *name, ios_base::openmode mode) {            \
        const int descriptor = is_open() ? -1 : ovl::open_descriptor(name, mode);                                                  \
        if (descriptor < 0) return 0;                                                                                              \
        if (!_M_file.sys_open(descriptor, mode)) {                                                                                 \
            ::close(descriptor);                                                                                                   \
            return 0;                                                                                                              \
        }                                                                                                                          \
        _M_allocate_internal_buffer();                                                                                             \
        _M_mode = mode;                                                                                                            \
        _M_reading = _M_writing = false;                                                                                           \
        _M_set_buffer(-1);                                                                                                         \
        _M_state_last = _M_state_cur = _M_state_beg;                                                                               \
        if ((mode & ios_base::ate) && seekoff(0, ios_base::end, mode) == pos_type(off_type(-1))) {                                 \
            close();                                                                                                               \
            return 0;                                                                                                              \
        }                                                                                                                          \
        return this;                                                                                                               \
    }
OVL_FILEBUF_OPEN(char, char)
OVL_FILEBUF_OPEN(char, wchar_t)
OVL_FILEBUF_OPEN(wchar_t, char)
OVL_FILEBUF_OPEN(wchar_t, wchar_t)
#undef OVL_FILEBUF_OPEN
_GLIBCXX_END_NAMESPACE_VERSION
}
#endif
#endif
