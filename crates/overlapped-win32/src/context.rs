//! CONTEXT: the registers of a thread, as exceptions show them and as programs change them.
//!
//! The layout is that of the machine's Windows. There are two ways to one: [`Context::of`] takes the registers from what Linux hands
//! a signal handler, and [`Context::give_back`] puts them there again, so that the thread goes on with what a filter has made of them;
//! [`ovl_RtlCaptureContext`] and [`restore`] (module `registers`) do the same for running code. Debug registers belong to debuggers and are 0. Of vector
//! registers there is what CONTEXT has room for, the lower 128 bits; the upper halves stay with Linux and are not lost.

mod registers;

pub use registers::{ovl_RaiseException, ovl_RtlCaptureContext, restore};

#[cfg(target_arch = "x86_64")]
pub use x86_64::Context;

#[cfg(target_arch = "aarch64")]
pub use aarch64::Context;

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    /// CONTEXT, 1,232 bytes.
    #[repr(C, align(16))]
    #[derive(Clone, Copy, Debug)]
    pub struct Context {
        /// `P1Home` to `P6Home`: 0.
        pub homes: [u64; 6],
        /// `ContextFlags`.
        pub flags: u32,
        /// `MxCsr`.
        pub mxcsr: u32,
        /// `SegCs`, `SegDs`, `SegEs`, `SegFs`, `SegGs`, `SegSs`.
        pub segments: [u16; 6],
        /// `EFlags`.
        pub eflags: u32,
        /// `Dr0` to `Dr3`, `Dr6`, `Dr7`: 0.
        pub debug: [u64; 6],
        /// `Rax`, `Rcx`, `Rdx`, `Rbx`, `Rsp`, `Rbp`, `Rsi`, `Rdi`, `R8` to `R15`, in the order of their numbers.
        pub general: [u64; 16],
        /// `Rip`.
        pub rip: u64,
        /// `FltSave`: what FXSAVE stores.
        pub floating: [u8; 512],
        /// `VectorRegister` to `LastExceptionFromRip`: 0.
        pub rest: [u64; 58],
    }

    const _: () = assert!(
        size_of::<Context>() == 1232
            && std::mem::offset_of!(Context, flags) == 0x30
            && std::mem::offset_of!(Context, eflags) == 0x44
            && std::mem::offset_of!(Context, general) == 0x78
            && std::mem::offset_of!(Context, rip) == 0xF8
            && std::mem::offset_of!(Context, floating) == 0x100
    );

    /// CONTEXT_AMD64 with CONTROL, INTEGER, SEGMENTS and FLOATING_POINT.
    const ALL: u32 = 0x10_000F;
    /// Linux's numbers of the registers in `general`.
    const GENERAL: [libc::c_int; 16] = [
        libc::REG_RAX,
        libc::REG_RCX,
        libc::REG_RDX,
        libc::REG_RBX,
        libc::REG_RSP,
        libc::REG_RBP,
        libc::REG_RSI,
        libc::REG_RDI,
        libc::REG_R8,
        libc::REG_R9,
        libc::REG_R10,
        libc::REG_R11,
        libc::REG_R12,
        libc::REG_R13,
        libc::REG_R14,
        libc::REG_R15,
    ];
    /// Rsp in `general`.
    const STACK: usize = 4;
    /// Of what FXSAVE stores, the part that is registers; Linux has notes of its own behind it.
    const REGISTERS: usize = 416;
    /// The place of MXCSR in it.
    const MXCSR: std::ops::Range<usize> = 24..28;

    impl Context {
        /// All 0.
        pub const NONE: Self = Self {
            homes: [0; 6],
            flags: 0,
            mxcsr: 0,
            segments: [0; 6],
            eflags: 0,
            debug: [0; 6],
            general: [0; 16],
            rip: 0,
            floating: [0; 512],
            rest: [0; 58],
        };

        /// The registers of an interrupted thread.
        #[must_use]
        pub fn of(thread: &libc::ucontext_t) -> Self {
            let machine = &thread.uc_mcontext;
            let selectors = machine.gregs[libc::REG_CSGSFS as usize] as u64;
            let selector = |place: u32| (selectors >> (16 * place)) as u16;
            let mut context = Self {
                flags: ALL,
                // Code, then data and stack, which are the same in every program of 64 bits.
                segments: [selector(0), selector(3), selector(3), selector(2), selector(1), selector(3)],
                eflags: machine.gregs[libc::REG_EFL as usize] as u32,
                general: GENERAL.map(|register| machine.gregs[register as usize] as u64),
                rip: machine.gregs[libc::REG_RIP as usize] as u64,
                ..Self::NONE
            };
            if !machine.fpregs.is_null() {
                // SAFETY: Linux stores what FXSAVE does, and says where.
                let floating = unsafe { &*machine.fpregs.cast::<[u8; 512]>() };
                context.floating[..REGISTERS].copy_from_slice(&floating[..REGISTERS]);
                context.mxcsr = u32::from_le_bytes(floating[MXCSR].try_into().unwrap_or_default());
            }
            context
        }

        /// Has the interrupted thread go on with these registers. Which of them `ContextFlags` names does not matter, as for a filter.
        pub fn give_back(&self, thread: &mut libc::ucontext_t) {
            let machine = &mut thread.uc_mcontext;
            for (register, value) in GENERAL.into_iter().zip(self.general) {
                machine.gregs[register as usize] = value.cast_signed();
            }
            machine.gregs[libc::REG_EFL as usize] = self.eflags.into();
            machine.gregs[libc::REG_RIP as usize] = self.rip.cast_signed();
            if !machine.fpregs.is_null() {
                // SAFETY: as above, and nobody else uses it while the thread is interrupted.
                let floating = unsafe { &mut *machine.fpregs.cast::<[u8; 512]>() };
                floating[..REGISTERS].copy_from_slice(&self.floating[..REGISTERS]);
                floating[MXCSR].copy_from_slice(&self.mxcsr.to_le_bytes());
            }
        }

        /// Where the thread goes on.
        #[must_use]
        pub fn instruction(&self) -> usize {
            self.rip as usize
        }

        /// Has it go on elsewhere.
        pub fn set_instruction(&mut self, at: usize) {
            self.rip = at as u64;
        }

        /// The parts that the flags of this one name, from another one.
        pub fn take(&mut self, from: &Self) {
            let has = |part: u32| self.flags & part & 0xFFFF != 0;
            let (control, integer, segments, floating, debug) = (has(1), has(2), has(4), has(8), has(0x10));
            if control {
                (self.rip, self.eflags) = (from.rip, from.eflags);
                self.general[STACK] = from.general[STACK];
                (self.segments[0], self.segments[5]) = (from.segments[0], from.segments[5]);
            }
            if integer {
                for (n, value) in from.general.into_iter().enumerate().filter(|(n, _)| *n != STACK) {
                    self.general[n] = value;
                }
            }
            if segments {
                self.segments[1..5].copy_from_slice(&from.segments[1..5]);
            }
            if floating {
                (self.floating, self.mxcsr) = (from.floating, from.mxcsr);
            }
            if debug {
                self.debug = from.debug;
            }
        }

        /// The registers for the first two arguments of a function, by the convention of Windows.
        #[must_use]
        pub fn arguments(&self) -> [usize; 2] {
            [self.general[1] as usize, self.general[2] as usize]
        }

        /// Sets them.
        pub fn set_arguments(&mut self, [first, second]: [usize; 2]) {
            (self.general[1], self.general[2]) = (first as u64, second as u64);
        }

        /// Sets the stack pointer.
        pub fn set_stack(&mut self, at: usize) {
            self.general[STACK] = at as u64;
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod aarch64 {
    /// CONTEXT, 912 bytes.
    #[repr(C, align(16))]
    #[derive(Clone, Copy, Debug)]
    pub struct Context {
        /// `ContextFlags`.
        pub flags: u32,
        /// `Cpsr`.
        pub cpsr: u32,
        /// `X0` to `X28`, `Fp`, `Lr`.
        pub general: [u64; 31],
        /// `Sp`.
        pub sp: u64,
        /// `Pc`.
        pub pc: u64,
        /// `V`.
        pub vectors: [u128; 32],
        /// `Fpcr`.
        pub fpcr: u32,
        /// `Fpsr`.
        pub fpsr: u32,
        /// `Bcr` to `Wvr`: 0.
        pub debug: [u32; 30],
    }

    const _: () = assert!(
        size_of::<Context>() == 912
            && std::mem::offset_of!(Context, general) == 8
            && std::mem::offset_of!(Context, sp) == 256
            && std::mem::offset_of!(Context, vectors) == 272
            && std::mem::offset_of!(Context, fpcr) == 784
    );

    /// CONTEXT_ARM64 with CONTROL, INTEGER and FLOATING_POINT.
    const ALL: u32 = 0x40_0007;
    /// The mark of the record with the vector registers, and of the one that says what kind of fault it was.
    const FPSIMD_MAGIC: u32 = 0x4650_8001;
    const ESR_MAGIC: u32 = 0x4553_5201;

    /// `struct fpsimd_context` of Linux.
    #[repr(C)]
    struct Fpsimd {
        magic: u32,
        size: u32,
        fpsr: u32,
        fpcr: u32,
        vectors: [u128; 32],
    }

    /// The record with this mark behind the general registers; null if there is none.
    fn record(thread: &libc::ucontext_t, wanted: u32) -> *mut u32 {
        let machine = &raw const thread.uc_mcontext;
        // Behind fault address, 31 registers, sp, pc and pstate, on the next multiple of 16.
        let mut at: *mut u32 = machine.wrapping_byte_add(288).cast::<u32>().cast_mut();
        for _ in 0..16 {
            // SAFETY: Linux ends the list of records with one whose mark is 0.
            let (magic, size) = unsafe { (at.read(), at.add(1).read()) };
            if magic == wanted {
                return at;
            }
            if magic == 0 || size == 0 {
                break;
            }
            at = at.wrapping_byte_add(size as usize);
        }
        std::ptr::null_mut()
    }

    /// Was the fault a write?
    pub(crate) fn wrote(thread: &libc::ucontext_t) -> bool {
        let record = record(thread, ESR_MAGIC);
        // SAFETY: not null, and such a record has the syndrome behind mark and size.
        !record.is_null() && unsafe { record.add(2).cast::<u64>().read() } & 1 << 6 != 0
    }

    impl Context {
        /// All 0.
        pub const NONE: Self = Self {
            flags: 0,
            cpsr: 0,
            general: [0; 31],
            sp: 0,
            pc: 0,
            vectors: [0; 32],
            fpcr: 0,
            fpsr: 0,
            debug: [0; 30],
        };

        /// The registers of an interrupted thread.
        #[must_use]
        pub fn of(thread: &libc::ucontext_t) -> Self {
            let machine = &thread.uc_mcontext;
            let (flags, cpsr) = (ALL, machine.pstate as u32);
            let mut context = Self { flags, cpsr, general: machine.regs, sp: machine.sp, pc: machine.pc, ..Self::NONE };
            let floating: *const Fpsimd = record(thread, FPSIMD_MAGIC).cast();
            if !floating.is_null() {
                // SAFETY: not null, and the record has its mark; records are aligned to 16.
                let floating = unsafe { &*floating };
                (context.fpsr, context.fpcr, context.vectors) = (floating.fpsr, floating.fpcr, floating.vectors);
            }
            context
        }

        /// Has the interrupted thread go on with these registers. Which of them `ContextFlags` names does not matter, as for a filter.
        pub fn give_back(&self, thread: &mut libc::ucontext_t) {
            let floating: *mut Fpsimd = record(thread, FPSIMD_MAGIC).cast();
            if !floating.is_null() {
                // SAFETY: as above, and nobody else uses it while the thread is interrupted.
                let floating = unsafe { &mut *floating };
                (floating.fpsr, floating.fpcr, floating.vectors) = (self.fpsr, self.fpcr, self.vectors);
            }
            let machine = &mut thread.uc_mcontext;
            (machine.regs, machine.sp, machine.pc) = (self.general, self.sp, self.pc);
            machine.pstate = self.cpsr.into();
        }

        /// Where the thread goes on.
        #[must_use]
        pub fn instruction(&self) -> usize {
            self.pc as usize
        }

        /// Has it go on elsewhere.
        pub fn set_instruction(&mut self, at: usize) {
            self.pc = at as u64;
        }

        /// The parts that the flags of this one name, from another one.
        pub fn take(&mut self, from: &Self) {
            let has = |part: u32| self.flags & part & 0xFFFF != 0;
            let (control, integer, floating, debug) = (has(1), has(2), has(4), has(8));
            if control {
                (self.pc, self.sp, self.cpsr) = (from.pc, from.sp, from.cpsr);
                self.general[29..].copy_from_slice(&from.general[29..]);
            }
            if integer {
                self.general[..29].copy_from_slice(&from.general[..29]);
            }
            if floating {
                (self.vectors, self.fpcr, self.fpsr) = (from.vectors, from.fpcr, from.fpsr);
            }
            if debug {
                self.debug = from.debug;
            }
        }

        /// The registers for the first two arguments of a function.
        #[must_use]
        pub fn arguments(&self) -> [usize; 2] {
            [self.general[0] as usize, self.general[1] as usize]
        }

        /// Sets them.
        pub fn set_arguments(&mut self, [first, second]: [usize; 2]) {
            (self.general[0], self.general[1]) = (first as u64, second as u64);
        }

        /// Sets the stack pointer.
        pub fn set_stack(&mut self, at: usize) {
            self.sp = at as u64;
        }
    }
}

#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::wrote;

/// Did the fault come of a write?
#[cfg(target_arch = "x86_64")]
pub(crate) fn wrote(thread: &libc::ucontext_t) -> bool {
    thread.uc_mcontext.gregs[libc::REG_ERR as usize] & 2 != 0
}

/// RtlRestoreContext: the thread goes on as the context says. With an exception record there would be more to do; none is known.
///
/// # Safety
/// The context is one that code of this thread can go on with.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_RtlRestoreContext(
    context: *const Context,
    _record: *const crate::exceptions::ExceptionRecord,
) -> ! {
    // SAFETY: the caller's promise.
    unsafe { restore(context) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering::*};

    #[test]
    fn the_layout_is_that_of_windows() {
        use std::mem::offset_of;
        use windows_sys::Win32::System::Diagnostics::Debug::CONTEXT;
        assert_eq!(size_of::<Context>(), size_of::<CONTEXT>());
        #[cfg(target_arch = "x86_64")]
        let same = [
            (offset_of!(Context, flags), offset_of!(CONTEXT, ContextFlags)),
            (offset_of!(Context, mxcsr), offset_of!(CONTEXT, MxCsr)),
            (offset_of!(Context, segments), offset_of!(CONTEXT, SegCs)),
            (offset_of!(Context, eflags), offset_of!(CONTEXT, EFlags)),
            (offset_of!(Context, general), offset_of!(CONTEXT, Rax)),
            (offset_of!(Context, general) + 4 * 8, offset_of!(CONTEXT, Rsp)),
            (offset_of!(Context, general) + 15 * 8, offset_of!(CONTEXT, R15)),
            (offset_of!(Context, rip), offset_of!(CONTEXT, Rip)),
            (offset_of!(Context, floating), offset_of!(CONTEXT, Anonymous)),
            (offset_of!(Context, rest), offset_of!(CONTEXT, VectorRegister)),
        ];
        #[cfg(target_arch = "aarch64")]
        let same = [
            (offset_of!(Context, cpsr), offset_of!(CONTEXT, Cpsr)),
            (offset_of!(Context, general), offset_of!(CONTEXT, Anonymous)),
            (offset_of!(Context, sp), offset_of!(CONTEXT, Sp)),
            (offset_of!(Context, pc), offset_of!(CONTEXT, Pc)),
            (offset_of!(Context, vectors), offset_of!(CONTEXT, V)),
            (offset_of!(Context, fpcr), offset_of!(CONTEXT, Fpcr)),
            (offset_of!(Context, debug), offset_of!(CONTEXT, Bcr)),
        ];
        assert!(same.iter().all(|(ours, theirs)| ours == theirs), "{same:?}");
    }

    #[test]
    fn a_captured_context_is_that_of_the_caller() {
        let mut context = Context::NONE;
        // SAFETY: it is ours.
        unsafe { ovl_RtlCaptureContext(&mut context) };
        let here = std::ptr::from_ref(&context) as usize;
        #[cfg(target_arch = "x86_64")]
        let (stack, flags) = (context.general[4] as usize, context.flags);
        #[cfg(target_arch = "aarch64")]
        let (stack, flags) = (context.sp as usize, context.flags);
        assert!(stack <= here && here - stack < 1 << 16, "{stack:x} {here:x}");
        assert_eq!(flags & 7, 7);
        assert_ne!(context.instruction(), 0);
    }

    #[test]
    fn a_context_can_be_gone_back_to() {
        static ROUNDS: AtomicU32 = AtomicU32::new(0);
        let mut context = Context::NONE;
        // SAFETY: it is ours, and this function is still there when its context is restored; what it knows is in memory.
        unsafe {
            ovl_RtlCaptureContext(&mut context);
            if ROUNDS.fetch_add(1, SeqCst) < 3 {
                ovl_RtlRestoreContext(&context, std::ptr::null());
            }
        }
        assert_eq!(ROUNDS.load(SeqCst), 4);
    }
}
