/* Strings of the narrow code page, which is UTF-8: a character is one to four bytes, and a byte that begins none is one of its own. */
#ifndef OVL_MBSTRING_H
#define OVL_MBSTRING_H
#pragma GCC system_header
#include <string.h>
#include <ctype.h>

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
OVL_INLINE errno_t _mbsnbcat_s(unsigned char *to, size_t room, const unsigned char *from, size_t bytes) {
    return strncat_s((char *)to, room, (const char *)from, bytes);
}
OVL_INLINE errno_t _mbsncpy_s(unsigned char *to, size_t room, const unsigned char *from, size_t characters) {
    return _mbsnbcpy_s(to, room, from, characters == _TRUNCATE ? _TRUNCATE : _mbsnbcnt(from, characters));
}
OVL_INLINE errno_t _mbsncat_s(unsigned char *to, size_t room, const unsigned char *from, size_t characters) {
    return _mbsnbcat_s(to, room, from, characters == _TRUNCATE ? _TRUNCATE : _mbsnbcnt(from, characters));
}
OVL_INLINE errno_t _mbslwr_s(unsigned char *text, size_t room) { return _strlwr_s((char *)text, room); }
OVL_INLINE errno_t _mbsupr_s(unsigned char *text, size_t room) { return _strupr_s((char *)text, room); }
OVL_INLINE unsigned char *_mbstok(unsigned char *text, const unsigned char *delimiters) {
    return (unsigned char *)strtok((char *)text, (const char *)delimiters);
}
OVL_INLINE unsigned char *_mbstok_s(unsigned char *text, const unsigned char *delimiters, unsigned char **rest) {
    return (unsigned char *)strtok_s((char *)text, (const char *)delimiters, (char **)rest);
}
OVL_INLINE int _mbscoll(const unsigned char *first, const unsigned char *second) { return strcoll((const char *)first, (const char *)second); }
OVL_INLINE int _mbsicoll(const unsigned char *first, const unsigned char *second) { return _mbsicmp(first, second); }
OVL_INLINE int _mbsnbcoll(const unsigned char *first, const unsigned char *second, size_t bytes) { return _mbsnbcmp(first, second, bytes); }
OVL_INLINE int _mbsnbicoll(const unsigned char *first, const unsigned char *second, size_t bytes) {
    return _mbsnbicmp(first, second, bytes);
}
OVL_INLINE int _mbsncoll(const unsigned char *first, const unsigned char *second, size_t characters) {
    return _mbsncmp(first, second, characters);
}
OVL_INLINE int _mbsnicoll(const unsigned char *first, const unsigned char *second, size_t characters) {
    return _mbsnicmp(first, second, characters);
}
OVL_INLINE size_t _mbsnlen(const unsigned char *text, size_t bytes) {
    return memchr(text, 0, bytes) ? _mbslen(text) : bytes;
}
/* One character. */
OVL_INLINE void _mbccpy(unsigned char *to, const unsigned char *from) { memcpy(to, from, _mbclen(from)); }
OVL_INLINE errno_t _mbccpy_s(unsigned char *to, size_t room, int *bytes, const unsigned char *from) {
    size_t count;
    if (!to || !room || !from) return 22;
    count = _mbclen(from);
    if (bytes) *bytes = (int)count;
    if (count > room) return *to = 0, 34;
    memcpy(to, from, count);
    return 0;
}
/* Backwards by characters. */
OVL_INLINE unsigned char *_mbsrev(unsigned char *text) {
    unsigned char *at, *first, *last, kept;
    _strrev((char *)text);
    /* The bytes of each are the wrong way round now: what ends it leads. */
    for (at = text; *at; at = last + 1) {
        for (first = last = at; (*last & 0xC0) == 0x80 && last[1] && last - at < 3; last++) {}
        if (!_ismbblead(*last)) last = at;
        for (first = at, at = last; first < at; first++, at--) kept = *first, *first = *at, *at = kept;
    }
    return text;
}
/* Whether a pointer into a text is at the first byte of a character of several, or at a later one: -1 or 0. */
OVL_INLINE int _ismbslead(const unsigned char *text, const unsigned char *at) {
    while (text < at && *text) text += _mbclen(text);
    return text == at && _mbclen(at) > 1 ? -1 : 0;
}
OVL_INLINE int _ismbstrail(const unsigned char *text, const unsigned char *at) {
    while (text < at && *text) text += _mbclen(text);
    return text > at ? -1 : 0;
}
/* Kinds and case of characters, as far as they are ASCII. */
OVL_INLINE int _ismbclegal(unsigned int character) {
    unsigned char bytes[5] = {0, 0, 0, 0, 0};
    int at = character > 0xFFFFFF ? 4 : character > 0xFFFF ? 3 : character > 0xFF ? 2 : 1, left;
    for (left = at; left; character >>= 8) bytes[--left] = (unsigned char)character;
    return at > 1 && _mbclen(bytes) == (size_t)at;
}
OVL_INLINE int _ismbcalnum(unsigned int character) { return character < 0x80 && (isalnum)((int)character); }
OVL_INLINE int _ismbcalpha(unsigned int character) { return character < 0x80 && (isalpha)((int)character); }
OVL_INLINE int _ismbcdigit(unsigned int character) { return character < 0x80 && (isdigit)((int)character); }
OVL_INLINE int _ismbcgraph(unsigned int character) { return character < 0x80 ? (isgraph)((int)character) : _ismbclegal(character); }
OVL_INLINE int _ismbclower(unsigned int character) { return character < 0x80 && (islower)((int)character); }
OVL_INLINE int _ismbcprint(unsigned int character) { return character < 0x80 ? (isprint)((int)character) : _ismbclegal(character); }
OVL_INLINE int _ismbcpunct(unsigned int character) { return character < 0x80 && (ispunct)((int)character); }
OVL_INLINE int _ismbcspace(unsigned int character) { return character < 0x80 && (isspace)((int)character); }
OVL_INLINE int _ismbcupper(unsigned int character) { return character < 0x80 && (isupper)((int)character); }
OVL_INLINE unsigned int _mbctolower(unsigned int character) {
    return character < 0x80 ? (unsigned int)(tolower)((int)character) : character;
}
OVL_INLINE unsigned int _mbctoupper(unsigned int character) {
    return character < 0x80 ? (unsigned int)(toupper)((int)character) : character;
}
/* The code page is UTF-8, and stays it. */
#define _MB_CP_SBCS 0
#define _MB_CP_OEM (-2)
#define _MB_CP_ANSI (-3)
#define _MB_CP_LOCALE (-4)
#define _MB_CP_UTF8 65001
OVL_INLINE int _getmbcp(void) { return _MB_CP_UTF8; }
OVL_INLINE int _setmbcp(int page) { return page < 0 || page == 0 || page == _MB_CP_UTF8 ? 0 : -1; }

#endif
