//! The macro that declares groups of documented constants.

/// Declares public constants of one type, each with its documentation on the same line.
macro_rules! consts {
    ($ty:ty; $($name:ident = $value:expr => $doc:literal;)+) => {
        $(#[doc = $doc] pub const $name: $ty = $value;)+
    };
}

/// Declares `#[repr(C)]` structures that are plain data, and checks their 64-bit size when the crate is
/// compiled: `pub struct Name: size { … }`. With `no default` after the size, `Default` is left out.
macro_rules! structs {
    ($($(#[$meta:meta])* pub struct $name:ident: $size:literal $($no:ident default)? { $($body:tt)* })+) => {
        $(structs! { @one [$($no)?] $(#[$meta])* $name $size { $($body)* } })+
    };
    (@one [] $(#[$meta:meta])* $name:ident $size:literal { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[repr(C)]
        pub struct $name { $($body)* }
        structs! { @size $name $size }
    };
    (@one [no] $(#[$meta:meta])* $name:ident $size:literal { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(C)]
        pub struct $name { $($body)* }
        structs! { @size $name $size }
    };
    (@size $name:ident $size:literal) => {
        #[cfg(target_pointer_width = "64")]
        const _: () = assert!(size_of::<$name>() == $size);
    };
}
