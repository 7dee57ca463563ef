/** What can go wrong, in words for the user. Any other error is a bug of the command line. */
import { ExitStatus } from './exit-status';

/** Ends the command with this status, after these lines on the standard error. */
export abstract class Failure extends Error {
  abstract readonly status: ExitStatus;

  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/** The command was understood, but could not be carried out. */
export class Failed extends Failure {
  override readonly name = 'Failed';
  readonly status = ExitStatus.failed;

  constructor(...lines: readonly string[]) {
    super(lines);
  }
}

/** The arguments are wrong; every fault is named. */
export class Misused extends Failure {
  override readonly name = 'Misused';
  readonly status = ExitStatus.misused;
}

export class NotFound extends Failure {
  override readonly name = 'NotFound';
  readonly status = ExitStatus.notFound;

  /** @param at when the API received the request, by its own clock; absent if the API was not asked */
  constructor(
    lines: readonly string[],
    readonly at?: string,
  ) {
    super(lines);
  }
}

export class TimedOut extends Failure {
  override readonly name = 'TimedOut';
  readonly status = ExitStatus.timedOut;

  constructor(line: string) {
    super([line]);
  }
}
