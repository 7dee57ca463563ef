/** What every command does with its terminal. */

export interface Terminal {
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** Of a command that checks something. */
export const ExitStatus = { passed: 0, failed: 1, misused: 2 } as const;

/**
 * Says what is wrong with the options. @returns the exit status
 * @param refusal in a sentence without its end: "The simulation cannot run with these options"
 */
export function refuse({ complain }: Terminal, refusal: string, problems: readonly string[], usage: string): number {
  complain(`${refusal}:\n${problems.map((problem) => `  - ${problem}\n`).join('')}\n${usage}`);
  return ExitStatus.misused;
}

/** Runs a command as this process. `process.exit` could end the process before a pipe has received all output. */
export async function run(main: (argv: readonly string[], terminal: Terminal) => Promise<number>): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), {
    write: (text) => process.stdout.write(text),
    complain: (text) => process.stderr.write(text),
  });
}
