/** The style of the lines: colour and symbols on a terminal, ASCII in a pipe. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

export interface Style {
  readonly symbols: Readonly<Record<'event' | 'step' | 'call' | 'change' | 'trouble' | 'good' | 'bad', string>>;
  readonly arrow: string;
  readonly times: string;
  /** Formats a text if the screen has colour. */
  readonly paint: (format: Format, text: string) => string;
}

const ASCII: Omit<Style, 'paint'> = {
  symbols: { event: '!', step: '=', call: '>', change: '*', trouble: '~', good: '+', bad: 'x' },
  arrow: '->',
  times: 'x',
};

const UNICODE: Omit<Style, 'paint'> = {
  symbols: { event: '⚡', step: '▪', call: '›', change: '•', trouble: '↻', good: '✔', bad: '✘' },
  arrow: '→',
  times: '×',
};

export interface Screen {
  readonly isTTY: boolean;
  /** The environment variables of the process. `NO_COLOR` is honoured, see https://no-color.org */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function styleFor({ isTTY, environment }: Screen): Style {
  const hasColour = isTTY && (environment.NO_COLOR ?? '') === '';
  return {
    ...(isTTY ? UNICODE : ASCII),
    // Newer versions of Node check the process's own stream by default, not the given screen.
    paint: (format, text) => (hasColour ? styleText(format, text, { validateStream: false }) : text),
  };
}
