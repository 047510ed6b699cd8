/* Input of wide streams that libstdc++.so has as functions of their own, for a wchar_t of 16 bits. */
#ifndef OVL_WIDE_ISTREAM_H
#define OVL_WIDE_ISTREAM_H
#pragma GCC system_header
#include "ovl/wide_locale.h"
#if __SIZEOF_WCHAR_T__ == 2 && defined(__GLIBCXX__)

namespace std _GLIBCXX_VISIBILITY(default) {
_GLIBCXX_BEGIN_NAMESPACE_VERSION
template <> inline wistream &getline(wistream &in, wstring &line, wchar_t end) {
    ios_base::iostate state = ios_base::goodbit;
    wistream::sentry ready(in, true);
    bool taken = false;
    if (ready) {
        line.clear();
        const wint_t eof = char_traits<wchar_t>::eof();
        for (wint_t unit = in.rdbuf()->sgetc();; unit = in.rdbuf()->snextc()) {
            if (unit == eof) {
                state |= ios_base::eofbit;
                break;
            }
            taken = true;
            if (static_cast<wchar_t>(unit) == end) {
                in.rdbuf()->sbumpc();
                break;
            }
            if (line.size() == line.max_size()) {
                state |= ios_base::failbit;
                break;
            }
            line += static_cast<wchar_t>(unit);
        }
    }
    if (!taken) state |= ios_base::failbit;
    in.setstate(state);
    return in;
}

template <> inline wistream &wistream::getline(wchar_t *to, streamsize room, wchar_t end) {
    _M_gcount = 0;
    ios_base::iostate state = ios_base::goodbit;
    wistream::sentry ready(*this, true);
    streamsize kept = 0;
    if (ready) {
        const wint_t eof = char_traits<wchar_t>::eof();
        for (wint_t unit = rdbuf()->sgetc();; unit = rdbuf()->snextc()) {
            if (unit == eof) {
                state |= ios_base::eofbit;
                break;
            }
            if (static_cast<wchar_t>(unit) == end) {
                rdbuf()->sbumpc();
                ++_M_gcount;
                break;
            }
            if (kept + 1 >= room) {
                state |= ios_base::failbit;
                break;
            }
            to[kept++] = static_cast<wchar_t>(unit);
            ++_M_gcount;
        }
    }
    if (room > 0) to[kept] = 0;
    if (!_M_gcount) state |= ios_base::failbit;
    setstate(state);
    return *this;
}

template <> inline wistream &wistream::ignore(streamsize most, wint_t end) {
    _M_gcount = 0;
    wistream::sentry ready(*this, true);
    if (!ready) return *this;
    const wint_t eof = char_traits<wchar_t>::eof();
    const bool endless = most == __gnu_cxx::__numeric_traits<streamsize>::__max;
    while (endless || _M_gcount < most) {
        const wint_t unit = rdbuf()->sbumpc();
        if (unit == eof) {
            setstate(ios_base::eofbit);
            break;
        }
        ++_M_gcount;
        if (unit == end) break;
    }
    return *this;
}
template <> inline wistream &wistream::ignore(streamsize most) { return ignore(most, char_traits<wchar_t>::eof()); }

_GLIBCXX_END_NAMESPACE_VERSION
}
#endif
#endif
