# How long builds of this commit and of another one take, in one run, as `baseline costs --builds` reads it: cargo outside of any
# sandbox, each build with its dependencies and then without them. Crates are those that are vendored for this commit.
{
  lib,
  pkgs,
  call,
  toolchain,
  workspace,
  policy,
  weft,
  wasm-gauge,
  remake,
}:
let
  inherit (call ../lib/app.nix { }) inRoot;

  # cargo's arguments and rustc's flags by what is built
  rows = {
    guest = [
      "--package ${policy.package} --target wasm32-wasip2 --profile ${policy.variants.${policy.default}.profile}"
      ""
    ];
    weft = [ "--package clawft-cli --profile release" "" ];
    weft-thin = [ "--package clawft-cli --profile release-thin" "" ];
    weft-no-unwind-tables = [ "--package clawft-cli --profile release" "-Cforce-unwind-tables=no" ];
    weft-speed = [ "--package clawft-cli --profile release --config profile.release.opt-level=3" "" ];
    weft-pgo = [ "--package clawft-cli --profile release --config profile.release.opt-level=3" "-Cprofile-use=${weft.profile}/weft.profdata" ];
  };
  # RUSTC_WRAPPER: notes the most memory of a compiler, in KiB, in the file PEAKS
  watch = pkgs.writeShellScript "watch" ''
    "$@" &
    compiler=$!
    peak=
    while read -r _ now _ < <(grep VmHWM /proc/$compiler/status 2>/dev/null); do
      peak=$now
      sleep 0.05
    done
    wait $compiler
    status=$?
    [ -z "$peak" ] || echo $peak >> "$PEAKS"
    exit $status
  '';
in
inRoot "build-times"
  "how long builds take from nothing, beside those of the recorded commit, into baseline.json"
  ''
  PATH=${
    lib.concatMapStrings (package: "${package}/bin:") [
      toolchain
      pkgs.lld
      pkgs.jq
      pkgs.stdenv.cc
    ]
  }$PATH
  record=$(dirname ${policy.file})/baseline.json
  backend=${toolchain.backend or "nix"}
  before=''${1:-$(jq -r --arg backend "$backend" '.columns[] | select(.backend == $backend) | .native.builds.commit // empty' "$record")}
  [ -n "$before" ] || { echo "build-times: no builds are recorded to compare with: name a commit" >&2; exit 2; }
  now=$(git rev-parse HEAD)
  before=$(git rev-parse --verify "$before^{commit}")

  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  export CARGO_HOME=$folder/home PEAKS=$folder/peaks RUSTC_WRAPPER=${watch} CARGO_TARGET_WASM32_WASIP2_LINKER=wasm-ld TIMEFORMAT='%R %U %S'
  mkdir "$CARGO_HOME"
  cat ${workspace.cargoVendorDir}/config.toml > "$CARGO_HOME/config.toml"

  # timed ARGUMENTS...: builds, and prints what that took as JSON
  timed() {
    : > "$PEAKS"
    { time cargo build --quiet --locked --offline "$@" 2> "$folder/said"; } 2> "$folder/times" || { cat "$folder/said" >&2; return 1; }
    jq -nc --rawfile times "$folder/times" --rawfile peaks "$PEAKS" '
      ($times | split("\n") | map(select(. != "")) | last | split(" ") | map(tonumber * 1000 | round)) as [$wall, $user, $system]
      | { wall_ms: $wall, cpu_ms: ($user + $system), peak_kib: ($peaks | split("\n") | map(select(. != "") | tonumber) | max) }'
  }
  # row NAME FLAGS ARGUMENTS...: of the commit whose sources are in the folder at hand
  row() {
    local name=$1 all own crates
    export RUSTFLAGS=$2 CARGO_TARGET_DIR=$folder/target
    shift 2
    # an earlier commit may need crates that are not vendored for this one
    all=$(timed "$@") || { echo "build-times: $name of $commit is not built" >&2; [ $of = before ]; return; }
    mapfile -t crates < <(cargo metadata --no-deps --offline --format-version 1 | jq -r '.packages[] | "--package", .name')
    cargo clean --quiet --offline "''${crates[@]}" "''${@:3}"
    own=$(timed "$@")
    rm -rf "$CARGO_TARGET_DIR"
    jq -nc --arg name "$name" --arg of $of --argjson all "$all" --argjson own "$own" \
      '{ ($name): { ($of): $own }, "\($name), with dependencies": { ($of): $all } }'
  }
  for of in before now; do
    commit=''${!of}
    mkdir "$folder/$of"
    git archive "$commit" | tar x -C "$folder/$of"
    cd "$folder/$of"
    ${lib.concatStrings (
      lib.mapAttrsToList (name: row: ''
        echo "build-times: $of, ${name}" >&2
        row ${name} "${builtins.elemAt row 1}" ${builtins.head row} >> "$folder/rows"
      '') rows
    )}
    cd "$OLDPWD"
  done
  jq -s --arg machine "$(grep -m 1 'model name' /proc/cpuinfo | cut -d : -f 2 | xargs), $(nproc) cores" --arg commit "''${now:0:9}" --arg before "''${before:0:9}" \
    '{ machine: $machine, commit: $commit, before: $before, builds: (reduce .[] as $row ({}; . * $row) | with_entries(select(.value.now))) }' \
    "$folder/rows" > "$folder/builds.json"
  ${lib.getExe wasm-gauge} baseline costs --policy ${policy.file} --backend "$backend" --builds "$folder/builds.json"
  ${remake}
''
