/** The exit statuses of `holdfast`. Scripts rely on them: docs/command-line.md lists them. */
export const ExitStatus = {
  done: 0,
  /** The API refused the request, or the operation failed. */
  failed: 1,
  /** The arguments are wrong. Nothing was sent. */
  misused: 2,
  /** The node or the import does not exist. */
  notFound: 3,
  /** `--timeout` has passed. What was waited for continues. */
  timedOut: 4,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];
