"""Completion on Tab: scripts for three shells, and what a command answers to them.

Each script calls the command itself, with `ASKED` in its environment and the words up to the cursor, the last of them
unfinished; the command prints what that word may become, a line each. Where nothing is printed, the shell offers files.
typer's own completion does not know which words a value may be, and loads rich for it.
"""

import os
from collections.abc import Callable, Sequence

from .parameters import Parameter

ASKED = "_HEADMOTIF_COMPLETE"
SCRIPTS = {
    "bash": f"""_headmotif_complete() {{
    local IFS=$'\\n'
    COMPREPLY=($({ASKED}=1 "$1" "${{COMP_WORDS[@]:1:COMP_CWORD}}" 2>/dev/null))
}}
complete -o bashdefault -o default -F _headmotif_complete COMMANDS""",
    "zsh": f"""_headmotif_complete() {{
    local -a found
    found=("${{(@f)$({ASKED}=1 ${{words[1]}} "${{(@)words[2,CURRENT]}}" 2>/dev/null)}}")
    found=(${{found:#}})
    (( $#found )) && compadd -- $found || _files
}}
compdef _headmotif_complete COMMANDS""",
    "fish": f"""function _headmotif_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    env {ASKED}=1 $words[1] $words[2..] "$last" 2>/dev/null
end
for name in COMMANDS
    complete -c $name -a '(_headmotif_complete)'
end""",
}
"""By shell; COMMANDS stands for the names that are completed."""


def script(shell: str, commands: Sequence[str]) -> str:
    """What a shell has to run once, to complete these commands."""
    return SCRIPTS[shell].replace("COMMANDS", " ".join(commands))


def is_asked() -> bool:
    """Whether one of the scripts has called this process."""
    return ASKED in os.environ


def answers(words: Sequence[str], known: Sequence[Parameter]) -> list[str]:
    """What the last word may become: an option, or what the option before it takes."""
    *before, last = words or [""]
    asking = next((one for one in known if before and before[-1] in one.flags and one.value), None)
    if asking is None and not last.startswith("-"):
        return []
    found = asking.choices if asking else [flag for one in known for flag in one.flags]
    return [word for word in found if word.startswith(last)]


def answers_of_group(
    words: Sequence[str], own: Sequence[Parameter], below: Sequence[str], of: Callable[[str], Sequence[Parameter]]
) -> list[str]:
    """The same of a command with subcommands, whose parameters are loaded where they are asked for."""
    first, *others = words or [""]
    if others and first in below:
        return answers(others, of(first))
    return [*answers(words, own), *(name for name in below if not others and name.startswith(first))]
