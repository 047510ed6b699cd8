/* Structures from here to poppack.h are packed to 16; any number of times. */
#pragma pack(push, 16)
