/* Structures from here to poppack.h are packed to 2; any number of times. */
#pragma pack(push, 2)
