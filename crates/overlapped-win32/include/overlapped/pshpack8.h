/* Structures from here to poppack.h are packed to 8; any number of times. */
#pragma pack(push, 8)
