/* Strings of the narrow code page, which is UTF-8: a character is one to four bytes, and a byte that begins none is one of its own. */
#ifndef OVL_MBSTRING_H
#define OVL_MBSTRING_H
#pragma GCC system_header
#include "string.h"

/* Bytes of the character at `at`. */
OVL_INLINE size_t _mbclen(const unsigned char *at) {
    size_t bytes = *at < 0xC2 || *at > 0xF4 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
    size_t i;
    for (i = 1; i < bytes; i++)
        if ((at[i] & 0xC0) != 0x80) return 1;
    return bytes;
}
OVL_INLINE int _ismbblead(unsigned int byte) { return byte >= 0xC2 && byte <= 0xF4; }
OVL_INLINE int _ismbbtrail(unsigned int byte) { return byte >= 0x80 && byte <= 0xBF; }
OVL_INLINE unsigned char *_mbsinc(const unsigned char *at) { return (unsigned char *)at + _mbclen(at); }
/* The character before `at`; NULL at the start. */
OVL_INLINE unsigned char *_mbsdec(const unsigned char *start, const unsigned char *at) {
    const unsigned char *before = at;
    if (at <= start) return 0;
    do before--;
    while (before > start && at - before < 4 && (*before & 0xC0) == 0x80);
    return (unsigned char *)(before + _mbclen(before) == at ? before : at - 1);
}
OVL_INLINE unsigned int _mbsnextc(const unsigned char *at) {
    unsigned int value = 0;
    size_t left;
    for (left = _mbclen(at); left; left--) value = value << 8 | *at++;
    return value;
}
OVL_INLINE unsigned char *_mbsninc(const unsigned char *at, size_t characters) {
    while (characters-- && *at) at += _mbclen(at);
    return (unsigned char *)at;
}
OVL_INLINE size_t _mbslen(const unsigned char *text) {
    size_t characters = 0;
    for (; *text; text += _mbclen(text)) characters++;
    return characters;
}
/* Bytes of the first characters, and characters in the first bytes. */
OVL_INLINE size_t _mbsnbcnt(const unsigned char *text, size_t characters) { return (size_t)(_mbsninc(text, characters) - text); }
OVL_INLINE size_t _mbsnccnt(const unsigned char *text, size_t bytes) {
    const unsigned char *end = text + bytes;
    size_t characters = 0;
    for (; text < end && *text; text += _mbclen(text)) characters++;
    return characters;
}
OVL_INLINE unsigned char *_mbschr(const unsigned char *text, unsigned int character) {
    for (; _mbsnextc(text) != character; text += _mbclen(text))
        if (!*text) return 0;
    return (unsigned char *)text;
}
OVL_INLINE unsigned char *_mbsrchr(const unsigned char *text, unsigned int character) {
    const unsigned char *last = 0;
    for (;; text += _mbclen(text)) {
        if (_mbsnextc(text) == character) last = text;
        if (!*text) return (unsigned char *)last;
    }
}
OVL_INLINE unsigned char *_mbsstr(const unsigned char *text, const unsigned char *part) {
    return (unsigned char *)strstr((const char *)text, (const char *)part);
}
/* A set of characters, not of bytes. */
OVL_INLINE size_t _mbsspn(const unsigned char *text, const unsigned char *set) {
    const unsigned char *at = text;
    while (*at && _mbschr(set, _mbsnextc(at))) at += _mbclen(at);
    return (size_t)(at - text);
}
OVL_INLINE size_t _mbscspn(const unsigned char *text, const unsigned char *set) {
    const unsigned char *at = text;
    while (*at && !_mbschr(set, _mbsnextc(at))) at += _mbclen(at);
    return (size_t)(at - text);
}
OVL_INLINE unsigned char *_mbspbrk(const unsigned char *text, const unsigned char *set) {
    text += _mbscspn(text, set);
    return *text ? (unsigned char *)text : 0;
}
OVL_INLINE unsigned char *_mbsspnp(const unsigned char *text, const unsigned char *set) {
    text += _mbsspn(text, set);
    return *text ? (unsigned char *)text : 0;
}
OVL_INLINE unsigned char *_mbscpy(unsigned char *to, const unsigned char *from) {
    return (unsigned char *)strcpy((char *)to, (const char *)from);
}
OVL_INLINE unsigned char *_mbscat(unsigned char *to, const unsigned char *from) {
    return (unsigned char *)strcat((char *)to, (const char *)from);
}
OVL_INLINE unsigned char *_mbsnbcpy(unsigned char *to, const unsigned char *from, size_t bytes) {
    return (unsigned char *)strncpy((char *)to, (const char *)from, bytes);
}
OVL_INLINE unsigned char *_mbsnbcat(unsigned char *to, const unsigned char *from, size_t bytes) {
    return (unsigned char *)strncat((char *)to, (const char *)from, bytes);
}
/* `characters` of them; what is missing is filled with zeros. */
OVL_INLINE unsigned char *_mbsncpy(unsigned char *to, const unsigned char *from, size_t characters) {
    size_t bytes = _mbsnbcnt(from, characters), taken = _mbsnccnt(from, bytes);
    memcpy(to, from, bytes);
    memset(to + bytes, 0, characters - taken);
    return to;
}
OVL_INLINE unsigned char *_mbsncat(unsigned char *to, const unsigned char *from, size_t characters) {
    return _mbsnbcat(to, from, _mbsnbcnt(from, characters));
}
OVL_INLINE unsigned char *_mbsdup(const unsigned char *text) { return (unsigned char *)_strdup((const char *)text); }
OVL_INLINE int _mbscmp(const unsigned char *first, const unsigned char *second) {
    return strcmp((const char *)first, (const char *)second);
}
OVL_INLINE int _mbsicmp(const unsigned char *first, const unsigned char *second) {
    return _stricmp((const char *)first, (const char *)second);
}
OVL_INLINE int _mbsnbcmp(const unsigned char *first, const unsigned char *second, size_t bytes) {
    return strncmp((const char *)first, (const char *)second, bytes);
}
OVL_INLINE int _mbsnbicmp(const unsigned char *first, const unsigned char *second, size_t bytes) {
    return _strnicmp((const char *)first, (const char *)second, bytes);
}
/* The first characters: as many bytes as they take in the longer of the two. */
OVL_INLINE size_t ovl_mbs_longer(const unsigned char *first, const unsigned char *second, size_t characters) {
    size_t one = _mbsnbcnt(first, characters), other = _mbsnbcnt(second, characters);
    return one > other ? one : other;
}
OVL_INLINE int _mbsncmp(const unsigned char *first, const unsigned char *second, size_t characters) {
    return _mbsnbcmp(first, second, ovl_mbs_longer(first, second, characters));
}
OVL_INLINE int _mbsnicmp(const unsigned char *first, const unsigned char *second, size_t characters) {
    return _mbsnbicmp(first, second, ovl_mbs_longer(first, second, characters));
}
OVL_INLINE unsigned char *_mbslwr(unsigned char *text) { return (unsigned char *)_strlwr((char *)text); }
OVL_INLINE unsigned char *_mbsupr(unsigned char *text) { return (unsigned char *)_strupr((char *)text); }
OVL_INLINE errno_t _mbscpy_s(unsigned char *to, size_t room, const unsigned char *from) {
    return strcpy_s((char *)to, room, (const char *)from);
}
OVL_INLINE errno_t _mbscat_s(unsigned char *to, size_t room, const unsigned char *from) {
    return strcat_s((char *)to, room, (const char *)from);
}
OVL_INLINE errno_t _mbsnbcpy_s(unsigned char *to, size_t room, const unsigned char *from, size_t bytes) {
    return strncpy_s((char *)to, room, (const char *)from, bytes);
}

#endif
