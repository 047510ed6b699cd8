/* Intrinsics of Microsoft's compiler: each line prints what they gave. */
#include <windows.h>
#include <intrin.h>
#include <stdio.h>
#include <stdlib.h>

static int bye(void) {
    printf("bye\n");
    return 0;
}

int main(void) {
    LONG bits[2] = {0, 0};
    volatile LONG number = 5;
    void *volatile pointer = NULL;
    volatile short half = 3;
    volatile char byte = 4;
    unsigned char bytes[4] = {0, 0, 0, 0};
    unsigned short words[4] = {1, 2, 3, 4};
    __int64 high, low;
    unsigned __int64 rest, quotient;
    int first, second, third;

    _onexit(bye);
    first = _bittestandset(bits, 33);
    second = _bittestandset(bits, 33);
    third = _bittestandcomplement(bits, 0);
    printf("%d %d %d %d %d\n", first, second, third, (int)bits[0], (int)bits[1]);
    first = _bittestandreset(bits, 33);
    printf("%d %d %d\n", first, _bittest(bits, 33), _bittest64((__int64 *)bits, 0));
    first = _InterlockedExchangeAdd16(&half, 4);
    second = _InterlockedExchangeAdd8(&byte, 4);
    printf("%d %d %d %d\n", first, second, half, byte);
    WriteRelease(&number, 9);
    WritePointerRelease(&pointer, bits);
    printf("%d %d\n", (int)ReadAcquire(&number), ReadPointerAcquire(&pointer) == bits);
    printf("%I64x %I64x\n", _rotl64(0x8000000000000001ull, 4), _rotr64(0x10ull, 8));
    printf("%x %x %x %x\n", _rotl16(0x8001, 4), _rotr16(1, 1), _rotl8(0x81, 1), _rotr8(1, 1));
    low = _mul128(-1, 5, &high);
    printf("%I64d %I64d %I64d\n", low, high, __mulh((__int64)1 << 62, 8));
    quotient = _udiv128(1, 0, 3, &rest);
    printf("%I64u %I64u\n", quotient, rest);
    low = _div128(-1, -7, 2, &high);
    printf("%I64d %I64d\n", low, high);
    printf("%I64x %I64x\n", __shiftleft128(0xF000000000000000ull, 1, 4), __shiftright128(0, 0xF, 4));
    __stosb(bytes, 7, 4);
    __movsw(words + 1, words, 1);
    printf("%d %d %I64d %I64u %I64d\n", bytes[3], words[1], __emul(-2, 3), __emulu(0xFFFFFFFF, 2), _abs64(-5));
    {
        /* The order comes before the width; in And, Or and Xor behind it. */
        volatile LONG64 wide = 40;
        LONG (*function)(LONG volatile *) = InterlockedIncrement;
        InterlockedIncrementAcquire64(&wide);
        InterlockedAddNoFence64(&wide, 4);
        InterlockedExchangeAddRelease64(&wide, -2);
        first = (int)InterlockedDecrementRelease64(&wide);
        second = (int)InterlockedCompareExchangeNoFence64(&wide, 7, 42);
        InterlockedOr64Acquire(&wide, 8);
        third = function(&number);
        printf("%d %d %I64d %d %d\n", first, second, wide, third, (int)(InterlockedDecrement)(&number));
    }
    __nop();
    __faststorefence();
    return 0;
}
