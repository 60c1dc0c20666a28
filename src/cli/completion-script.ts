/** What a shell needs to know of one command. */
export interface CompletedCommand {
  id: string;
  summary: string;
  flags: readonly { name: string; char?: string; summary: string; takesValue: boolean; options?: readonly string[] }[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;

/** A script that completes commands, flags and their values, and else files. Made of the commands as they are, a user's plugins among them. */
export function completionScript(shell: (typeof shells)[number], commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash': return bash(commands);
    case 'zsh': return zsh(commands);
    case 'fish': return fish(commands);
    default: return shell satisfies never;
  }
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ id, flags }) => {
    const values = flags.filter(({ options }) => options !== undefined)
      .map(({ name, options }) => `        --${name}) COMPREPLY=($(compgen -W ${quoted(options!.join(' '))} -- "$word")); return;;`);
    return `    ${id}) case "$before" in\n${[...values, '      esac'].join('\n')}\n      flags=${quoted(flags.map(({ name }) => `--${name}`).join(' '))};;`;
  });
  return `_oompm() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" flags=''
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(commands.map(({ id }) => id).join(' '))} -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _oompm oompm`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ id, summary }) => `    ${quoted(`${id}:${summary}`)}`).join('\n');
  const cases = commands.map(({ id, flags }) => {
    const specs = flags.map(({ name, char, summary, takesValue, options }) => {
      const value = takesValue ? `:${name}:${options === undefined ? '_files' : `(${options.join(' ')})`}` : '';
      const what = summary.replaceAll(/[[\]:]/g, String.raw`\$&`);
      return char === undefined ? quoted(`--${name}[${what}]${value}`) : `{-${char},--${name}}${quoted(`[${what}]${value}`)}`;
    });
    return `    ${id}) _arguments ${[...specs, quoted('*:file:_files')].join(' ')};;`;
  });
  return `#compdef oompm
_oompm() {
  local -a commands
  commands=(
${described}
  )
  if ((CURRENT == 2)); then _describe command commands; return; fi
  local command=$words[2]
  shift words; ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _oompm ]]; then _oompm "$@"; else compdef _oompm oompm; fi`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ id, summary, flags }) => [
    `complete -c oompm -n __fish_use_subcommand -f -a ${id} -d ${quoted(summary)}`,
    ...flags.map(({ name, char, summary: what, takesValue, options }) => [
      `complete -c oompm -n '__fish_seen_subcommand_from ${id}' -l ${name}`,
      ...(char === undefined ? [] : [`-s ${char}`]),
      ...(options === undefined ? (takesValue ? ['-r'] : []) : [`-x -a ${quoted(options.join(' '))}`]),
      `-d ${quoted(what)}`,
    ].join(' ')),
  ]);
  return lines.join('\n');
}

/** For all three: single quotes, with none inside but as the shells want them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
