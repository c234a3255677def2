//! What an agent answers to a file of calls: the agent in this program, or a build of `weft`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clawft_agent::{AgentError, Isolated, Session};
use serde_json::json;

use crate::call::Call;

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// The line of this number, from 1, is no call that an agent can answer.
    Line(usize, String),
    /// The program that is to answer did something that `weft` does not do.
    Program(String),
}

/// An answer: what the export returns, or the text of its error.
type Answer<T> = Result<Result<T, String>, Failure>;

/// What answers calls.
pub trait Agent {
    /// Sets the agent up; the one before stays when that fails.
    ///
    /// # Errors
    /// [`Failure::Program`] when nothing can be said about the configuration.
    fn init(&mut self, config: &str) -> Answer<()>;

    /// Hands one input to the agent.
    ///
    /// # Errors
    /// [`Failure::Program`] when there is no answer to it.
    fn process_message(&mut self, input: &str) -> Answer<String>;
}

impl Agent for Session {
    fn init(&mut self, config: &str) -> Answer<()> {
        Ok(Self::init(self, config, &Isolated).map_err(|error| error.to_string()))
    }

    fn process_message(&mut self, input: &str) -> Answer<String> {
        Ok(Self::process_message(self, input).map_err(|error| error.to_string()))
    }
}

/// A build of `weft`: each message is a process of its own, which is granted no variable of the environment.
#[derive(Debug)]
pub struct Weft {
    program: PathBuf,
    /// Where configurations are written.
    folder: PathBuf,
    /// The configuration of the last `init` that held.
    config: Option<PathBuf>,
    configs: usize,
}

impl Weft {
    /// The program at this path; configurations are written into the folder.
    pub const fn new(program: PathBuf, folder: PathBuf) -> Self {
        Self {
            program,
            folder,
            config: None,
            configs: 0,
        }
    }

    /// What a process answers to an input, or what it finds wrong with the configuration.
    fn ask(&self, config: &Path, input: &str) -> Result<Result<String, Refusal>, Failure> {
        let program = self.program.display();
        let failure = |problem: String| Failure::Program(format!("{program}: {problem}"));
        let mut child = Command::new(&self.program)
            .args(["message".as_ref(), "--config".as_ref(), config.as_os_str()])
            .env_clear()
            // where the lines that tests run are counted
            .envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failure(error.to_string()))?;
        let mut stdin = child.stdin.take().expect("standard input is piped");
        // A configuration that is refused ends it before it reads; what it says then is its answer.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child
            .wait_with_output()
            .map_err(|error| failure(error.to_string()))?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let refused = |source: &dyn std::fmt::Display| {
            let problem = stderr.strip_prefix(&format!("weft: {source}: "))?;
            problem.strip_suffix('\n').map(str::to_owned)
        };
        match (output.status.code(), stdout.strip_suffix('\n')) {
            (Some(0), Some(reply)) if stderr.is_empty() => return Ok(Ok(reply.to_owned())),
            (Some(3), None) if stdout.is_empty() => {
                if let Some(problem) = refused(&config.display()) {
                    return Ok(Err(Refusal::Config(problem)));
                }
                if let Some(problem) = refused(&"standard input") {
                    return Ok(Err(Refusal::Input(problem)));
                }
            }
            _ => (),
        }
        let ended = output.status;
        Err(failure(format!(
            "{ended}; standard output {stdout:?}, standard error {stderr:?}"
        )))
    }
}

/// What a process finds wrong.
enum Refusal {
    Config(String),
    Input(String),
}

impl Agent for Weft {
    fn init(&mut self, config: &str) -> Answer<()> {
        let path = self.folder.join(format!("config-{}.json", self.configs));
        self.configs += 1;
        std::fs::write(&path, config)
            .map_err(|error| Failure::Program(format!("{}: {error}", path.display())))?;
        // weft reads its configuration before its input, so that any input tells.
        Ok(match self.ask(&path, "Hi")? {
            Ok(_) | Err(Refusal::Input(_)) => {
                self.config = Some(path);
                Ok(())
            }
            Err(Refusal::Config(problem)) => Err(problem),
        })
    }

    fn process_message(&mut self, input: &str) -> Answer<String> {
        let Some(config) = &self.config else {
            return Ok(Err(AgentError::NotInitialised.to_string()));
        };
        Ok(match self.ask(config, input)? {
            Ok(reply) => Ok(reply),
            Err(Refusal::Config(problem) | Refusal::Input(problem)) => Err(problem),
        })
    }
}

/// Makes the calls of a file, which is the life of one instance, and gives each answer (JSON) to `print`: byte for byte
/// that of the component when its host grants it neither environment nor files. Blank lines are no calls.
///
/// # Errors
/// [`Failure::Line`] for a line that is no call, or calls what only a WebAssembly build can answer; otherwise the
/// agent's.
pub fn answer(
    text: &str,
    agent: &mut dyn Agent,
    mut print: impl FnMut(String),
) -> Result<(), Failure> {
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let bad = |problem: String| Err(Failure::Line(number, problem));
        let call: Call = match serde_json::from_str(line) {
            Ok(call) => call,
            Err(error) => return bad(error.to_string()),
        };
        let result = match (call.call.as_str(), call.args.as_slice()) {
            ("init", [config]) => agent.init(config)?.map(|()| json!({ "ok": null })),
            ("process-message", [input]) => agent
                .process_message(input)?
                .map(|reply| json!({ "ok": reply })),
            ("init" | "process-message", args) => {
                return bad(format!(
                    "{} takes 1 argument, not {}",
                    call.call,
                    args.len()
                ));
            }
            ("capabilities" | "alloc-stats", _) => {
                return bad(format!(
                    "{} describes a WebAssembly build: ask the component",
                    call.call
                ));
            }
            (other, _) => {
                return bad(format!(
                    "no export {other:?}: expected init or process-message"
                ));
            }
        };
        print(
            result
                .unwrap_or_else(|error| json!({ "err": error }))
                .to_string(),
        );
    }
    Ok(())
}
