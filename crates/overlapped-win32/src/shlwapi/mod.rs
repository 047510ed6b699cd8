//! `shlwapi.h`: names of files as text ([`paths`], [`parts`]), and text ([`strings`]). Of the shell itself there is nothing.

pub mod parts;
pub mod paths;
pub mod strings;

#[cfg(test)]
mod tests;
