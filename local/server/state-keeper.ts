import type { State, StateFolder } from './state-folder';

/** How long a change that was only noted may stay unwritten, in milliseconds of wall time. */
const LONGEST_DELAY_MS = 500;

/** Writes a running control plane's state to its folder: at once if it must not be lost, else a little later. */
export class StateKeeper {
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly folder: StateFolder,
    private readonly snapshot: () => State,
  ) {}

  /** Notes a change that happens again if it is lost. */
  note(): void {
    if (this.isClosed) return;
    this.timer ??= setTimeout(() => this.write(), LONGEST_DELAY_MS);
  }

  /** Writes a change that a caller is about to rely on. */
  write(): void {
    if (this.isClosed) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.folder.write(this.snapshot());
  }

  /** Writes the last state. Later changes are not kept. */
  close(): void {
    this.write();
    this.isClosed = true;
  }
}
