# Completions of cargo airs for bash; `source` it where cargo's own are loaded already.
_airs() {
    local words=("${COMP_WORDS[@]}") index=$COMP_CWORD line
    words[index]=$2
    # Started as `cargo airs`, the program is the second word.
    if [[ ${words[1]} == airs ]]; then
        words=("${words[@]:1}")
        index=$((index - 1))
    fi
    COMPREPLY=()
    while IFS= read -r line; do
        # As a shell has to be told of it: a file may be called anything.
        printf -v line %q "${line%%$'\t'*}"
        # The person's own folder, and what is no more than a name, stay readable.
        COMPREPLY+=("${line/#\\~/~}")
    done < <(cargo-airs __complete "$index" "${words[@]}" 2>/dev/null)
    # A folder goes on.
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

_airs_of_cargo() {
    if [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[1]} == airs ]]; then
        _airs "$@"
    elif [[ -n $_airs_before ]]; then
        "$_airs_before" "$@"
    fi
}

complete -o bashdefault -F _airs cargo-airs
if ! declare -F _airs_before_is_known >/dev/null; then
    _airs_before_is_known() { :; }
    _airs_before=$(complete -p cargo 2>/dev/null)
    if [[ $_airs_before == *' -F '* ]]; then
        _airs_before=${_airs_before##* -F }
        _airs_before=${_airs_before%% *}
    else
        _airs_before=
    fi
fi
complete -o bashdefault -o default -F _airs_of_cargo cargo
