//! The compilers of this machine.

use std::ffi::OsString;
use std::io::{Write, stderr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// A compiler for one language.
#[derive(Clone, Debug)]
pub struct Compiler {
    program: &'static str,
    cxx: bool,
}

/// gcc, g++, clang and clang++, as far as they are here. What is missing is said on the terminal, past the capture of the tests.
pub fn compilers() -> Vec<Compiler> {
    static HERE: LazyLock<Vec<Compiler>> = LazyLock::new(|| {
        let all = [("gcc", false), ("clang", false), ("g++", true), ("clang++", true)];
        let runs = |program: &str| {
            Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
        };
        let (here, missing): (Vec<_>, Vec<_>) = all.into_iter().partition(|(program, _)| runs(program));
        for (program, _) in missing {
            let _ = writeln!(stderr(), "NOT TESTED: the headers with {program}, which is not installed");
        }
        assert!(here.iter().any(|(_, cxx)| !cxx) && here.iter().any(|(_, cxx)| *cxx), "no C and C++ compiler is here");
        here.into_iter().map(|(program, cxx)| Compiler { program, cxx }).collect()
    });
    HERE.clone()
}

/// The first one for C.
pub fn c_compiler() -> Compiler {
    compilers().into_iter().find(|compiler| !compiler.cxx).expect("`compilers` has looked")
}

/// The first one for C++.
pub fn cxx_compiler() -> Compiler {
    compilers().into_iter().find(|compiler| compiler.cxx).expect("`compilers` has looked")
}

/// What `ovl cc` adds.
fn flags(include: &Path) -> Vec<OsString> {
    let mut directory = OsString::from("-I");
    directory.push(include);
    vec![
        "-fshort-wchar".into(),
        "-fms-extensions".into(),
        directory,
        "-include".into(),
        include.join("ovl/prelude.h").into(),
    ]
}

impl Compiler {
    /// For C++?
    pub fn is_cxx(&self) -> bool {
        self.cxx
    }

    /// The languages that it knows, the oldest first.
    pub fn standards(&self) -> &'static [&'static str] {
        match self.cxx {
            true => &["-std=c++11", "-std=c++14", "-std=c++17", "-std=c++20", "-std=gnu++17"],
            false => &["-std=c99", "-std=c11", "-std=c17", "-std=gnu17"],
        }
    }

    fn command(&self, include: &Path, options: &[&str], source: &Path) -> Command {
        let mut command = Command::new(self.program);
        command.args(options).args(["-Wall", "-Wextra", "-Werror"]).args(flags(include)).env("LC_ALL", "C");
        command.args(["-x", if self.cxx { "c++" } else { "c" }]).arg(source);
        command
    }

    /// What it says about a source; `None` if nothing.
    pub fn complaint(&self, include: &Path, options: &[&str], source: &Path) -> Option<String> {
        let output = self.command(include, options, source).arg("-fsyntax-only").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let quiet = output.status.success() && said.is_empty();
        let beginning: String = said.lines().take(12).collect::<Vec<_>>().join("\n");
        (!quiet).then(|| format!("{} {} {}:\n{beginning}", self.program, options.join(" "), source.display()))
    }

    /// The source after the preprocessor.
    pub fn preprocessed(&self, include: &Path, source: &Path) -> String {
        let output = self.command(include, &[], source).args(["-E", "-P"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}
