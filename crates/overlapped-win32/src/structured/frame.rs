//! The frames of `__try`, and how control goes back into their functions.
//!
//! A frame keeps the registers that a function must preserve, as of its `__try`. [`resume`] goes back there for good, as longjmp does.
//! [`ask`] goes there for an answer only: the function's code runs with its own registers, but with the stack of whoever asks, below
//! everything that is there, so that all of that is still in place when [`ovl_seh_answer`] comes back. For that the function must find its
//! variables by the frame pointer, which the headers see to (`OVL_SEH_OWN_STACK`).

use libc::c_int;
use std::arch::naked_asm;

/// `struct ovl_seh_frame`: it stands in the function that has the `__try`.
#[repr(C)]
#[derive(Debug)]
pub struct Frame {
    pub(super) outer: *mut Frame,
    /// Why control is back in the function: [`ASK`], [`HANDLE`] or [`UNWIND`].
    pub(super) reason: c_int,
    /// [`EXCEPT`] until it has answered that it is [`FINALLY`].
    pub(super) kind: c_int,
    /// The function is C++.
    pub(super) cxx: c_int,
    _reserved: c_int,
    registers: [u64; 23],
}

/// Its filter is asked.
pub(super) const ASK: c_int = 1;
/// Its handler is to run.
pub(super) const HANDLE: c_int = 2;
/// Its `__finally` block is to run.
pub(super) const UNWIND: c_int = 3;

pub(super) const EXCEPT: c_int = 0;
pub(super) const FINALLY: c_int = 1;
/// A filter is being asked.
pub(super) const ASKING: c_int = 2;

const _: () = assert!(size_of::<Frame>() == 208 && std::mem::offset_of!(Frame, registers) == 24);

#[cfg(target_arch = "x86_64")]
const STACK: usize = 9;
#[cfg(target_arch = "aarch64")]
const STACK: usize = 12;

impl Frame {
    /// The stack pointer of its function. Whatever is below belongs to functions that were called later.
    pub(super) fn stack(&self) -> u64 {
        self.registers[STACK]
    }
}

/// Begins a `__try`. Returns 0, and once more for each time that control comes back, with the reason.
///
/// # Safety
/// The frame stays where it is until `ovl_seh_pop` or an exception takes it away, and the function does not return before.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_seh_enter(frame: *mut Frame) -> c_int {
    naked_asm!(
        "endbr64",
        "mov [rdi+24], rbx",
        "mov [rdi+32], rbp",
        "mov [rdi+40], r12",
        "mov [rdi+48], r13",
        "mov [rdi+56], r14",
        "mov [rdi+64], r15",
        "mov rax, [rsp]",
        "mov [rdi+72], rax",
        "lea rax, [rsp+8]",
        "mov [rdi+96], rax",
        "jmp {push}",
        push = sym super::push,
    )
}

/// Back to the `__try` of a frame for good.
///
/// # Safety
/// The frame's function is still there. What was called since, and is left by this, has nothing to destroy.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub(super) unsafe extern "C-unwind" fn resume(frame: *mut Frame, reason: c_int) -> ! {
    naked_asm!(
        "mov eax, esi",
        "mov rbx, [rdi+24]",
        "mov rbp, [rdi+32]",
        "mov r12, [rdi+40]",
        "mov r13, [rdi+48]",
        "mov r14, [rdi+56]",
        "mov r15, [rdi+64]",
        "mov rsp, [rdi+96]",
        "jmp [rdi+72]",
    )
}

/// To the `__try` of a frame for an answer. The gap is for arguments that the function's calls pass on the stack.
///
/// # Safety
/// The frame's function is still there.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub(super) unsafe extern "C-unwind" fn ask(frame: *mut Frame) -> c_int {
    naked_asm!(
        "push rbx",
        "push rbp",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rdi+104], rsp",
        "mov rbx, [rdi+24]",
        "mov rbp, [rdi+32]",
        "mov r12, [rdi+40]",
        "mov r13, [rdi+48]",
        "mov r14, [rdi+56]",
        "mov r15, [rdi+64]",
        "sub rsp, 4096",
        "and rsp, -16",
        "mov eax, {ask}",
        "jmp [rdi+72]",
        ask = const ASK,
    )
}

/// The answer.
///
/// # Safety
/// The frame is being asked, and nobody jumps into what was called for the answer.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_seh_answer(frame: *mut Frame, answer: c_int) -> ! {
    naked_asm!(
        "mov rsp, [rdi+104]",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbp",
        "pop rbx",
        "mov eax, esi",
        "ret",
    )
}

/// As on the other machine.
///
/// # Safety
/// As there: the frame stays where it is until `ovl_seh_pop` or an exception takes it away, and the function does not return before.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_seh_enter(frame: *mut Frame) -> c_int {
    naked_asm!(
        "hint #34",
        "stp x19, x20, [x0, #24]",
        "stp x21, x22, [x0, #40]",
        "stp x23, x24, [x0, #56]",
        "stp x25, x26, [x0, #72]",
        "stp x27, x28, [x0, #88]",
        "stp x29, x30, [x0, #104]",
        "mov x9, sp",
        "str x9, [x0, #120]",
        "stp d8, d9, [x0, #136]",
        "stp d10, d11, [x0, #152]",
        "stp d12, d13, [x0, #168]",
        "stp d14, d15, [x0, #184]",
        "b {push}",
        push = sym super::push,
    )
}

/// Back to the `__try` of a frame for good.
///
/// # Safety
/// The frame's function is still there. What was called since, and is left by this, has nothing to destroy.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub(super) unsafe extern "C-unwind" fn resume(frame: *mut Frame, reason: c_int) -> ! {
    naked_asm!(
        "ldp x19, x20, [x0, #24]",
        "ldp x21, x22, [x0, #40]",
        "ldp x23, x24, [x0, #56]",
        "ldp x25, x26, [x0, #72]",
        "ldp x27, x28, [x0, #88]",
        "ldp x29, x30, [x0, #104]",
        "ldp d8, d9, [x0, #136]",
        "ldp d10, d11, [x0, #152]",
        "ldp d12, d13, [x0, #168]",
        "ldp d14, d15, [x0, #184]",
        "ldr x9, [x0, #120]",
        "mov sp, x9",
        "mov w0, w1",
        "ret",
    )
}

/// To the `__try` of a frame for an answer. The gap is for arguments that the function's calls pass on the stack.
///
/// # Safety
/// The frame's function is still there.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub(super) unsafe extern "C-unwind" fn ask(frame: *mut Frame) -> c_int {
    naked_asm!(
        "sub sp, sp, #160",
        "stp x19, x20, [sp]",
        "stp x21, x22, [sp, #16]",
        "stp x23, x24, [sp, #32]",
        "stp x25, x26, [sp, #48]",
        "stp x27, x28, [sp, #64]",
        "stp x29, x30, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mov x9, sp",
        "str x9, [x0, #128]",
        "ldp x19, x20, [x0, #24]",
        "ldp x21, x22, [x0, #40]",
        "ldp x23, x24, [x0, #56]",
        "ldp x25, x26, [x0, #72]",
        "ldp x27, x28, [x0, #88]",
        "ldp x29, x30, [x0, #104]",
        "ldp d8, d9, [x0, #136]",
        "ldp d10, d11, [x0, #152]",
        "ldp d12, d13, [x0, #168]",
        "ldp d14, d15, [x0, #184]",
        "sub sp, sp, #4096",
        "mov w0, #{ask}",
        "ret",
        ask = const ASK,
    )
}

/// The answer.
///
/// # Safety
/// The frame is being asked, and nobody jumps into what was called for the answer.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_seh_answer(frame: *mut Frame, answer: c_int) -> ! {
    naked_asm!(
        "ldr x9, [x0, #128]",
        "mov sp, x9",
        "ldp x19, x20, [sp]",
        "ldp x21, x22, [sp, #16]",
        "ldp x23, x24, [sp, #32]",
        "ldp x25, x26, [sp, #48]",
        "ldp x27, x28, [sp, #64]",
        "ldp x29, x30, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "add sp, sp, #160",
        "mov w0, w1",
        "ret",
    )
}
