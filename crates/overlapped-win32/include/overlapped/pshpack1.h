/* Structures from here to poppack.h are packed to 1; any number of times. */
#pragma pack(push, 1)
