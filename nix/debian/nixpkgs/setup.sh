# Stand-in for nixpkgs' setup.sh: build inputs with their setup hooks, then the usual phases, with the shell options,
# variables and refusals of the real one.
# $initialPath and $defaultNativeBuildInputs are set by the lines before this file.
set -eu -o pipefail
shopt -s inherit_errexit nullglob
export PATH=$initialPath/bin SHELL=$initialPath/bin/bash TZ=UTC SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800}
export CONFIG_SHELL=$SHELL NIX_BUILD_CORES=${NIX_BUILD_CORES:-1}
((NIX_BUILD_CORES > 0)) || NIX_BUILD_CORES=$(nproc)
[[ ${IN_NIX_SHELL:-} == impure ]] || export SSL_CERT_FILE=/no-cert-file.crt NIX_SSL_CERT_FILE=/no-cert-file.crt

if ! grep -qF "$debianFingerprint" /etc/debian-packages; then
  echo "the Debian root is not the one this was evaluated for: run nixw again" >&2
  exit 1
fi
: "${outputs:=out}" "${NIX_BUILD_TOP:=$PWD}"
# Hooks and phases read variables that may be unset, as in nixpkgs.
set +u

# runHook NAME: the function or the code in the variable NAME, then every entry of NAMEHooks.
runHook() {
  local hooks="$1Hooks[@]" hook
  for hook in "$1" "${!hooks}"; do
    if declare -F "$hook" >/dev/null; then "$hook"; elif [[ $hook != "$1" ]]; then eval "$hook"; else eval "${!1}"; fi
  done
}

# A build input runs its setup hook, puts its programs on PATH behind those of inputs before it, and brings what it propagates.
activated=" "
activate() {
  local input=$1 propagated
  [[ $activated != *" $input "* ]] || return 0
  activated+="$input "
  if [[ ! -e $input ]]; then
    echo "build input $input does not exist" >&2
    exit 1
  fi
  if [[ -f $input ]]; then . "$input"; fi
  if [[ -d $input/bin ]]; then inputPath+=$input/bin:; fi
  if [[ -f $input/nix-support/setup-hook ]]; then . "$input/nix-support/setup-hook"; fi
  if [[ -f $input/nix-support/propagated-build-inputs ]]; then
    for propagated in $(<"$input/nix-support/propagated-build-inputs"); do activate "$propagated"; done
  fi
}
inputPath=
for input in $depsBuildBuild $nativeBuildInputs $buildInputs $propagatedBuildInputs $defaultNativeBuildInputs; do activate "$input"; done
PATH=$inputPath$PATH
unset -v activated inputPath input

# substituteInPlace FILE... [--subst-var-by NAME VALUE | --replace-fail OLD NEW]...
substituteInPlace() {
  local files=() text file
  while (($#)) && [[ $1 != --* ]]; do files+=("$1"); shift; done
  local edits=("$@")
  for file in "${files[@]}"; do
    text=$(<"$file")
    set -- "${edits[@]}"
    while (($#)); do
      case $1 in
        --subst-var-by) text=${text//"@$2@"/"$3"} ;;
        --replace-fail)
          [[ $text == *"$2"* ]] || { echo "substituteInPlace: $file has no $2" >&2; return 1; }
          text=${text//"$2"/"$3"}
          ;;
        *) echo "substituteInPlace: $1 is not known here" >&2; return 1 ;;
      esac
      shift 3
    done
    printf '%s\n' "$text" >"$file"
  done
}

unpackPhase() {
  runHook preUnpack
  local name
  if [[ ! -d $src ]]; then echo "cannot unpack '$src': src has to be a directory" >&2; exit 1; fi
  name=$(basename "$src")
  [[ ! $name =~ ^[a-z0-9]{32}- ]] || name=${name:33}
  cp -r --preserve=mode,timestamps "$src" "$name"
  : "${sourceRoot:=$name}"
  chmod -R u+w "$sourceRoot"
  runHook postUnpack
}
patchPhase() { runHook prePatch; runHook postPatch; }
configurePhase() { runHook preConfigure; runHook postConfigure; }
buildPhase() { runHook preBuild; runHook postBuild; }
checkPhase() { runHook preCheck; runHook postCheck; }
installPhase() { runHook preInstall; runHook postInstall; }
fixupPhase() {
  local output
  for output in $outputs; do if [[ -e ${!output} ]]; then chmod -R u+w "${!output}"; fi; done
  runHook preFixup
  # programs and libraries lose their debugging information, and manual pages are compressed
  if [[ -n $STRIP && -z $dontStrip ]]; then
    find "$out"/{bin,sbin,lib,libexec}/ -type f -exec "$STRIP" -S -p {} + 2>/dev/null || true
  fi
  if [[ -d $out/share/man ]]; then find "$out/share/man" -type f ! -name '*.gz' -exec gzip -n {} +; fi
  if [[ -n $propagatedBuildInputs ]]; then
    mkdir -p "$out/nix-support"
    echo "$propagatedBuildInputs" >"$out/nix-support/propagated-build-inputs"
  fi
  runHook postFixup
}

genericBuild() {
  if [[ -n $buildCommandPath ]]; then . "$buildCommandPath"; return; fi
  if [[ -n $buildCommand ]]; then eval "$buildCommand"; return; fi
  local phase skip
  for phase in unpack patch configure build check install fixup; do
    skip=dont${phase^} phase+=Phase
    if [[ -n ${!skip} ]] || { [[ $phase == checkPhase ]] && [[ -z $doCheck ]]; }; then continue; fi
    echo "Running phase: $phase"
    if [[ -n ${!phase} ]]; then eval "${!phase}"; else "$phase"; fi
    [[ $phase != unpackPhase ]] || cd "$sourceRoot"
  done
}
