/* wcin, wcout, wcerr and wclog over the C streams: UTF-16 in the program, UTF-8 outside. */
#ifndef OVL_WIDE_STDIO_H
#define OVL_WIDE_STDIO_H
#pragma GCC system_header
#if __SIZEOF_WCHAR_T__ == 2 && defined(__GLIBCXX__)
#include "ovl/wide_locale.h"
#include <istream>
#include <ostream>
#include <stdio.h>
#include <streambuf>
#include <wchar.h>

namespace ovl {

/* Without a buffer of its own, so that wcout, cout and printf keep their order. */
class wide_stdio : public std::wstreambuf {
public:
    explicit wide_stdio(FILE *stream) : stream_(stream), last_(traits_type::eof()) {}

protected:
    virtual int_type overflow(int_type unit) {
        if (traits_type::eq_int_type(unit, traits_type::eof())) return sync() == 0 ? traits_type::not_eof(unit) : traits_type::eof();
        return fputwc(static_cast<wchar_t>(unit), stream_);
    }
    virtual std::streamsize xsputn(const wchar_t *units, std::streamsize count) {
        for (std::streamsize i = 0; i < count; ++i)
            if (fputwc(units[i], stream_) == traits_type::eof()) return i;
        return count;
    }
    virtual int sync() { return fflush(stream_); }
    virtual int_type underflow() {
        const int_type unit = fgetwc(stream_);
        return traits_type::eq_int_type(unit, traits_type::eof()) ? unit : ungetwc(static_cast<wchar_t>(unit), stream_);
    }
    virtual int_type uflow() { return last_ = fgetwc(stream_); }
    virtual int_type pbackfail(int_type unit) {
        const int_type back = traits_type::eq_int_type(unit, traits_type::eof()) ? last_ : unit;
        last_ = traits_type::eof();
        return traits_type::eq_int_type(back, traits_type::eof()) ? back : ungetwc(static_cast<wchar_t>(back), stream_);
    }

private:
    FILE *stream_;
    int_type last_;
};

/* Made when the first of them is named, and never destroyed. */
struct wide_streams {
    std::wistream in;
    std::wostream out, err, log;
    wide_streams() : in(new wide_stdio(stdin)), out(new wide_stdio(stdout)), err(new wide_stdio(stderr)), log(new wide_stdio(stderr)) {
        in.tie(&out);
        err.tie(&out);
        err.setf(std::ios_base::unitbuf);
    }
    static wide_streams &all() {
        static wide_streams *const streams = new wide_streams;
        return *streams;
    }
};

} // namespace ovl

namespace std _GLIBCXX_VISIBILITY(default) {
static wistream &ovl_wcin __attribute__((__unused__)) = ovl::wide_streams::all().in;
static wostream &ovl_wcout __attribute__((__unused__)) = ovl::wide_streams::all().out;
static wostream &ovl_wcerr __attribute__((__unused__)) = ovl::wide_streams::all().err;
static wostream &ovl_wclog __attribute__((__unused__)) = ovl::wide_streams::all().log;
}
#endif
#undef wcin
#undef wcout
#undef wcerr
#undef wclog
#define wcin ovl_wcin
#define wcout ovl_wcout
#define wcerr ovl_wcerr
#define wclog ovl_wclog
#endif
