/* Structures from here to poppack.h are packed to 4; any number of times. */
#pragma pack(push, 4)
