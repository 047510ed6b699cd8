/* codecvt_utf8 and codecvt_utf8_utf16: those of libstdc++ for other types, UTF-16 to UTF-8 for a wchar_t of 16 bits. */
#ifndef OVL_WIDE_CODECVT_H
#define OVL_WIDE_CODECVT_H
#pragma GCC system_header

namespace std _GLIBCXX_VISIBILITY(default) {
_GLIBCXX_BEGIN_NAMESPACE_VERSION
template <class Unit, unsigned long Most = 0x10ffff, codecvt_mode Mode = (codecvt_mode)0>
class codecvt_utf8 : public ovl_codecvt_utf8_of<Unit, Most, Mode> {
public:
    explicit codecvt_utf8(size_t references = 0) : ovl_codecvt_utf8_of<Unit, Most, Mode>(references) {}
};
template <unsigned long Most, codecvt_mode Mode> class codecvt_utf8<wchar_t, Most, Mode> : public ovl::wide_codecvt {
public:
    explicit codecvt_utf8(size_t references = 0) : ovl::wide_codecvt(references) {}
};
template <class Unit, unsigned long Most = 0x10ffff, codecvt_mode Mode = (codecvt_mode)0>
class codecvt_utf8_utf16 : public ovl_codecvt_utf8_utf16_of<Unit, Most, Mode> {
public:
    explicit codecvt_utf8_utf16(size_t references = 0) : ovl_codecvt_utf8_utf16_of<Unit, Most, Mode>(references) {}
};
template <unsigned long Most, codecvt_mode Mode> class codecvt_utf8_utf16<wchar_t, Most, Mode> : public ovl::wide_codecvt {
public:
    explicit codecvt_utf8_utf16(size_t references = 0) : ovl::wide_codecvt(references) {}
};
_GLIBCXX_END_NAMESPACE_VERSION
}
#endif
