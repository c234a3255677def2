# The profile that weft-pgo is built with has something in it, is of the functions that are there now, and is used; and counted
# and built once more, with all that is in it and on one core, it is the same, and so is weft-pgo. That a profile that is none of this is
# refused is shown first.
{
  lib,
  pkgs,
  toolchain,
  llvmTools,
  weft,
}:
let
  inherit (weft)
    builds
    profile
    again
    unguided
    ;
in
pkgs.runCommand "pgo" { nativeBuildInputs = [ toolchain ]; } ''
  ${llvmTools}
  # name and hash of each function of PROFILE; the hash is of the paths through it
  functions() {
    llvm-profdata show --all-functions $1 | sed -nE 's/^  (\S.*):$/\1/p; s/^    Hash: (.*)$/\1/p' | paste -d ' ' - - | sort
  }
  # judge PROFILE: says what is wrong with it
  judge() {
    if [ "$(llvm-profdata show $1 | sed -n 's/^Total count: //p')" -eq 0 ]; then
      echo "the profile is empty: nothing was counted"
    elif ! diff <(functions $1) there > difference; then
      echo "the profile is stale, $(grep -c '^[<>]' difference) functions are in it or there, not both:"
      head -n 4 difference
    fi
  }

  # what the functions are that are there: counted while next to nothing is run
  LLVM_PROFILE_FILE=there.profraw ${lib.getExe weft.instrumented} --version > version
  llvm-profdata merge there.profraw -o there.profdata
  functions there.profdata > there
  [ -s there ] || { echo "llvm-profdata names no function" >&2; exit 1; }

  # planted FAULT: the profile that planted.txt is the text of is refused for what it is
  planted() {
    llvm-profdata merge planted.txt -o planted.profdata
    judge planted.profdata > said
    grep -q "the profile is $1" said || { head planted.txt said; echo "this profile is $1, which is not noticed" >&2; exit 1; }
  }
  llvm-profdata merge --text ${profile}/weft.profdata > profile.txt
  sed -E '/^# Counter Values/,/^(#|$)/s/^[0-9]+$/0/' profile.txt > planted.txt
  planted empty
  sed 's/validate8validate/validate8examined/' profile.txt > planted.txt
  planted stale
  # of another program
  printf ':ir\nmain\n1\n1\n1\n' > planted.txt
  planted stale

  judge ${profile}/weft.profdata > said
  [ ! -s said ] || { cat said >&2; exit 1; }
  llvm-profdata show --topn=10 ${profile}/weft.profdata | sed -E 's/^  [^ ]*;/  /' | tee hottest
  for crate in clawft_agent serde_json; do
    grep -q $crate hottest || { echo "no function of $crate is among the hottest: is this the work of the agent?" >&2; exit 1; }
  done
  ! cmp --silent ${lib.getExe unguided} ${lib.getExe builds.weft-pgo} ||
    { echo "with a profile of another program weft-pgo is the same to the byte: its own is not used" >&2; exit 1; }

  cmp ${profile}/weft.profdata ${again.counted}/weft.profdata
  cmp ${lib.getExe builds.weft-pgo} ${lib.getExe again.program}
  echo "$(wc -l < there) functions are profiled; counted and built again on one core: the same" | tee -a hottest
  sha256sum < ${lib.getExe builds.weft-pgo} | tee -a hottest
  cp hottest $out
''
