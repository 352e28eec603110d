//! A second loopback in the same world. A network namespace belongs to a thread: one thread lives there, and does there what is asked of
//! it. What it starts lives there too, and a socket that it makes stays there, whoever uses it.

use super::Trouble;
use super::world::{self, Refused};
use std::sync::mpsc::{self, Sender};

/// The thread beyond.
pub struct Far {
    jobs: Sender<Job>,
}

type Job = Box<dyn FnOnce() + Send>;

impl Far {
    /// Makes the loopback, while this process may still do so.
    ///
    /// # Errors
    /// The system forbids it.
    pub fn open() -> Result<Self, Refused> {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let (outcome, made) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = outcome.send(world::leave_loopback());
            inbox.into_iter().for_each(|job| job());
        });
        made.recv().map_or_else(|_| Err(Refused::gone()), |made| made.map(|()| Self { jobs }))
    }

    /// Does something there, and waits for it.
    ///
    /// # Errors
    /// The thread is gone.
    pub fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
        let (done, outcome) = mpsc::channel();
        let job = Box::new(move || {
            let _ = done.send(job());
        });
        let gone = || "the thread of the second loopback is gone".to_owned();
        self.jobs.send(job).map_err(|_| gone())?;
        outcome.recv().map_err(|_| gone())
    }
}
