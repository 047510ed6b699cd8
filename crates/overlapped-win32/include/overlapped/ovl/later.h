/* From here to now.h, functions that do not exist yet: a call is an error, and code that is never called may have one. Libraries made of
 * headers alone have all of Windows in inline functions. */
#undef OVL_SYMBOL
#if defined(__has_attribute)
#if __has_attribute(__error__)
#define OVL_SYMBOL(name) __attribute__((__error__("Overlapped does not have this function yet")))
#endif
#endif
#ifndef OVL_SYMBOL
#define OVL_SYMBOL(name)
#endif
