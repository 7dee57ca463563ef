/** The readable trace of a run: one line for each thing that matters, with short names instead of long ids. */

/** What a line is about. It is the second column of the line. */
export type Mark = '!' | 'x' | '=' | '>' | '*' | '#' | '?' | '~';

const ID = /\b(smi|i|eni-attach|eni|eipalloc|eipassoc|sg|subnet|vpc|ami)-0?[0-9a-f]{8,17}\b/g;
const SECONDS_WIDTH = 9;

export class Trace {
  private readonly added: string[] = [];
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    private readonly startedAt: number,
  ) {}

  /**
   * Adds a line. The marks: `!` happening, `x` injected fault, `=` state entered, `>` EC2 call, `*` transition in EC2,
   * `#` node record, `~` node log, `?` violation.
   */
  add(mark: Mark, text: string): void {
    const seconds = ((this.now() - this.startedAt) / 1000).toFixed(3);
    this.added.push(`${seconds.padStart(SECONDS_WIDTH)} ${mark} ${this.shorten(text)}`);
  }

  /** Returns the text with each id replaced by its short name. `i-1` is the first instance in the trace. */
  shorten(text: string): string {
    return text.replace(ID, (id, prefix: string) => {
      const known = this.names.get(id);
      if (known !== undefined) return known;
      const number = (this.counts.get(prefix) ?? 0) + 1;
      this.counts.set(prefix, number);
      const name = `${prefix}-${number}`;
      this.names.set(id, name);
      return name;
    });
  }

  /** Sets the name that replaces the id in later lines. */
  setName(id: string, name: string): void {
    this.names.set(id, name);
  }

  lines(): readonly string[] {
    return this.added;
  }
}
