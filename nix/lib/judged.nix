# A check whose outcome the report tells too, whether it holds or not. What it says is built by itself, and the check fails by
# that.
{ pkgs }:
{
  name,
  # what the report calls it
  check,
  # the variants that it is of, or of them for a target, as the report calls them
  of,
  nativeBuildInputs ? [ ],
  # shell that says what is so and exits with 0 or 1; it came to no outcome where it exits with anything else
  script,
}:
let
  outcome =
    pkgs.runCommand "outcome-${name}" { nativeBuildInputs = nativeBuildInputs ++ [ pkgs.jq ]; }
      ''
        mkdir $out
        set +e
        (
          set -e
          ${script}
        ) > $out/said 2>&1
        status=$?
        set -e
        case $status in
          0) holds=true ;;
          1) holds=false ;;
          *)
            cat $out/said >&2
            exit $status
            ;;
        esac
        jq -n --rawfile said $out/said --argjson holds $holds '{ "${check}": { $holds, said: ($said | rtrimstr("\n")) } }' \
          > $out/outcome.json
      '';
in
pkgs.runCommand name
  {
    nativeBuildInputs = [ pkgs.jq ];
    passthru.outcomes = builtins.listToAttrs (
      map (name: {
        inherit name;
        value = "${outcome}/outcome.json";
      }) of
    );
  }
  ''
    tee $out < ${outcome}/said
    jq -e 'all(.holds)' ${outcome}/outcome.json > /dev/null
  ''
