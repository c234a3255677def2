# What `nix run` starts.
{
  lib,
  call,
  policy,
  toolchain,
  wasm-gauge,
  products,
  reports,
  bench,
  figures,
  programs,
  reported,
  remake,
}:
let
  inherit (policy) file;
  inherit (call ./app.nix { }) app script inRoot;

  withFigures = command: ''${lib.getExe wasm-gauge} ${command} --policy ${file} ${
    lib.optionalString (figures != null) "--bench ${figures}/bench.json"
  } ${reports} "$@"'';
  withAll = command: withFigures "${command} ${
    lib.optionalString (programs != null) "--native ${programs.figures}/native.json"
  }";
  firstCall = lib.optionalString (policy.startup != null) "--calls ${policy.startup}";
  names = builtins.attrNames products.variants;
  startup = lib.concatMapStrings (name: ''
    ${lib.getExe wasm-gauge} startup --format json -o startup-${name}.json ${firstCall} \
      --repetitions 500 --compilations 20 ${products.variants.${name}.artifact}/${policy.binary}.opt.wasm
  '') names;
  reportWith =
    arguments: "${lib.getExe wasm-gauge} report --policy ${file} ${reported} ${arguments}";
  # shell: the folder that the report goes into is the one argument
  intoFolder = name: ''
    [ $# = 1 ] || { echo "${name} FOLDER: say where the report is to be written" >&2; exit 2; }
    mkdir -p "$1"
  '';
  # shell: the report with its commit and with history, into that folder, by more ARGUMENTS
  wholeReport = arguments: ''
    ${call ./history.nix { }} > "$1/history.jsonl"
    ${reportWith ''
      --history "$1/history.jsonl" --revision "$(git describe --always --dirty --exclude '*')" \
        --json "$1/report.json" --html "$1/report.html" --markdown "$1/report.md" ${arguments}''}
  '';
  # into a folder of its own, which is gone in the end
  inFolder = ''
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
  '';
in
rec {
  gauge = app wasm-gauge.meta.description (lib.getExe wasm-gauge);
  default = gauge;
  check-baseline = inRoot "check-baseline" "holds all variants against baseline.json" (
    withAll "baseline check"
  );
  update-baseline =
    inRoot "update-baseline" "records all variants in baseline.json, and makes the tables of docs/ again"
      ''
        ${withAll "baseline update"}
        ${remake}
      '';
  comment =
    inRoot "comment"
      "what CI would say in a pull request: comment [BASE], of a commit or of the report.json of one"
      ''
        base=''${1:-origin/main}
        if [ ! -f "$base" ]; then
          revision=$(git rev-parse --verify --end-of-options "$base^{commit}")
          base=$(nix build --no-link --print-out-paths "git+file://$PWD?rev=$revision#report")/report.json
        fi
        ${inFolder}
        ${reportWith ''--base "$base" --markdown "$folder/comment.md" -o "$folder/text"''}
        cat "$folder/comment.md"
      '';
  report =
    inRoot "report" "the report with the commit that it is of and the baseline's history: report FOLDER"
      ''
        ${intoFolder "report"}
        ${wholeReport ""}
      '';
  rebuild =
    inRoot "rebuild"
      "builds all that ships a second time, and the report with what came of that: rebuild FOLDER"
      ''
        ${intoFolder "rebuild"}
        ${call ./rebuild.nix { report = wholeReport; }}
      '';
  compare = inRoot "compare" "the table over all variants" (withFigures "compare");
  # What is not the same on every machine. Valgrind has to be on PATH; it takes minutes for what is left out here.
  record =
    inRoot "record"
      "records instructions, times and start-up of this machine in baseline.json, and makes the tables of docs/ again"
      ''
        ${inFolder}
        (
          cd "$folder"
          ${lib.optionalString (bench != null) ''
            ${lib.getExe wasm-gauge} bench --format json -o times.json ${bench.arguments} ${bench.instructions}
          ''}
          ${startup}
          ${lib.optionalString (programs != null) ''
            # several words
            # shellcheck disable=SC2046
            ${lib.getExe wasm-gauge} native --json native.json --instructions ${programs.run} > native.txt
          ''}
        )
        ${lib.getExe wasm-gauge} baseline costs --policy ${file} ${
          lib.optionalString (bench != null) ''--bench "$folder/times.json"''
        } ${lib.optionalString (programs != null) ''--native "$folder/native.json"''} \
          ${toString (map (name: ''--startup ${name}="$folder/startup-${name}.json"'') names)} ${reports} "$@"
        ${remake}
      '';
}
// lib.optionalAttrs policy.rebuildsStd {
  update-std-lock = inRoot "update-std-lock" "copies std's lock out of the toolchain, for rows with std = rebuilt" ''
    copy=nix/std/Cargo-${toolchain.version}.lock
    install -m644 ${toolchain}/lib/rustlib/src/rust/library/Cargo.lock $copy.new
    mv $copy.new $copy
    echo "$copy: git add it, so that Nix sees it"
  '';
}
// lib.optionalAttrs (bench != null) {
  # Times mean nothing in a build, which is kept for ever.
  timings = script "timings" "the workloads on all variants, with times of this machine" ''
    ${lib.getExe wasm-gauge} bench ${bench.arguments} "$@"
  '';
}
