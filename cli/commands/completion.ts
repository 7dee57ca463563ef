import * as z from 'zod';
import { choiceOperand } from '../command-line/arguments';
import { command, type Command } from '../command-line/command';
import { wordsOf } from '../command-line/completion/words';
import { bashScript, fishScript, zshScript } from '../command-line/completion/scripts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** @param all every other command */
export function completionCommand(all: readonly Command[], groups: Readonly<Record<string, string>>): Command {
  const completion: Command = command({
    path: 'completion',
    summary: 'Print the completion script of a shell',
    description: 'The script completes commands, options, and the values of options with a fixed choice.',
    examples: [
      'source <(holdfast completion bash)             # in ~/.bashrc',
      'source <(holdfast completion zsh)              # in ~/.zshrc, after compinit',
      'holdfast completion fish > ~/.config/fish/completions/holdfast.fish',
    ],
    callsApi: false,
    operands: z.object({ shell: choiceOperand(['bash', 'zsh', 'fish'], 'The shell.') }),
    run: async (_context, { shell }) => ({ text: () => SCRIPTS[shell](wordsOf([...all, completion], groups)) }),
  });
  return completion;
}
