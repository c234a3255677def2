//! Writes results: into files whole or not at all, and through what is no file.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use wasm_gauge::{Error, Result};

/// Where a result goes.
#[derive(Clone, Copy)]
pub enum To<'a> {
    /// Standard output.
    Stdout,
    /// Standard error, whether somebody reads it or not.
    Stderr,
    /// What is at this path; `-` is standard output.
    Path(&'a Path),
}

/// What a path leads to, behind all links.
enum Destination {
    Stdout,
    Stderr,
    /// Something that a process has open.
    Descriptor(PathBuf),
    /// The path of something in a folder, which does not have to be there yet.
    InFolder(PathBuf, PathBuf),
}

/// What takes bytes as they come, and stays what it is.
enum Stream {
    Stdout,
    Stderr,
    File(File),
}

/// A destination that is ready.
enum Sink {
    Stream(Stream),
    /// A file with all that it is to hold, and the path that it is to have.
    File(NamedTempFile, PathBuf),
}

/// How many links that lead to one another are followed.
const MAX_LINKS: usize = 40;

/// Writes all `results`. No file changes where one of them cannot be written.
pub fn write(results: &[(To, &[u8])]) -> Result<()> {
    let mut streams = Vec::new();
    let mut files: Vec<(NamedTempFile, PathBuf)> = Vec::new();
    for (to, bytes) in results {
        let sink = match to {
            To::Stdout => Ok(Sink::Stream(Stream::Stdout)),
            To::Stderr => Ok(Sink::Stream(Stream::Stderr)),
            To::Path(path) => Sink::prepare(path, bytes),
        };
        match sink.map_err(|error| unwritten(*to, &error))? {
            Sink::Stream(stream) => streams.push((stream, *to, bytes)),
            Sink::File(file, path) => {
                if files.iter().any(|(_, other)| *other == path) {
                    return Err(Error::usage(format!(
                        "two results cannot both be written to {}",
                        path.display()
                    )));
                }
                files.push((file, path));
            }
        }
    }
    for (stream, to, bytes) in streams {
        stream.write(bytes).map_err(|error| unwritten(to, &error))?;
    }
    for (file, path) in files {
        file.persist(&path)
            .map_err(|failed| unwritten(To::Path(&path), &failed.error))?;
    }
    Ok(())
}

/// Whether what is written to `path` goes to standard output.
pub fn is_stdout(path: &Path) -> bool {
    matches!(Destination::of(path), Ok(Destination::Stdout))
}

impl Destination {
    fn of(path: &Path) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Destination::Stdout);
        }
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            let folder = match path.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            };
            let folder = folder.canonicalize()?;
            if folder == Path::new("/dev/fd")
                || (folder.starts_with("/proc") && folder.ends_with("fd"))
            {
                let own = !folder.starts_with("/proc")
                    || folder.starts_with(format!("/proc/{}", std::process::id()));
                return Ok(match path.file_name().and_then(|name| name.to_str()) {
                    Some("1") if own => Destination::Stdout,
                    Some("2") if own => Destination::Stderr,
                    _ => Destination::Descriptor(path),
                });
            }
            if let Some(name) = path.file_name() {
                path = folder.join(name);
            }
            let Ok(target) = fs::read_link(&path) else {
                return Ok(Destination::InFolder(path, folder));
            };
            path = folder.join(target);
        }
        Err(io::Error::other("too many links"))
    }
}

impl Sink {
    /// Opens what is at `path`, or makes a file of `bytes` that can take its place.
    fn prepare(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let (path, folder) = match Destination::of(path)? {
            Destination::Stdout => return Ok(Sink::Stream(Stream::Stdout)),
            Destination::Stderr => return Ok(Sink::Stream(Stream::Stderr)),
            Destination::Descriptor(path) => {
                // Where it is a file, what was written to it before stays.
                let file = OpenOptions::new().append(true).open(path)?;
                return Ok(Sink::Stream(Stream::File(file)));
            }
            Destination::InFolder(path, folder) => (path, folder),
        };
        let mut new = tempfile::Builder::new();
        let mut file = match fs::metadata(&path) {
            Ok(existing) => {
                // Root may write to every file, one that is read-only too.
                if existing.permissions().readonly() {
                    return Err(ErrorKind::PermissionDenied.into());
                }
                let open = OpenOptions::new().write(true).open(&path)?;
                if !existing.is_file() {
                    return Ok(Sink::Stream(Stream::File(open)));
                }
                let file = new.tempfile_in(&folder)?;
                // Only root may give files to others.
                let _ = fchown(&file, Some(existing.uid()), Some(existing.gid()));
                file.as_file().set_permissions(existing.permissions())?;
                file
            }
            // What any new file gets, less the umask.
            Err(error) if error.kind() == ErrorKind::NotFound => new
                .permissions(Permissions::from_mode(0o666))
                .tempfile_in(&folder)?,
            Err(error) => return Err(error),
        };
        file.write_all(bytes)?;
        Ok(Sink::File(file, path))
    }
}

impl Stream {
    /// Writes all `bytes`. A reader that has gone away, as in `| head`, has seen enough.
    fn write(self, bytes: &[u8]) -> io::Result<()> {
        let write =
            |stream: &mut dyn Write| match stream.write_all(bytes).and_then(|()| stream.flush()) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
                written => written,
            };
        match self {
            Stream::Stdout => write(&mut io::stdout().lock()),
            Stream::Stderr => {
                let _ = write(&mut io::stderr().lock());
                Ok(())
            }
            Stream::File(mut file) => write(&mut file),
        }
    }
}

/// The kind of `error` alone: the error itself may name the temporary file.
fn unwritten(to: To, error: &io::Error) -> Error {
    let name = match to {
        To::Stdout => "standard output".to_owned(),
        To::Stderr => "standard error".to_owned(),
        To::Path(path) => path.display().to_string(),
    };
    Error::system(format!("cannot write {name}: {}", error.kind()))
}
