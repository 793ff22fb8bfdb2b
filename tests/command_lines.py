"""Whether a command line, as documentation or a skin has it, is one that the command's signature takes."""

import shlex

from signatures import COMMANDS, Option, options

BELOW = ("inspect", "simulate", "demo")
"""What `headmotif` has as subcommands."""
ALL = (*COMMANDS, *BELOW)
SHORT = {"-o": "--output"}
ALWAYS = {"--help", "--version"}
UMBRELLA = {*ALWAYS, "--show-completion"}
"""The options of headmotif itself."""


def faults(line: str) -> list[str]:
    """What is wrong with a command line of ours, in words; nothing where it is right. Files need not be there."""
    command, *words = shlex.split(line)
    if command == "headmotif" and words and words[0] in ALL:
        command, *words = words
    elif command == "headmotif":
        return [] if not words or words[0] in UMBRELLA else [f"headmotif has no {' '.join(words)}"]
    if command not in ALL:
        return [f"no command {command}"]
    known, given, arguments, found = {one.flag: one for one in options(command)}, [], [], []
    while words:
        word, *words = words
        flag, joined, value = SHORT.get(word, word).partition("=")
        if not word.startswith("-") or word == "-":
            arguments.append(word)
        elif flag in ALWAYS:
            return found
        elif flag not in known:
            found.append(f"{command} has no {word}")
        else:
            given.append(flag)
            if known[flag].type is not bool:
                if not joined:
                    value, *words = words or [""]
                found += [f"{command} {flag} {value}: {why}" for why in explain_refusal(known[flag], value)]
    return found + _check_count(command, given, arguments)


def explain_refusal(option: Option, value: str) -> list[str]:
    """Why an option does not take a value."""
    if not value or value.startswith("--"):
        return ["no value"]
    if option.choices and value not in option.choices:
        return [f"none of {', '.join(option.choices)}"]
    if option.type is str:
        return []
    try:
        number = option.type(value)
    except ValueError:
        return [f"no {option.type.__name__}"]
    low, high = option.least is not None and number < option.least, option.most is not None and number > option.most
    return [f"not within {option.least} to {option.most}"] if low or high else []


def _check_count(command: str, given: list[str], arguments: list[str]) -> list[str]:
    wanted = options(command)
    places = [one for one in wanted if one.is_argument]
    least = sum(one.required for one in places)
    most = float("inf") if any(one.several for one in places) else len(places)
    twice = {one.flag for one in wanted if given.count(one.flag) > 1 and not one.several and not one.is_argument}
    absent = {one.flag for one in wanted if one.required and not one.is_argument} - set(given)
    return [
        *(
            [f"{command} takes {least} to {most} arguments, not {' '.join(arguments) or 'none'}"]
            * (not least <= len(arguments) <= most)
        ),
        *(f"{command} {flag} is given twice" for flag in sorted(twice)),
        *(f"{command} needs {flag}" for flag in sorted(absent)),
    ]
