//! Registers into a context and back.
//!
//! [`ovl_RaiseException`] stands here, too: its context is that of its caller, with the place behind the call, so it has to be taken
//! before any other code has run, and goes on with whatever the handlers have made of it.

use super::Context;
use std::arch::naked_asm;

/// RtlCaptureContext: the registers as the caller has them after the call.
///
/// # Safety
/// `to` is writable, and aligned to 16.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlCaptureContext(to: *mut Context) {
    naked_asm!(
        ".cfi_startproc",
        "endbr64",
        "pushfq",
        ".cfi_adjust_cfa_offset 8",
        "mov [rdi+0xb0], rdi",
        "call {store}",
        "pop rax",
        ".cfi_adjust_cfa_offset -8",
        "mov [rdi+0x44], eax",
        "lea rax, [rsp+8]",
        "mov [rdi+0x98], rax",
        "mov rax, [rsp]",
        "mov [rdi+0xf8], rax",
        "mov rax, [rdi+0x78]",
        "ret",
        ".cfi_endproc",
        store = sym store,
    )
}

/// Stores what does not change by a call: everything but Rdi, Rsp, Rip and the flags. Leaves all but Rax as it is.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn store(to: *mut Context) {
    naked_asm!(
        ".cfi_startproc",
        "mov [rdi+0x78], rax",
        "mov [rdi+0x80], rcx",
        "mov [rdi+0x88], rdx",
        "mov [rdi+0x90], rbx",
        "mov [rdi+0xa0], rbp",
        "mov [rdi+0xa8], rsi",
        "mov [rdi+0xb8], r8",
        "mov [rdi+0xc0], r9",
        "mov [rdi+0xc8], r10",
        "mov [rdi+0xd0], r11",
        "mov [rdi+0xd8], r12",
        "mov [rdi+0xe0], r13",
        "mov [rdi+0xe8], r14",
        "mov [rdi+0xf0], r15",
        "fxsave [rdi+0x100]",
        "stmxcsr [rdi+0x34]",
        "mov word ptr [rdi+0x38], cs",
        "mov word ptr [rdi+0x3a], ds",
        "mov word ptr [rdi+0x3c], es",
        "mov word ptr [rdi+0x3e], fs",
        "mov word ptr [rdi+0x40], gs",
        "mov word ptr [rdi+0x42], ss",
        "mov dword ptr [rdi+0x30], 0x10000f",
        "ret",
        ".cfi_endproc",
    )
}

/// The thread goes on as the context says. What is within 128 bytes below its stack pointer stays as it is.
///
/// # Safety
/// The context is one that code of this thread can go on with.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub unsafe extern "C-unwind" fn restore(context: *const Context) -> ! {
    naked_asm!(
        ".cfi_startproc",
        "fxrstor [rdi+0x100]",
        "ldmxcsr [rdi+0x34]",
        // The end of it happens on the other stack: Rdi, Rax and the place to go to, 128 bytes below.
        "mov rax, [rdi+0x98]",
        "sub rax, 152",
        "mov rcx, [rdi+0xb0]",
        "mov [rax], rcx",
        "mov rcx, [rdi+0x78]",
        "mov [rax+8], rcx",
        "mov rcx, [rdi+0xf8]",
        "mov [rax+16], rcx",
        "mov ecx, [rdi+0x44]",
        "push rcx",
        "popfq",
        "mov rcx, [rdi+0x80]",
        "mov rdx, [rdi+0x88]",
        "mov rbx, [rdi+0x90]",
        "mov rbp, [rdi+0xa0]",
        "mov rsi, [rdi+0xa8]",
        "mov r8, [rdi+0xb8]",
        "mov r9, [rdi+0xc0]",
        "mov r10, [rdi+0xc8]",
        "mov r11, [rdi+0xd0]",
        "mov r12, [rdi+0xd8]",
        "mov r13, [rdi+0xe0]",
        "mov r14, [rdi+0xe8]",
        "mov r15, [rdi+0xf0]",
        "mov rsp, rax",
        "pop rdi",
        "pop rax",
        "ret 128",
        ".cfi_endproc",
    )
}

/// RaiseException (contract 10 has the codes): returns if a handler has the program go on, with the registers that it left.
///
/// # Safety
/// `information` is NULL or has `count` numbers, and they are what the exception has.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_RaiseException(code: u32, flags: u32, count: u32, information: *const usize) {
    naked_asm!(
        ".cfi_startproc",
        "endbr64",
        "pushfq",
        ".cfi_adjust_cfa_offset 8",
        "sub rsp, 1232",
        ".cfi_adjust_cfa_offset 1232",
        "mov [rsp+0xb0], rdi",
        "mov r11, rdi",
        "mov rdi, rsp",
        "call {store}",
        "mov rax, [rsp+1232]",
        "mov [rsp+0x44], eax",
        "lea rax, [rsp+1248]",
        "mov [rsp+0x98], rax",
        "mov rax, [rsp+1240]",
        "mov [rsp+0xf8], rax",
        "mov rdi, r11",
        "mov r8, rsp",
        "call {raise}",
        "mov rdi, rsp",
        "jmp {restore}",
        ".cfi_endproc",
        store = sym store,
        raise = sym crate::exceptions::raise_exception,
        restore = sym restore,
    )
}

/// As on the other machine.
///
/// # Safety
/// `to` is writable, and aligned to 16.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RtlCaptureContext(to: *mut Context) {
    naked_asm!(
        ".cfi_startproc",
        "hint #34",
        "mov x17, x0",
        "mov x16, x30",
        ".cfi_register x30, x16",
        "bl {store}",
        "str x0, [x17, #8]",
        "str x16, [x17, #248]",
        "str x16, [x17, #264]",
        "mov x9, sp",
        "str x9, [x17, #256]",
        "br x16",
        ".cfi_endproc",
        store = sym store,
    )
}

/// Stores what does not change by a call, below x17: everything but x0, x16, x17, x30, sp and pc. Leaves all but x9 as it is.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn store() {
    naked_asm!(
        ".cfi_startproc",
        "str x1, [x17, #16]",
        "stp x2, x3, [x17, #24]",
        "stp x4, x5, [x17, #40]",
        "stp x6, x7, [x17, #56]",
        "stp x8, x9, [x17, #72]",
        "stp x10, x11, [x17, #88]",
        "stp x12, x13, [x17, #104]",
        "stp x14, x15, [x17, #120]",
        "stp xzr, xzr, [x17, #136]",
        "stp x18, x19, [x17, #152]",
        "stp x20, x21, [x17, #168]",
        "stp x22, x23, [x17, #184]",
        "stp x24, x25, [x17, #200]",
        "stp x26, x27, [x17, #216]",
        "stp x28, x29, [x17, #232]",
        "stp q0, q1, [x17, #272]",
        "stp q2, q3, [x17, #304]",
        "stp q4, q5, [x17, #336]",
        "stp q6, q7, [x17, #368]",
        "stp q8, q9, [x17, #400]",
        "stp q10, q11, [x17, #432]",
        "stp q12, q13, [x17, #464]",
        "stp q14, q15, [x17, #496]",
        "stp q16, q17, [x17, #528]",
        "stp q18, q19, [x17, #560]",
        "stp q20, q21, [x17, #592]",
        "stp q22, q23, [x17, #624]",
        "stp q24, q25, [x17, #656]",
        "stp q26, q27, [x17, #688]",
        "stp q28, q29, [x17, #720]",
        "stp q30, q31, [x17, #752]",
        "mrs x9, nzcv",
        "str w9, [x17, #4]",
        "mrs x9, fpcr",
        "str w9, [x17, #784]",
        "mrs x9, fpsr",
        "str w9, [x17, #788]",
        "mov w9, #7",
        "movk w9, #0x40, lsl #16",
        "str w9, [x17]",
        "ret",
        ".cfi_endproc",
    )
}

/// As on the other machine. x16 and x17, which any call may change, are not what the context says.
///
/// # Safety
/// The context is one that code of this thread can go on with.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub unsafe extern "C-unwind" fn restore(context: *const Context) -> ! {
    naked_asm!(
        ".cfi_startproc",
        "mov x17, x0",
        "ldr w9, [x17, #784]",
        "msr fpcr, x9",
        "ldr w9, [x17, #788]",
        "msr fpsr, x9",
        "ldr w9, [x17, #4]",
        "msr nzcv, x9",
        "ldp q0, q1, [x17, #272]",
        "ldp q2, q3, [x17, #304]",
        "ldp q4, q5, [x17, #336]",
        "ldp q6, q7, [x17, #368]",
        "ldp q8, q9, [x17, #400]",
        "ldp q10, q11, [x17, #432]",
        "ldp q12, q13, [x17, #464]",
        "ldp q14, q15, [x17, #496]",
        "ldp q16, q17, [x17, #528]",
        "ldp q18, q19, [x17, #560]",
        "ldp q20, q21, [x17, #592]",
        "ldp q22, q23, [x17, #624]",
        "ldp q24, q25, [x17, #656]",
        "ldp q26, q27, [x17, #688]",
        "ldp q28, q29, [x17, #720]",
        "ldp q30, q31, [x17, #752]",
        "ldp x0, x1, [x17, #8]",
        "ldp x2, x3, [x17, #24]",
        "ldp x4, x5, [x17, #40]",
        "ldp x6, x7, [x17, #56]",
        "ldp x10, x11, [x17, #88]",
        "ldp x12, x13, [x17, #104]",
        "ldp x14, x15, [x17, #120]",
        "ldp x18, x19, [x17, #152]",
        "ldp x20, x21, [x17, #168]",
        "ldp x22, x23, [x17, #184]",
        "ldp x24, x25, [x17, #200]",
        "ldp x26, x27, [x17, #216]",
        "ldp x28, x29, [x17, #232]",
        "ldr x30, [x17, #248]",
        "ldr x9, [x17, #256]",
        "mov sp, x9",
        "ldr x16, [x17, #264]",
        "ldp x8, x9, [x17, #72]",
        "br x16",
        ".cfi_endproc",
    )
}

/// As on the other machine.
///
/// # Safety
/// `information` is NULL or has `count` numbers, and they are what the exception has.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_RaiseException(code: u32, flags: u32, count: u32, information: *const usize) {
    naked_asm!(
        ".cfi_startproc",
        "hint #34",
        "sub sp, sp, #928",
        ".cfi_adjust_cfa_offset 928",
        "str x30, [sp, #912]",
        ".cfi_offset x30, -16",
        "mov x17, sp",
        "bl {store}",
        "str x0, [x17, #8]",
        "ldr x9, [sp, #912]",
        "str x9, [x17, #248]",
        "str x9, [x17, #264]",
        "add x9, sp, #928",
        "str x9, [x17, #256]",
        "mov x4, sp",
        "bl {raise}",
        "mov x0, sp",
        "b {restore}",
        ".cfi_endproc",
        store = sym store,
        raise = sym crate::exceptions::raise_exception,
        restore = sym restore,
    )
}
