//! A session that lives long: what is said is kept for a while and forgotten.

use clawft_agent::{Isolated, Session};
use clawft_workload::{Dialogue, SEED, Speakers, configuration};

use super::{Checksum, Work};

/// Messages that are kept.
const WINDOW: usize = 20;

/// The most that a tool finds, in bytes: messages are short, for there are many.
const MOST_RESULT: usize = 300;

/// Messages of one repetition.
const MESSAGES: usize = 1000;

pub(super) struct Churn {
    session: Session,
    dialogue: Dialogue,
    /// Messages said beyond the repetitions so far, since an exchange has more than one.
    ahead: usize,
}

impl Work for Churn {
    fn prepare() -> Self {
        let mut session = Session::new();
        session
            .init(&configuration(), &Isolated)
            .expect("the workloads' configuration");
        Self {
            session,
            dialogue: Dialogue::new(Speakers::new(SEED, MOST_RESULT), WINDOW),
            ahead: 0,
        }
    }

    fn repeat(&mut self, checksum: &mut Checksum) -> u64 {
        while self.ahead < MESSAGES {
            let mut agent = |input: &str| {
                let reply = self.session.process_message(input)?;
                checksum.bytes(reply.as_bytes());
                Ok(reply)
            };
            let said = self.dialogue.exchange(&mut agent);
            self.ahead += said.expect("a valid dialogue");
        }
        self.ahead -= MESSAGES;
        MESSAGES as u64
    }
}
