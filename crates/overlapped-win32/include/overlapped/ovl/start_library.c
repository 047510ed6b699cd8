/* Has the DllMain of a library called, and its TLS callbacks. It is linked last, so that the library's own constructors have run, and no destructor
 * yet. DllMain may be C or C++; the names are hidden, so that another library's is not taken for this one's. */
typedef int dll_main(void *, unsigned, void *);
#define WEAK(variable, symbol) extern dll_main variable __asm__(symbol) __attribute__((__weak__, __visibility__("hidden")));
WEAK(plain, "DllMain")
WEAK(cxx, "_Z7DllMainP11HINSTANCE__jPv")
WEAK(cxx_handle, "_Z7DllMainPvjS_")

extern void ovl_attach(dll_main *, const void *) __asm__("ovl_LibraryAttach");
extern void ovl_detach(const void *) __asm__("ovl_LibraryDetach");

static const char here;

__attribute__((__constructor__)) static void attach(void) { ovl_attach(plain ? plain : cxx ? cxx : cxx_handle, &here); }
__attribute__((__destructor__)) static void detach(void) { ovl_detach(&here); }
