/** What a shell needs to know of one command. */
export interface CompletedCommand {
  id: string;
  summary: string;
  flags: readonly CompletedFlag[];
  /** Its words, where they are not files. */
  words?: readonly string[];
}

export interface CompletedFlag {
  name: string;
  char?: string;
  summary: string;
  /**
   * What comes behind it: one of these, several of them with commas between, a file, a plugin's file, or what no shell
   * knows. Undefined where nothing does.
   */
  value?: readonly string[] | { list: readonly string[] } | 'file' | 'plugin' | 'free';
}

export const shells = ['bash', 'zsh', 'fish'] as const;

/**
 * A script that completes commands, flags and their values, and else files. Made of the commands as they are, a user's
 * plugins among them.
 */
export function completionScript(shell: (typeof shells)[number], commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
    default:
      return shell satisfies never;
  }
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ id, flags, words }) => {
    const values = flags.flatMap(({ name, char, value }) =>
      value === undefined
        ? []
        : [`        --${name}${char === undefined ? '' : `|-${char}`}) ${bashValue(value)}; return;;`],
    );
    const flagNames = quoted(flags.map(({ name }) => `--${name}`).join(' '));
    const wordsAlone = words === undefined ? '' : `; words=${quoted(words.join(' '))}; files=no`;
    return [`    ${id}) case "$before" in`, ...values, '      esac', `      flags=${flagNames}${wordsAlone};;`].join(
      '\n',
    );
  });
  return `# A line for each: names of files may have blanks.
_oompm_lines() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}
_oompm() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" flags='' words='' files=yes
  # --level=err comes in three words.
  if [[ $word == = ]]; then word=''; elif [[ $before == = ]]; then before="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  # As its name is, not as it is typed: sp\\ ace.
  local file="\${word//\\\\/}"
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(commands.map(({ id }) => id).join(' '))} -- "$word"))
    # oompm VMCORE
    [[ \${#COMPREPLY[@]} == 0 ]] && _oompm_lines < <(compgen -f -- "$file")
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word"))
  elif [[ $files == no ]]; then COMPREPLY=($(compgen -W "$words" -- "$word"))
  else _oompm_lines < <(compgen -f -- "$file"); fi
}
complete -o filenames -F _oompm oompm`;
}

function bashValue(value: NonNullable<CompletedFlag['value']>): string {
  if (value === 'file') return '_oompm_lines < <(compgen -f -- "$file")';
  if (value === 'plugin')
    return '_oompm_lines < <(for kind in ts js mjs; do compgen -f -X "!*.$kind" -- "$file"; done; compgen -d -- "$file")';
  if (value === 'free') return 'COMPREPLY=()';
  if ('list' in value)
    return `local head=''; [[ $word == *,* ]] && head="\${word%,*},"; COMPREPLY=($(compgen -P "$head" -W ${quoted(value.list.join(' '))} -- "\${word##*,}"))`;
  return `COMPREPLY=($(compgen -W ${quoted(value.join(' '))} -- "$word"))`;
}

function zshValue(value: NonNullable<CompletedFlag['value']>): string {
  if (value === 'file') return '_files';
  if (value === 'plugin') return '_files -g "*.(ts|js|mjs)"';
  if (value === 'free') return ' ';
  return 'list' in value ? `_sequence compadd - ${value.list.join(' ')}` : `(${value.join(' ')})`;
}

function fishValue(value: CompletedFlag['value']): string[] {
  if (value === undefined) return [];
  if (value === 'file') return ['-r -F'];
  if (value === 'plugin')
    return [`-x -a ${quoted('(for f in (commandline -ct)*.{ts,js,mjs}; echo $f; end; __fish_complete_directories)')}`];
  if (value === 'free') return ['-x'];
  return [`-x -a ${quoted('list' in value ? `(__fish_append , ${value.list.join(' ')})` : value.join(' '))}`];
}

function zsh(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ id, summary }) => `    ${quoted(`${id}:${summary}`)}`).join('\n');
  const cases = commands.map(({ id, flags, words }) => {
    const specs = flags.map(({ name, char, summary, value: behind }) => {
      const value = behind === undefined ? '' : `:${name}:${zshValue(behind)}`;
      const what = summary.replaceAll(/[[\]:]/g, String.raw`\$&`);
      // With "=" the value may stand in the same word too.
      const long = `--${name}${behind === undefined ? '' : '='}`;
      return char === undefined
        ? quoted(`${long}[${what}]${value}`)
        : `{-${char},${long}}${quoted(`[${what}]${value}`)}`;
    });
    return `    ${id}) _arguments ${[...specs, quoted(words === undefined ? '*:file:_files' : `1:word:(${words.join(' ')})`)].join(' ')};;`;
  });
  return `#compdef oompm
_oompm() {
  local -a commands
  commands=(
${described}
  )
  if ((CURRENT == 2)); then _describe command commands || _files; return; fi
  local command=$words[2]
  shift words; ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _oompm ]]; then _oompm "$@"; else compdef _oompm oompm; fi`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ id, summary, flags, words }) => [
    `complete -c oompm -n __fish_use_subcommand -f -a ${id} -d ${quoted(summary)}`,
    ...(words === undefined
      ? []
      : [`complete -c oompm -n '__fish_seen_subcommand_from ${id}' -f -a ${quoted(words.join(' '))}`]),
    ...flags.map(({ name, char, summary: what, value }) =>
      [
        `complete -c oompm -n '__fish_seen_subcommand_from ${id}' -l ${name}`,
        ...(char === undefined ? [] : [`-s ${char}`]),
        ...fishValue(value),
        `-d ${quoted(what)}`,
      ].join(' '),
    ),
  ]);
  // oompm VMCORE
  return [
    ...lines,
    `complete -c oompm -n '__fish_use_subcommand; and string match -q "?*" -- (commandline -ct)' -F`,
  ].join('\n');
}

/** For all three: single quotes, with none inside but as the shells want them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
