//! What sources are, in one number that anybody can compute again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::size::sha256;

/// SHA-256 of what this prints in `folder`:
/// `find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum`.
///
/// # Errors
/// What the system says of a file that cannot be read.
pub fn sources_sha256(folder: &Path) -> io::Result<String> {
    let mut paths = Vec::new();
    add_files(folder, Path::new("."), &mut paths)?;
    paths.sort_by(|a, b| {
        a.as_os_str()
            .as_encoded_bytes()
            .cmp(b.as_os_str().as_encoded_bytes())
    });
    let mut list = String::new();
    for path in paths {
        let hash = file_sha256(&folder.join(&path))?;
        list += &format!("{hash}  {}\n", path.display());
    }
    Ok(sha256(list.as_bytes()))
}

/// SHA-256 of the file at `path`.
///
/// # Errors
/// What the system says where it cannot be read.
pub fn file_sha256(path: &Path) -> io::Result<String> {
    fs::read(path).map(|bytes| sha256(&bytes))
}

fn add_files(root: &Path, folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            add_files(root, &path, paths)?;
        } else if kind.is_file() {
            paths.push(path);
        }
    }
    Ok(())
}
