# RUSTC_WRAPPER for guests: names a crate that is built for WebAssembly by what it is, and by nothing of the host.
#
# cargo gives each crate a hash that salts its symbols (-C metadata) and one for its file names (-C extra-filename). Where
# a macro or a build script is below the crate, both depend on the host (rust-lang/cargo#8140). Symbols decide the order
# of functions, file names the order in which link-time optimisation reads crates: so the host would decide the bytes.
# Here both become a hash of package, version, crate, kind, cfgs and, the same way, of what the crate is built with.
# cargo finds the files by the names that it chose: they are links.
set -euo pipefail
shopt -s nullglob
rustc=$1
shift
# What is built for WebAssembly may have unstable flags. All else is not to know: cargo's [env] says so.
if [[ " $*" == *' -Z'* ]]; then export RUSTC_BOOTSTRAP=1; fi
# cargo asks rustc about itself
[[ -n ${CARGO_PKG_NAME:-} ]] || exec "$rustc" "$@"

crate='' folder='' suffix='' target='' types=' ' cfgs='' dependencies=() previous=''
for argument; do
  case "$previous $argument" in
    '--crate-name '*) crate=$argument ;;
    '--crate-type '*) types+="$argument " ;;
    '--cfg '*) cfgs+=" $argument" ;;
    '--extern '*=*) dependencies+=("$argument") ;;
    '--out-dir '*) folder=$argument ;;
    '--target '*) target=$argument ;;
    '-C extra-filename='*) suffix=${argument#*=} ;;
  esac
  previous=$argument
done

identity="$CARGO_PKG_NAME $CARGO_PKG_VERSION $crate$types$cfgs"
# With the dependencies crane builds an empty crate in the place of each of the workspace's: it is not the crate of that
# name, which is built beside it later.
if [[ -n ${CRANE_BUILD_DEPS_ONLY:-} && ${CARGO_MANIFEST_DIR:-} != /nix/store/* ]]; then identity+=' empty'; fi
identify() {
  # --extern [OPTIONS:]NAME=FILE, and beside FILE the hash of what it is
  local dependency file
  for dependency; do
    file=${dependency#*=}
    identity+=" ${dependency%%=*}=$(<"${file%.*}.identity")"
  done
  hash=$(sha256sum <<<"$identity")
  hash=${hash:0:16}
}

if [[ $target != wasm32-* ]]; then
  if [[ $types == *' proc-macro '* ]]; then
    # A macro is what its package is: what it is built with may differ between hosts.
    identify
    echo "$hash" >"$folder/lib$crate$suffix.identity"
  fi
  exec "$rustc" "$@"
fi

identify "${dependencies[@]}"
# A command keeps the file name that cargo chose: cargo takes it from there, and nothing is built with it.
is_command=''
if [[ $types == *' bin '* ]]; then is_command=1; fi
if [[ -n $suffix && -z $is_command ]]; then
  for other in "$folder/lib$crate"-*.identity; do
    if [[ $other != "$folder/lib$crate$suffix.identity" && $(<"$other") == "$hash" ]]; then
      echo "error: $CARGO_PKG_NAME $CARGO_PKG_VERSION is built twice, and nothing that names it tells the two apart: $identity" >&2
      exit 1
    fi
  done
  echo "$hash" >"$folder/lib$crate$suffix.identity"
  link() { ln -sfn "$1$crate-$hash$2" "$folder/$1$crate$suffix$2"; }
  link lib .rlib
  link lib .rmeta
  link '' .d
fi

# The record of how the guest itself was built: one argument a line.
if [[ -n ${RUSTC_RECORD:-} && ($types == *' cdylib '* || -n $is_command) ]]; then
  printf '%s\n' "$@" >"$RUSTC_RECORD"
fi

arguments=()
for argument; do
  case $argument in
    metadata=*) argument=metadata=$hash ;;
    extra-filename=*) [[ -n $is_command ]] || argument=extra-filename=-$hash ;;
  esac
  arguments+=("$argument")
done
exec "$rustc" "${arguments[@]}"
