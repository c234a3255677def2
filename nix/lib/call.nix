# parts -> call, where `call FILE OTHERS` is the function in FILE, given those of its arguments that `parts` has, and OTHERS.
parts: file: others:
let
  function = import file;
in
function (builtins.intersectAttrs (builtins.functionArgs function) parts // others)
