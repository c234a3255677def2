# Every command that README and docs/ name exists: flake outputs, subcommands of wasm-gauge, cargo aliases. Tables that
# a command makes of baseline.json are what it makes now.
{
  lib,
  pkgs,
  workspace,
  packages,
  apps,
  tables,
  policy,
  checks,
}:
let
  file = name: workspace.alone (workspace.root + "/${name}");
  outputs =
    builtins.attrNames packages
    ++ builtins.attrNames apps
    ++ builtins.attrNames checks;
  aliases = builtins.attrNames (lib.importTOML (workspace.root + "/.cargo/config.toml")).alias;
in
pkgs.runCommand "docs"
  {
    nativeBuildInputs = [ packages.wasm-gauge ];
    flakeOutputs = lib.concatMapStrings (name: "${name}\n") outputs;
  }
  ''
    status=0
    missing() { echo "$1: no such $2: $3" >&2; status=1; }
    named() { grep -noE "$1" $doc | sed -E "s/^([0-9]+):.*$2/\1 /"; }

    cp ${file "README.md"} README.md
    cp -r --no-preserve=mode ${file "docs"} docs
    commands=0
    for doc in README.md docs/*.md; do
      while read -r line name; do
        commands=$((commands + 1))
        grep -qxF "$name" <<< "$flakeOutputs" || missing $doc:$line "flake output" "$name"
      done < <(named '\.#[A-Za-z0-9._-]*[A-Za-z0-9_-]' '\.#')
      while read -r line name; do
        commands=$((commands + 1))
        wasm-gauge $name --help > help || missing $doc:$line "subcommand of wasm-gauge" "$name"
      done < <(named '(run \.#gauge --|`wasm-gauge) [a-z]+' ' ')
      while read -r line name; do
        commands=$((commands + 1))
        case " ${toString aliases} build check clippy doc fetch fmt rustc test " in *" $name "*) ;; *) missing $doc:$line "cargo command" "$name" ;; esac
      done < <(named '`cargo [a-z0-9-]+' ' ')
    done
    [ $status = 0 ] || exit 1
    echo "$commands commands are named in README.md and docs/, and all are there" | tee $out

    mkdir crates
    cp -r ${file "crates/${policy.package}"} crates/${policy.package}
    mkdir again
    cp -r README.md docs again
    ${tables}
    tables again/README.md again/docs/*.md
    for doc in README.md docs/*.md; do
      diff -u $doc again/$doc || status=1
    done
    [ $status = 0 ] || {
      echo "a table is not what its command makes of baseline.json: ./nixw run .#update-baseline makes it again" >&2
      exit 1
    }
    made=$(cat README.md docs/*.md | grep -c '^<!-- begin: wasm-gauge ')
    echo "$made tables are what their commands make of baseline.json" | tee -a $out
  ''
