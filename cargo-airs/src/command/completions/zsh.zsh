# Completions of cargo airs for zsh; `source` it after `compinit`.
_airs() {
    local -a said found
    local line value
    said=("${(@f)$(cargo-airs __complete $((CURRENT - 1)) "${(@)words}" 2>/dev/null)}")
    for line in $said; do
        value=${line%%$'\t'*}
        found+=("${value//:/\\:}:${line#*$'\t'}")
    done
    (( $#found )) && _describe -V 'cargo airs' found
}

# Started as `cargo airs`, the program is the second word.
_airs_of_cargo() {
    if (( CURRENT > 2 )) && [[ $words[2] == airs ]]; then
        shift words
        (( CURRENT-- ))
        _airs
    elif [[ -n $_airs_before ]]; then
        $_airs_before "$@"
    fi
}

if (( ! $+_airs_before )); then
    typeset -g _airs_before=${_comps[cargo]}
fi
compdef _airs cargo-airs
compdef _airs_of_cargo cargo
