//! The compilers of this machine.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

/// A compiler for one language.
#[derive(Clone, Debug)]
pub struct Compiler {
    program: &'static str,
    cxx: bool,
}

/// gcc, g++, clang and clang++, as far as they are here.
pub fn compilers() -> Vec<Compiler> {
    let all = [("gcc", false), ("clang", false), ("g++", true), ("clang++", true)];
    let here = all.into_iter().filter(|(program, _)| {
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    });
    here.map(|(program, cxx)| Compiler { program, cxx }).collect()
}

/// What `ovl cc` adds.
pub fn flags(include: &Path) -> Vec<OsString> {
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
    /// Its name.
    pub fn name(&self) -> &str {
        self.program
    }

    /// For C++?
    pub fn is_cxx(&self) -> bool {
        self.cxx
    }

    fn command(&self, include: &Path, options: &[&str], source: &Path) -> Command {
        let mut command = Command::new(self.program);
        command.args(options).args(["-Wall", "-Wextra", "-Werror"]).args(flags(include));
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
        let output = self.command(include, &[], source).arg("-E").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}
