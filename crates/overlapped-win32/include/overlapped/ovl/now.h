/* The end of what later.h begins. */
#undef OVL_SYMBOL
#define OVL_SYMBOL(name) __asm__("ovl_" #name)
