//! Gives the shared library the name by which programs find it at run time.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,liboverlapped_win32.so.0");
}
