# The page of the report, looked at and walked through in Chromium, which is no input of any build.
{ call, report }:
let
  inherit (call ../lib/app.nix { }) inRoot;
  check = "crates/wasm-gauge/tests/page/check.py";
in
inRoot "page-test" "the page of the report in Chromium: page-test [FOLDER FOR SCREENSHOTS]" ''
  for program in chromium chromedriver python3; do
    command -v $program > /dev/null || {
      echo "page-test: $program is not on PATH: nix shell nixpkgs#{chromium,chromedriver,python3} brings all three;" \
        "on Debian, outside of nixw: apt-get install chromium chromium-driver, and ${check} result/report.json result/report.html" >&2
      exit 4
    }
  done
  python3 ${check} ${report}/report.json ${report}/report.html "$@"
''
