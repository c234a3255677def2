//! A WASI host that gives a guest nothing of this machine but what is granted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use wasmtime_wasi::{
    Deterministic, DirPerms, FilePerms, HostMonotonicClock, HostWallClock, WasiCtxBuilder,
};

use super::Grants;

/// What is granted, and besides no files, no arguments, no environment, no network, standard input
/// at its end and standard output to nowhere; standard error is passed on, for panic messages.
pub(super) fn builder(grants: &Grants) -> wasmtime::Result<WasiCtxBuilder> {
    let mut builder = WasiCtxBuilder::new();
    builder
        .inherit_stderr()
        .wall_clock(Epoch)
        .monotonic_clock(Steps::default())
        .secure_random(Deterministic::new((0..=u8::MAX).collect()))
        .insecure_random(Deterministic::new((0..=u8::MAX).collect()))
        .insecure_random_seed(0)
        .envs(&grants.environment);
    for (host, guest) in &grants.folders {
        builder
            .preopened_dir(host, guest, DirPerms::READ, FilePerms::READ)
            .map_err(|error| error.context(host.display().to_string()))?;
    }
    Ok(builder)
}

/// It is always 1970-01-01T00:00:00Z.
struct Epoch;

impl HostWallClock for Epoch {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

/// A nanosecond passes each time somebody looks: loops that wait for time to pass end. Who waits otherwise is told at once that
/// the time has come.
#[derive(Default)]
struct Steps(AtomicU64);

impl HostMonotonicClock for Steps {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}
