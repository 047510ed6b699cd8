//! Thread-local variables in the static TLS block: at a fixed distance from the thread pointer.
//!
//! In a shared library, `thread_local!` calls `__tls_get_addr` to find a variable, since the library may be loaded late; a post
//! and a get made four such calls, a quarter of their cost. The model without a call, initial-exec, cannot be asked for in stable
//! Rust, so such a variable is defined and found in assembler: a load in a shared library, which the linker makes a constant in a program.
//! It begins as zeroes and is never dropped, so it fits what can be looked up again: pointers to ordinary thread-locals.
//!
//! Drawback: where the library is loaded late, the loader must have room left in the static block for all its thread-locals; glibc
//! keeps about 1.5 KiB for that, so large ones belong on the heap.

use std::cell::Cell;

/// A type that can be a variable of [`static_tls!`](macro@crate::static_tls).
///
/// # Safety
/// Zero bytes are a value of the type.
pub unsafe trait Zeroed: Sized {}

// SAFETY: the number 0.
unsafe impl Zeroed for Cell<u32> {}
// SAFETY: a null pointer.
unsafe impl<T> Zeroed for Cell<*const T> {}

/// Defines `fn name<R>(f: impl FnOnce(&Type) -> R) -> R`, which runs `f` with the calling thread's variable, at any time in the
/// thread's life. The string tells the variable from others of its crate; the symbol is one of the whole program's, so the crate and
/// its version are part of it.
#[cfg(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[macro_export]
macro_rules! static_tls {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident: $type:ty = $part:literal) => {
        $crate::static_tls!(@ [$(#[$attribute])*] [$visibility] $name $type, concat!(
            env!("CARGO_CRATE_NAME"), "_", $part, "_", env!("CARGO_PKG_VERSION_MAJOR"), "_", env!("CARGO_PKG_VERSION_MINOR")
        ));
    };
    (@ [$($attribute:tt)*] [$visibility:vis] $name:ident $type:ty, $symbol:expr) => {
        ::core::arch::global_asm!(
            concat!(".pushsection .tbss.", $symbol, ",\"awT\",%nobits"),
            concat!(".globl ", $symbol),
            concat!(".hidden ", $symbol),
            concat!(".type ", $symbol, ",%tls_object"),
            concat!(".size ", $symbol, ", {size}"),
            ".balign {align}",
            concat!($symbol, ":"),
            ".zero {size}",
            ".popsection",
            size = const ::core::mem::size_of::<$type>(),
            align = const ::core::mem::align_of::<$type>(),
        );

        $($attribute)*
        #[inline(always)]
        $visibility fn $name<R>(f: impl FnOnce(&$type) -> R) -> R {
            const fn zeroed<T: $crate::static_tls::Zeroed>() {
                assert!(!::core::mem::needs_drop::<T>(), "nobody drops it");
            }
            const { zeroed::<$type>() };
            let at: *const $type;
            // SAFETY: computes an address from the thread pointer and a constant of the loader.
            #[cfg(target_arch = "x86_64")]
            unsafe {
                ::core::arch::asm!(
                    "mov {at}, qword ptr fs:[0]",
                    concat!("add {at}, qword ptr [rip + ", $symbol, "@GOTTPOFF]"),
                    at = out(reg) at,
                    options(pure, nomem, nostack),
                );
            }
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            unsafe {
                ::core::arch::asm!(
                    "mrs {at}, tpidr_el0",
                    concat!("adrp {offset}, :gottprel:", $symbol),
                    concat!("ldr {offset}, [{offset}, #:gottprel_lo12:", $symbol, "]"),
                    "add {at}, {at}, {offset}",
                    at = out(reg) at,
                    offset = out(reg) _,
                    options(pure, nomem, nostack, preserves_flags),
                );
            }
            // SAFETY: the calling thread's variable, with its size and alignment: zeroes, which are a value, or what the thread
            // itself has put there. It is there until the thread has ended, and no other thread gets a reference to it.
            f(unsafe { &*at })
        }
    };
}

/// The same by the ordinary means.
#[cfg(not(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[macro_export]
macro_rules! static_tls {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident: $type:ty = $part:literal) => {
        $(#[$attribute])*
        #[inline(always)]
        $visibility fn $name<R>(f: impl FnOnce(&$type) -> R) -> R {
            const fn zeroed<T: $crate::static_tls::Zeroed>() -> T {
                assert!(!::core::mem::needs_drop::<T>(), "nobody drops it");
                // SAFETY: the type says that zeroes are a value of it.
                unsafe { ::core::mem::zeroed() }
            }
            ::std::thread_local! {
                static LOCAL: $type = const { zeroed() };
            }
            LOCAL.with(f)
        }
    };
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Zeroed;
    use std::cell::Cell;

    #[repr(align(32))]
    struct Pair {
        small: Cell<u8>,
        large: Cell<u64>,
    }

    // SAFETY: numbers.
    unsafe impl Zeroed for Pair {}

    static_tls! { fn pair: Pair = "pair" }
    static_tls! { fn other: Pair = "other" }

    #[test]
    fn each_thread_has_its_own_zeroes() {
        let set = |n: u8| {
            let before = pair(|pair| (pair.small.replace(n), pair.large.replace(u64::from(n) << 32)));
            assert_eq!(before, (0, 0));
            other(|other| assert_eq!((other.small.get(), other.large.get()), (0, 0)));
            std::thread::yield_now();
            assert_eq!(pair(|pair| (pair.small.get(), pair.large.get())), (n, u64::from(n) << 32));
            pair(|pair| std::ptr::from_ref(pair) as usize)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (1..9).map(|n| scope.spawn(move || assert_eq!(set(n) % 32, 0))).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        assert_eq!(set(9) % align_of::<Pair>(), 0);
    }

    #[test]
    fn destructors_of_other_thread_locals_find_it() {
        struct Last;
        impl Drop for Last {
            fn drop(&mut self) {
                pair(|pair| assert_eq!(pair.small.get(), 7));
            }
        }
        thread_local!(static LAST: Last = const { Last });
        let thread = std::thread::spawn(|| {
            LAST.with(|_| ());
            pair(|pair| pair.small.set(7));
        });
        thread.join().unwrap();
    }
}
