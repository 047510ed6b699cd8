/* put_time for a wchar_t of 16 bits. */
#ifndef OVL_WIDE_TIME_H
#define OVL_WIDE_TIME_H
#pragma GCC system_header
#if __SIZEOF_WCHAR_T__ == 2 && defined(__GLIBCXX__)
#include <time.h>

namespace ovl {
class wide_time_put : public std::time_put<wchar_t> {
public:
    wide_time_put() : std::time_put<wchar_t>(1) {}

protected:
    virtual iter_type do_put(iter_type to, std::ios_base &, wchar_t, const tm *time, char format, char modifier) const {
        const char plain[] = {'%', format, 0}, modified[] = {'%', modifier, format, 0};
        char text[128];
        const size_t bytes = strftime(text, sizeof text, modifier ? modified : plain, time);
        for (size_t i = 0; i < bytes; ++i) *to++ = static_cast<unsigned char>(text[i]);
        return to;
    }
};
} // namespace ovl

namespace std _GLIBCXX_VISIBILITY(default) {
_GLIBCXX_BEGIN_NAMESPACE_VERSION
#undef OVL_FACET_RESULT
#define OVL_FACET_RESULT(pointer) *pointer
OVL_USE_FACET(time_put<wchar_t>, time_put_byname<wchar_t>, ovl::wide_time_put)
_GLIBCXX_END_NAMESPACE_VERSION
}
#endif
#endif
