/** The shell of a real process. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { RESPONSE_MAX_MS } from './api/fetching';
import type { Shell } from './shell';

export function processShell(): Shell {
  const { stdin, stdout, stderr } = process;
  return {
    stdout: { write: (output) => stdout.write(output), isTTY: stdout.isTTY, columns: stdout.columns },
    stderr: { write: (output) => stderr.write(output), isTTY: stderr.isTTY },
    stdin: {
      isTTY: stdin.isTTY,
      read: () => text(stdin),
      ask: async (question) => {
        const lines = createInterface({ input: stdin, output: stderr });
        try {
          return await lines.question(question);
        } finally {
          lines.close();
        }
      },
    },
    environment: process.env,
    readFile: (path) => readFile(path),
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(RESPONSE_MAX_MS) }),
    now: () => Date.now(),
    sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    interrupted: () =>
      new Promise((resolve) => {
        process.once('SIGINT', () => resolve());
        process.once('SIGTERM', () => resolve());
      }),
  };
}
