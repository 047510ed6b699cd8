//! `ovl cc` and `ovl c++`: compile Windows programs with gcc or clang.
//!
//! The compiler gets its arguments, in its own spelling ([`arguments`]), with what Windows source needs added: our headers ([`headers`]), a forced
//! first header, 16-bit `wchar_t`, forwarding headers for names in another case or with backslashes ([`overlay`]), an entry
//! point and the library ([`library`]). What a file needs is seen by looking through it and what it includes ([`scan`]), without
//! a preprocessor: text that is compiled out is looked at too, which costs nothing. What the compiler says passes through, and
//! [`advice`] adds a note where a function is missing.

mod addresses;
mod advice;
mod arguments;
mod cache;
mod casts;
mod command;
mod declared;
mod dlls;
mod headers;
mod import_libraries;
mod library;
mod msvc;
mod overlay;
mod own_names;
mod own_posix;
mod own_types;
mod rewritten;
mod scan;
mod statics;
mod suffixes;
mod windows_only;

use clap::Args;
use command::{Command, Language};
use std::ffi::OsString;
use std::process::ExitCode;

/// What `ovl cc --help` prints.
pub const HELP: &str = "\
ovl cc - compile Windows programs with gcc or clang (ovl c++: with g++ or clang++)

Usage: ovl cc [OPTIONS] [the compiler's own arguments]...

  ovl cc server.c -o server && ./server
  ovl cc -O2 -c net.cpp        C++ is known by its suffix: .cpp .cc .cxx .Cpp
  ovl c++ main.o net.o -o server

Options; all others go to the compiler:
  --cc=NAME              the compiler [default: $CC or gcc; for c++ $CXX or g++]
  --static-overlapped    link the library into the program
  --print-flags          print the flags for a makefile of your own, and do nothing
  --print-flags=compile  those for compiling
  --print-flags=link     those for linking
  --windows-only         headers and functions that only Linux has are not found, for projects that check for them
  --show                 print the command before running it
  --help                 this text

Also understood: response files (@file), options of Microsoft's compiler (/O2 /W4 /DNAME /Iinclude /Fe:program /link ...), and -static, which
links the library in and the C library not. Resources (.rc, .res) and libraries of Windows (-lws2_32, ws2_32.lib, ...) are left out. Define OVL_LP64_FORMATS if %ld in your formats means 64 bits.
OVERLAPPED_LIB names the directory of liboverlapped_win32, if it is not beside ovl.";

/// The arguments of `ovl cc` and `ovl c++`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The compiler's arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    all: Vec<OsString>,
}

/// Runs `ovl cc`.
pub fn run_c(arguments: Arguments) -> ExitCode {
    run("cc", Language::C, arguments)
}

/// Runs `ovl c++`.
pub fn run_cxx(arguments: Arguments) -> ExitCode {
    run("c++", Language::Cxx, arguments)
}

fn run(name: &str, language: Language, arguments: Arguments) -> ExitCode {
    if let Some((first, rest)) = arguments.all.split_first() {
        if first == suffixes::OPTION {
            return suffixes::run_wrapped(rest);
        }
        if let (Some("--make-static"), [archive, copy]) = (first.to_str(), rest) {
            let made = own_names::make(archive.as_ref(), copy.as_ref(), &[OsString::from("gcc")]);
            return made.map_or_else(|problem| failed(name, &problem), |()| ExitCode::SUCCESS);
        }
    }
    if command::is_inside() {
        return command::pass_on(language, arguments.all).unwrap_or_else(|problem| failed(name, &problem));
    }
    let arguments = match arguments::Arguments::new(arguments.all) {
        Ok(arguments) => arguments,
        Err(problem) => return failed(name, &problem),
    };
    for note in arguments.notes {
        eprintln!("ovl {name}: {note}");
    }
    let command = Command::parse(language, arguments.plain);
    if command.help {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match command.run() {
        Ok(code) => code,
        Err(problem) => failed(name, &problem),
    }
}

fn failed(name: &str, problem: &str) -> ExitCode {
    eprintln!("ovl {name}: {problem}");
    ExitCode::FAILURE
}
