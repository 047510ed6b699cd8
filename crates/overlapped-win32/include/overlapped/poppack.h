/* The end of what pshpackN.h begins; any number of times. */
#pragma pack(pop)
