/** What the command line uses of its process. Tests pass their own. */
export interface Stream {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  /** The width of the terminal. */
  readonly columns?: number | undefined;
}

export interface Shell {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly stdin: {
    readonly isTTY: boolean;
    /** Reads to the end. */
    readonly read: () => Promise<string>;
    /** Shows the question on the standard error, and returns the line that the user types. */
    readonly ask: (question: string) => Promise<string>;
  };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** @throws Error if the file cannot be read */
  readonly readFile: (path: string) => Promise<Buffer>;
  readonly fetch: (request: Request) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (delayMs: number) => Promise<void>;
  /** Settles when the user wants the command to end: Ctrl-C, or a signal to end. */
  readonly interrupted: () => Promise<void>;
}
