/** Colour for people, and none in a pipe. */
import { styleText } from 'node:util';

export type Format = Extract<Parameters<typeof styleText>[0], string>;

export interface Style {
  /** Formats a text if the terminal shows colours. */
  readonly paint: (format: Format, text: string) => string;
}

export const PLAIN: Style = { paint: (_format, text) => text };

/** @param environment honours `NO_COLOR`, see https://no-color.org */
export function styleFor(isTTY: boolean, environment: Readonly<Record<string, string | undefined>>): Style {
  const hasColour = isTTY && (environment.NO_COLOR ?? '') === '';
  // Newer versions of Node check the process's own stream by default, not the given one.
  return hasColour ? { paint: (format, text) => styleText(format, text, { validateStream: false }) } : PLAIN;
}

const STATUS_FORMATS: Readonly<Record<string, Format>> = {
  ACTIVE: 'green',
  PAUSED: 'yellow',
  ERROR: 'red',
  MIGRATE_FINISH: 'green',
  MIGRATE_CANCEL: 'yellow',
  MIGRATE_ERROR: 'red',
};

/** A status that a node passes through is cyan. */
export function paintStatus({ paint }: Style, status: string): string {
  return paint(STATUS_FORMATS[status] ?? 'cyan', status);
}

const SEVERITY_FORMATS: Readonly<Record<string, Format>> = { DEBUG: 'gray', WARN: 'yellow', ERROR: 'red' };

export function paintSeverity({ paint }: Style, severity: string): string {
  const padded = severity.padEnd('DEBUG'.length);
  const format = SEVERITY_FORMATS[severity];
  return format === undefined ? padded : paint(format, padded);
}
