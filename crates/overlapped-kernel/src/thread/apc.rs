//! Asynchronous procedure calls (contract 05 section 1).

/// A function queued to a thread, run by that thread inside an alertable wait.
pub struct Apc(Box<dyn FnOnce() + Send>);

impl Apc {
    pub(crate) fn new(run: impl FnOnce() + Send + 'static) -> Self {
        Self(Box::new(run))
    }

    pub(crate) fn run(self) {
        (self.0)();
    }
}

impl std::fmt::Debug for Apc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Apc")
    }
}
