# Completions of cargo airs for fish; `source` it, or keep it as a file in ~/.config/fish/conf.d.
function __airs_complete
    set --local words (commandline --current-process --tokenize --cut-at-cursor)
    # Started as `cargo airs`, the program is the second word.
    if test (count $words) -gt 1; and test $words[2] = airs
        set words $words[2..]
    end
    cargo-airs __complete (count $words) $words (commandline --current-token --cut-at-cursor) 2>/dev/null
end

function __airs_of_cargo
    set --local words (commandline --current-process --tokenize --cut-at-cursor)
    test (count $words) -gt 1; and test $words[2] = airs
end

complete --command cargo-airs --no-files --arguments '(__airs_complete)'
complete --command cargo --no-files --condition __airs_of_cargo --arguments '(__airs_complete)'
