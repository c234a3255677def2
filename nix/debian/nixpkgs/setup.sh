# Stand-in for nixpkgs' setup.sh: build inputs with their setup hooks, then the usual phases.
# $stdenvBin is set by the line before this file.
set -eu -o pipefail
export PATH=$stdenvBin HOME=/homeless-shelter LC_ALL=C SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1}

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

# A build input puts its programs on PATH, brings its propagated inputs and runs its setup hook.
activated=" "
activate() {
  local input=$1 propagated
  [[ $activated != *" $input "* ]] || return 0
  activated+="$input "
  if [[ -f $input ]]; then . "$input"; fi
  if [[ -d $input/bin ]]; then export PATH=$input/bin:$PATH; fi
  if [[ -f $input/nix-support/propagated-build-inputs ]]; then
    for propagated in $(<"$input/nix-support/propagated-build-inputs"); do activate "$propagated"; done
  fi
  if [[ -f $input/nix-support/setup-hook ]]; then . "$input/nix-support/setup-hook"; fi
}
for input in $depsBuildBuild $nativeBuildInputs $buildInputs; do activate "$input"; done

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
        --replace-fail) text=${text//"$2"/"$3"} ;;
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
  name=$(basename "$src")
  [[ ! $name =~ ^[a-z0-9]{32}- ]] || name=${name:33}
  if [[ -d $src ]]; then cp -r --preserve=mode,timestamps "$src" "$name"; else echo "cannot unpack $src" >&2; return 1; fi
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
  runHook preFixup
  if [[ -n $propagatedBuildInputs ]]; then
    mkdir -p "$out/nix-support"
    echo "$propagatedBuildInputs" >"$out/nix-support/propagated-build-inputs"
  fi
  runHook postFixup
}

genericBuild() {
  if [[ -n $buildCommand ]]; then eval "$buildCommand"; return; fi
  if [[ -n $buildCommandPath ]]; then . "$buildCommandPath"; return; fi
  local phase skip
  for phase in unpack patch configure build check install fixup; do
    skip=dont${phase^} phase+=Phase
    if [[ -n ${!skip} ]] || { [[ $phase == checkPhase ]] && [[ -z $doCheck ]]; } ||
      { [[ $phase == unpackPhase ]] && [[ -z $src$unpackPhase ]]; }; then continue; fi
    echo "Running phase: $phase"
    if [[ -n ${!phase} ]]; then eval "${!phase}"; else "$phase"; fi
    [[ $phase != unpackPhase ]] || cd "$sourceRoot"
  done
}
