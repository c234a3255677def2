//! The command line as its users see it: the cases are in `tests/cli/*.trycmd`, and
//! `TRYCMD=overwrite cargo test` rewrites what they expect.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support;

#[test]
fn cases() {
    let inputs = support::inputs();
    let cases = tempfile::tempdir().expect("there is a place for temporary files");
    for entry in fs::read_dir(support::cases()).expect("the folder is there") {
        let case = entry.expect("it can be read").path();
        let name = case.file_name().expect("a file has a name");
        let link = cases.path().join(name);
        symlink(&case, &link).expect("the folder is ours");
        // Where a case runs.
        symlink(inputs.path(), link.with_extension("in")).expect("the folder is ours");
    }
    trycmd::TestCases::new().case(cases.path().join("*.trycmd"));
}
