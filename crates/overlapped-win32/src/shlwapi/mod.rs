//! `shlwapi.h`: names of files as text ([`paths`]), and text ([`strings`]). Of the shell itself there is nothing.

pub mod paths;
pub mod strings;

#[cfg(test)]
mod tests;
