/* What wide streams need of a locale, for a wchar_t of 16 bits. The facets in libstdc++.so were compiled for 32, so a stream
 * that would use one of them gets ours: use_facet is specialised, and looks at the locale only for facets of the program. */
#ifndef OVL_WIDE_LOCALE_H
#define OVL_WIDE_LOCALE_H
#pragma GCC system_header
#include <ios>
#include <string>
#if __SIZEOF_WCHAR_T__ == 2 && defined(__GLIBCXX__)
#include <bits/codecvt.h>
#include <typeinfo>
#include <wchar.h>
#include <wctype.h>

namespace ovl {

/* One instance for the whole program, never destroyed: streams use it until the very end. */
template <class Facet> inline const Facet &facet_of_program() {
    static const Facet *const instance = new Facet;
    return *instance;
}

class wide_ctype : public std::ctype<wchar_t> {
public:
    wide_ctype() : std::ctype<wchar_t>(1) {}

protected:
    static bool has(mask kinds, wchar_t unit) {
        return ((kinds & space) && iswspace(unit)) || ((kinds & digit) && iswdigit(unit)) || ((kinds & upper) && iswupper(unit)) ||
               ((kinds & lower) && iswlower(unit)) || ((kinds & alpha) && iswalpha(unit)) || ((kinds & punct) && iswpunct(unit)) ||
               ((kinds & xdigit) && iswxdigit(unit)) || ((kinds & cntrl) && iswcntrl(unit)) || prints(kinds, unit);
    }
    /* `print` and `graph` share bits with other kinds on some platforms, so they count only where they are asked for whole. */
    static bool prints(mask kinds, wchar_t unit) {
        return ((kinds & print) == print && iswprint(unit)) || ((kinds & graph) == graph && iswgraph(unit));
    }
    virtual bool do_is(mask kinds, wchar_t unit) const { return has(kinds, unit); }
    virtual const wchar_t *do_is(const wchar_t *from, const wchar_t *end, mask *to) const {
        static const mask kinds[] = {space, digit, upper, lower, alpha, punct, xdigit, cntrl, print, graph};
        for (; from < end; ++from, ++to) {
            int found = 0;
            for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
                if (has(kinds[i], *from)) found |= kinds[i];
            *to = static_cast<mask>(found);
        }
        return end;
    }
    virtual const wchar_t *do_scan_is(mask kinds, const wchar_t *from, const wchar_t *end) const {
        while (from < end && !has(kinds, *from)) ++from;
        return from;
    }
    virtual const wchar_t *do_scan_not(mask kinds, const wchar_t *from, const wchar_t *end) const {
        while (from < end && has(kinds, *from)) ++from;
        return from;
    }
    virtual wchar_t do_toupper(wchar_t unit) const { return static_cast<wchar_t>(towupper(unit)); }
    virtual wchar_t do_tolower(wchar_t unit) const { return static_cast<wchar_t>(towlower(unit)); }
    virtual const wchar_t *do_toupper(wchar_t *from, const wchar_t *end) const {
        for (; from < end; ++from) *from = do_toupper(*from);
        return end;
    }
    virtual const wchar_t *do_tolower(wchar_t *from, const wchar_t *end) const {
        for (; from < end; ++from) *from = do_tolower(*from);
        return end;
    }
    virtual wchar_t do_widen(char byte) const { return static_cast<unsigned char>(byte); }
    virtual const char *do_widen(const char *from, const char *end, wchar_t *to) const {
        for (; from < end; ++from, ++to) *to = do_widen(*from);
        return end;
    }
    virtual char do_narrow(wchar_t unit, char other) const { return unit < 0x80 ? static_cast<char>(unit) : other; }
    virtual const wchar_t *do_narrow(const wchar_t *from, const wchar_t *end, char other, char *to) const {
        for (; from < end; ++from, ++to) *to = do_narrow(*from, other);
        return end;
    }
};

/* UTF-16 in memory, UTF-8 in the file. The first half of a pair waits in the state for the second. */
class wide_codecvt : public std::codecvt<wchar_t, char, mbstate_t> {
public:
    explicit wide_codecvt(size_t references = 1) : std::codecvt<wchar_t, char, mbstate_t>(references) {}
    virtual ~wide_codecvt() {}

protected:
    static bool is_first(unsigned unit) { return unit >> 10 == 0xD800 >> 10; }
    static bool is_second(unsigned unit) { return unit >> 10 == 0xDC00 >> 10; }
    static int bytes_of(unsigned point) { return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4; }
    static char *encode(unsigned point, char *to) {
        static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
        const int bytes = bytes_of(point);
        for (int i = bytes - 1; i > 0; --i, point >>= 6) to[i] = static_cast<char>(0x80 | (point & 0x3F));
        to[0] = static_cast<char>(leads[bytes] | point);
        return to + bytes;
    }
    /* The bytes of the next character, 0 if some are missing. A byte that begins none stands for itself, as in a code page. */
    static int decode(const char *from, const char *end, unsigned &point) {
        const unsigned char lead = static_cast<unsigned char>(*from);
        const int bytes = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
        point = lead;
        if (bytes == 1) return 1;
        unsigned value = lead & (0x7F >> bytes);
        for (int i = 1; i < bytes; ++i) {
            if (from + i == end) return 0;
            const unsigned char next = static_cast<unsigned char>(from[i]);
            if ((next & 0xC0) != 0x80) return 1;
            value = value << 6 | (next & 0x3F);
        }
        if (bytes_of(value) == bytes && value < 0x110000 && value >> 11 != 0xD800 >> 11) {
            point = value;
            return bytes;
        }
        return 1;
    }
    virtual result do_out(state_type &state, const wchar_t *from, const wchar_t *end, const wchar_t *&next, char *to, char *room,
                          char *&filled) const {
        result said = ok;
        for (; from < end; ++from) {
            unsigned point = *from;
            const unsigned first = state.__value.__wch;
            if (is_first(point) && !first) {
                state.__value.__wch = point;
                continue;
            }
            if (first && is_second(point)) {
                point = 0x10000 + ((first - 0xD800) << 10) + (point - 0xDC00);
            } else if (first || is_second(point)) {
                said = error;
                break;
            }
            if (room - to < bytes_of(point)) {
                said = partial;
                break;
            }
            to = encode(point, to);
            state.__value.__wch = 0;
        }
        next = from;
        filled = to;
        return said;
    }
    virtual result do_unshift(state_type &, char *to, char *, char *&filled) const {
        filled = to;
        return noconv;
    }
    virtual result do_in(state_type &, const char *from, const char *end, const char *&next, wchar_t *to, wchar_t *room,
                         wchar_t *&filled) const {
        result said = ok;
        while (from < end) {
            unsigned point;
            const int bytes = decode(from, end, point), units = point < 0x10000 ? 1 : 2;
            if (bytes == 0 || room - to < units) {
                said = partial;
                break;
            }
            if (units == 2) *to++ = static_cast<wchar_t>(0xD7C0 + (point >> 10));
            *to++ = static_cast<wchar_t>(units == 2 ? 0xDC00 | (point & 0x3FF) : point);
            from += bytes;
        }
        next = from;
        filled = to;
        return said;
    }
    virtual int do_length(state_type &, const char *from, const char *end, size_t most) const {
        const char *const start = from;
        unsigned point;
        for (int bytes; from < end && (bytes = decode(from, end, point)) != 0; from += bytes) {
            const size_t units = point < 0x10000 ? 1 : 2;
            if (units > most) break;
            most -= units;
        }
        return static_cast<int>(from - start);
    }
    virtual int do_encoding() const throw() { return 0; }
    virtual int do_max_length() const throw() { return 4; }
    virtual bool do_always_noconv() const throw() { return false; }
};

/* For what a program derives from std::codecvt itself, whose members are libstdc++.so's otherwise. */
inline const wide_codecvt &stock_codecvt() {
    static const wide_codecvt made;
    return made;
}

class wide_collate : public std::collate<wchar_t> {
public:
    wide_collate() : std::collate<wchar_t>(1) {}

protected:
    virtual int do_compare(const wchar_t *a, const wchar_t *a_end, const wchar_t *b, const wchar_t *b_end) const {
        const int order = std::wstring(a, a_end).compare(std::wstring(b, b_end));
        return order < 0 ? -1 : order > 0;
    }
    virtual std::wstring do_transform(const wchar_t *from, const wchar_t *end) const { return std::wstring(from, end); }
    virtual long do_hash(const wchar_t *from, const wchar_t *end) const {
        unsigned long hash = 0;
        for (; from < end; ++from) hash = hash * 131 + *from;
        return static_cast<long>(hash);
    }
};

class wide_numpunct : public std::numpunct<wchar_t> {
public:
    wide_numpunct() : std::numpunct<wchar_t>(1) {}
};
struct wide_num_put : std::num_put<wchar_t> {
    wide_num_put() : std::num_put<wchar_t>(1) {}
};
struct wide_num_get : std::num_get<wchar_t> {
    wide_num_get() : std::num_get<wchar_t>(1) {}
};

/* Is the facet one of libstdc++'s, of a locale with or without a name? */
template <class Facet, class Named> inline bool is_stock(const std::locale::facet &facet) {
#if __cpp_rtti || defined(__GXX_RTTI)
    return typeid(facet) == typeid(Facet) || typeid(facet) == typeid(Named);
#else
    return true;
#endif
}

} // namespace ovl

namespace std _GLIBCXX_VISIBILITY(default) {
_GLIBCXX_BEGIN_NAMESPACE_VERSION

#define OVL_CODECVT codecvt<wchar_t, char, mbstate_t>
inline OVL_CODECVT::result OVL_CODECVT::do_out(state_type &state, const wchar_t *from, const wchar_t *end, const wchar_t *&next,
                                               char *to, char *room, char *&filled) const {
    return ovl::stock_codecvt().out(state, from, end, next, to, room, filled);
}
inline OVL_CODECVT::result OVL_CODECVT::do_in(state_type &state, const char *from, const char *end, const char *&next, wchar_t *to,
                                              wchar_t *room, wchar_t *&filled) const {
    return ovl::stock_codecvt().in(state, from, end, next, to, room, filled);
}
inline int OVL_CODECVT::do_length(state_type &state, const char *from, const char *end, size_t most) const {
    return ovl::stock_codecvt().length(state, from, end, most);
}
inline int OVL_CODECVT::do_max_length() const throw() { return 4; }
#undef OVL_CODECVT

#define OVL_FACET_LOOKUP(type, named, ours)                                                                                        \
    const size_t index = type::id._M_id();                                                                                         \
    const locale::facet *const found = index < where._M_impl->_M_facets_size ? where._M_impl->_M_facets[index] : 0;               \
    if (found && !ovl::is_stock<type, named>(*found)) return OVL_FACET_RESULT(static_cast<const type *>(found));                   \
    return OVL_FACET_RESULT(&ovl::facet_of_program<ours>());
#define OVL_FACET_RESULT(pointer) *pointer
#define OVL_USE_FACET(type, named, ours)                                                                                           \
    template <> inline const type &use_facet<type>(const locale &where) { OVL_FACET_LOOKUP(type, named, ours) }

OVL_USE_FACET(ctype<wchar_t>, ctype_byname<wchar_t>, ovl::wide_ctype)
OVL_USE_FACET(numpunct<wchar_t>, numpunct_byname<wchar_t>, ovl::wide_numpunct)
OVL_USE_FACET(collate<wchar_t>, collate_byname<wchar_t>, ovl::wide_collate)
OVL_USE_FACET(num_put<wchar_t>, num_put<wchar_t>, ovl::wide_num_put)
OVL_USE_FACET(num_get<wchar_t>, num_get<wchar_t>, ovl::wide_num_get)
typedef codecvt<wchar_t, char, mbstate_t> ovl_codecvt;
typedef codecvt_byname<wchar_t, char, mbstate_t> ovl_codecvt_byname;
OVL_USE_FACET(ovl_codecvt, ovl_codecvt_byname, ovl::wide_codecvt)

#if _GLIBCXX_RELEASE >= 13
#undef OVL_FACET_RESULT
#define OVL_FACET_RESULT(pointer) pointer
#define OVL_TRY_USE_FACET(type, named, ours)                                                                                       \
    template <> inline const type *__try_use_facet<type>(const locale &where) noexcept { OVL_FACET_LOOKUP(type, named, ours) }
OVL_TRY_USE_FACET(ctype<wchar_t>, ctype_byname<wchar_t>, ovl::wide_ctype)
OVL_TRY_USE_FACET(num_put<wchar_t>, num_put<wchar_t>, ovl::wide_num_put)
OVL_TRY_USE_FACET(num_get<wchar_t>, num_get<wchar_t>, ovl::wide_num_get)
OVL_TRY_USE_FACET(ovl_codecvt, ovl_codecvt_byname, ovl::wide_codecvt)
#endif

/* The cached marks of numbers: those in libstdc++.so have the layout of 32 bits. A locale with marks of the program's own has
 * a cache of its own, made by the program. */
template <> struct __use_cache<__numpunct_cache<wchar_t> > {
    typedef __numpunct_cache<wchar_t> cache;
    static const cache *made(const locale &where) {
        cache *const fresh = new cache(1);
        fresh->_M_cache(where);
        return fresh;
    }
    const cache *operator()(const locale &where) const {
        const size_t index = numpunct<wchar_t>::id._M_id();
        const locale::facet *const marks = index < where._M_impl->_M_facets_size ? where._M_impl->_M_facets[index] : 0;
        if (!marks || ovl::is_stock<numpunct<wchar_t>, numpunct_byname<wchar_t> >(*marks)) {
            static const cache *const common = made(locale::classic());
            return common;
        }
        const locale::facet **const caches = where._M_impl->_M_caches;
        if (!caches[index]) {
            cache *const fresh = new cache;
            fresh->_M_cache(where);
            where._M_impl->_M_install_cache(fresh, index);
        }
        return static_cast<const cache *>(caches[index]);
    }
};

template <> inline void numpunct<wchar_t>::_M_initialize_numpunct(__c_locale) {
    if (!_M_data) _M_data = new __numpunct_cache<wchar_t>;
    _M_data->_M_grouping = "";
    _M_data->_M_grouping_size = 0;
    _M_data->_M_use_grouping = false;
    _M_data->_M_decimal_point = L'.';
    _M_data->_M_thousands_sep = L',';
    _M_data->_M_truename = L"true";
    _M_data->_M_truename_size = 4;
    _M_data->_M_falsename = L"false";
    _M_data->_M_falsename_size = 5;
    for (size_t i = 0; i < __num_base::_S_oend; ++i)
        _M_data->_M_atoms_out[i] = static_cast<wchar_t>(__num_base::_S_atoms_out[i]);
    for (size_t i = 0; i < __num_base::_S_iend; ++i)
        _M_data->_M_atoms_in[i] = static_cast<wchar_t>(__num_base::_S_atoms_in[i]);
}

template <> inline void basic_ios<wchar_t>::_M_cache_locale(const locale &where) {
    _M_ctype = &use_facet<ctype<wchar_t> >(where);
    _M_num_put = &use_facet<num_put<wchar_t> >(where);
    _M_num_get = &use_facet<num_get<wchar_t> >(where);
}

/* A function of its own in libstdc++.so. */
template <> inline streamsize __copy_streambufs_eof(wstreambuf *from, wstreambuf *to, bool &all) {
    streamsize copied = 0;
    const wint_t eof = char_traits<wchar_t>::eof();
    all = true;
    for (wint_t unit = from->sgetc(); unit != eof; unit = from->snextc(), ++copied)
        if (to->sputc(static_cast<wchar_t>(unit)) == eof) {
            all = false;
            break;
        }
    return copied;
}

_GLIBCXX_END_NAMESPACE_VERSION
}
#endif
#endif
