/** The demo's program: reads the options, prints the report, returns the exit status. */
import { readFile } from 'node:fs/promises';
import { parseEvent, type EventReading } from './event-file';
import { readOptions, USAGE, type DemoRequest } from './options';
import { explanation, jsonReport, textReport } from './report';
import { styleFor, type Screen } from './style';

/** Receives the report and the errors. */
export interface Terminal extends Screen {
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
}

export const ExitStatus = { kept: 0, notKept: 1, misused: 2 } as const;

/** @returns the exit status */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const request = readOptions(argv);
  switch (request.kind) {
    case 'help':
      terminal.write(USAGE);
      return ExitStatus.kept;
    case 'invalid':
      terminal.complain(`${list('The demo cannot run with these options:', request.problems)}\n${USAGE}`);
      return ExitStatus.misused;
    case 'demo':
      return run(request, terminal);
  }
}

async function run(request: DemoRequest, terminal: Terminal): Promise<number> {
  const { attachment, seed, eventPath, json } = request;
  const reading = eventPath === undefined ? undefined : await readEvent(eventPath);
  if (reading?.kind === 'invalid') {
    terminal.complain(list(`${eventPath} is not an event that the demo can deliver:`, reading.problems));
    return ExitStatus.misused;
  }
  // Loading the simulated account takes seconds, so wrong options are reported first.
  const { runDemo } = await import('./run');
  const outcome = await runDemo({ attachment, seed, ...(reading === undefined ? {} : { event: reading.event }) });
  const isKept = outcome.problems.length === 0;
  if (json) {
    terminal.write(jsonReport(outcome));
    if (!isKept) terminal.complain(`${explanation(outcome)}\n`);
  } else {
    terminal.write(textReport(outcome, request, styleFor(terminal)));
  }
  return isKept ? ExitStatus.kept : ExitStatus.notKept;
}

const READ_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
};

async function readEvent(path: string): Promise<EventReading> {
  try {
    return parseEvent(await readFile(path, 'utf8'));
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { kind: 'invalid', problems: [`it cannot be read: ${READ_PROBLEMS[code] ?? message}`] };
  }
}

function list(title: string, problems: readonly string[]): string {
  return `${title}\n${problems.map((problem) => `  - ${problem}\n`).join('')}`;
}
