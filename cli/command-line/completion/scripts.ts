/** The completion scripts. They are static: completing asks no API. */
// Our own, because the libraries (@bomb.sh/tab, omelette, tabtab) write scripts that start the program at every Tab. It is
// compiled as it loads, which takes about a second.
import type { CompletedCommand, CompletedOption } from './words';

/** bash finds the command in the words so far, and then offers what may follow it. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const all = commands.flatMap(({ options }) => options);
  return `# bash completion for holdfast
_holdfast() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} seen='' each skip=''
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    case $each in
      ${caseOf(flagsWithValues(all))}) skip=1 ;;
      -*) ;;
      *)
        case "$seen $each" in
          ${caseOf(commands.filter(({ path }) => path !== '').map(({ path }) => quoted(spaced(path))))}) seen="$seen $each" ;;
        esac ;;
    esac
  done
  COMPREPLY=()
  case $previous in
${valueCases(all)}
  esac
  case $seen in
${commands.map(bashCase).join('\n')}
  esac
}
complete -F _holdfast holdfast
`;
}

function bashCase({ path, next, options }: CompletedCommand): string {
  const flags = options.flatMap(({ flag, short }) => (short === undefined ? [flag] : [flag, short]));
  return `    ${quoted(spaced(path))})
      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${flags.join(' ')}' -- "$word"))
      else COMPREPLY=($(compgen -W '${next.map(({ word }) => word).join(' ')}' -- "$word")); fi ;;`;
}

/** An option has the same choices in every command. */
function valueCases(options: readonly CompletedOption[]): string {
  const lines = new Map<string, string>();
  for (const { flag, short, takesValue, isPath, choices } of options) {
    if (!takesValue) continue;
    const offered = isPath ? '-f' : `-W '${choices.join(' ')}'`;
    const names = short === undefined ? flag : `${flag} | ${short}`;
    // The short -f follows the log in one command and names a file in others.
    lines.set(flag, `    ${isPath ? flag : names}) COMPREPLY=($(compgen ${offered} -- "$word")); return ;;`);
  }
  return [...lines.values()].join('\n');
}

function flagsWithValues(options: readonly CompletedOption[]): readonly string[] {
  return [...new Set(options.filter(({ takesValue }) => takesValue).map(({ flag }) => flag))];
}

function caseOf(patterns: readonly string[]): string {
  return patterns.join(' | ');
}

/** The bash script collects the words with a space before each. */
function spaced(path: string): string {
  return path === '' ? '' : ` ${path}`;
}

/** zsh shows the summaries, so it has a script of its own. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const all = commands.flatMap(({ options }) => options);
  return `#compdef holdfast
_holdfast() {
  local seen='' each skip='' previous=\${words[CURRENT-1]}
  local -a offered
  for each in \${words[2,CURRENT-1]}; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    case $each in
      ${caseOf(flagsWithValues(all)).replaceAll(' | ', '|')}) skip=1 ;;
      -*) ;;
      *)
        case "$seen $each" in
          ${commands
            .filter(({ path }) => path !== '')
            .map(({ path }) => quoted(spaced(path)))
            .join('|')}) seen="$seen $each" ;;
        esac ;;
    esac
  done
  case $previous in
${zshValueCases(all)}
  esac
  case $seen in
${commands.map(zshCase).join('\n')}
  esac
  _describe holdfast offered
}
compdef _holdfast holdfast
`;
}

function zshCase({ path, next, options }: CompletedCommand): string {
  const words = next.map(({ word, summary }) => described(word, summary));
  const flags = options.map(({ flag, description }) => described(flag, description));
  return `    ${quoted(spaced(path))})
      if [[ $PREFIX == -* ]]; then offered=(${flags.join(' ')})
      else offered=(${words.join(' ')}); fi ;;`;
}

function zshValueCases(options: readonly CompletedOption[]): string {
  const lines = new Map<string, string>();
  for (const { flag, takesValue, isPath, choices } of options) {
    if (!takesValue) continue;
    const act = isPath ? '_files' : `offered=(${choices.map(quoted).join(' ')}); _describe holdfast offered`;
    lines.set(flag, `    ${flag}) ${act}; return ;;`);
  }
  return [...lines.values()].join('\n');
}

/** A colon separates the word from its description. */
function described(word: string, description: string): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${description}`);
}

export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ path, next, options }) => {
    const condition = quoted(fishCondition(path, commands));
    return [
      ...next.map(
        ({ word, summary }) => `complete -c holdfast -n ${condition} -a ${quoted(word)} -d ${quoted(summary)}`,
      ),
      ...options.map((option) => `complete -c holdfast -n ${condition} ${fishOption(option)}`),
    ];
  });
  return `# fish completion for holdfast\ncomplete -c holdfast -f\n${lines.join('\n')}\n`;
}

/** True after all words of the command, and before any that could follow. */
function fishCondition(path: string, commands: readonly CompletedCommand[]): string {
  if (path === '') return '__fish_use_subcommand';
  const seen = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const [first = ''] = path.split(' ');
  // `status` is a command and also follows `import`.
  const parents = commands
    .filter(({ next }) => !path.includes(' ') && next.some(({ word }) => word === first))
    .flatMap(({ path: parent }) => (parent === '' ? [] : [`not __fish_seen_subcommand_from ${parent}`]));
  return [...seen, ...parents].join('; and ');
}

function fishOption({ flag, short, takesValue, isPath, choices, description }: CompletedOption): string {
  const value = takesValue
    ? isPath
      ? ' -r -F'
      : ` -x${choices.length > 0 ? ` -a ${quoted(choices.join(' '))}` : ''}`
    : '';
  const letter = short === undefined ? '' : ` -s ${short.slice(1)}`;
  return `-l ${flag.slice(2)}${letter}${value} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
