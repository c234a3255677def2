# Shell: `alike WHO` holds what WHO answered, in the file `answers`, against what all have to answer, and shows what differs.
{ answers }:
''
  alike() {
    cmp ${answers}/answers answers && return
    # that they differ is known, and no reason to say no more
    diff ${answers}/answers answers | cut -c1-300 | head -n 20 || true
    echo "$1 does not answer as ${answers.of} does" >&2
    exit 1
  }
''
