# The shell function `tables FILE...`, which makes again what stands in Markdown files between a line
# `<!-- begin: wasm-gauge ARGUMENTS -->` and the next `<!-- end -->`: it is what that command prints.
{ lib, wasm-gauge }:
''
  tables() {
    local doc line arguments inside
    for doc in "$@"; do
      inside=
      while IFS= read -r line; do
        case $line in
          '<!-- begin: wasm-gauge '*' -->')
            arguments=''${line#'<!-- begin: wasm-gauge '}
            printf '%s\n\n' "$line"
            # shellcheck disable=SC2086
            ${lib.getExe wasm-gauge} ''${arguments% -->}
            printf '\n'
            inside=$line
            ;;
          '<!-- end -->')
            printf '%s\n' "$line"
            inside=
            ;;
          *) [ -n "$inside" ] || printf '%s\n' "$line" ;;
        esac
      done < "$doc" > "$doc.new"
      if [ -n "$inside" ]; then
        echo "$doc: no <!-- end --> behind $inside" >&2
        return 1
      fi
      mv "$doc.new" "$doc"
    done
  }
''
