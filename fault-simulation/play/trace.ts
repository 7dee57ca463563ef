/** The readable story of a run: one line for everything that matters, with short names for long ids. */

/** What a line is about: its second column. */
export type Mark = '!' | 'x' | '=' | '>' | '*' | '#' | '?' | '~';

const ID = /\b(smi|i|eni-attach|eni|eipalloc|eipassoc|sg|subnet|vpc|ami)-0?[0-9a-f]{8,17}\b/g;
const SECONDS_WIDTH = 9;

export class Chronicle {
  private readonly told: string[] = [];
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    private readonly startedAt: number,
  ) {}

  /**
   * `!` happening, `x` fault that struck, `=` state entered, `>` EC2 call, `*` transition in EC2, `#` record,
   * `~` node log, `?` violation.
   */
  tell(mark: Mark, text: string): void {
    const seconds = ((this.now() - this.startedAt) / 1000).toFixed(3);
    this.told.push(`${seconds.padStart(SECONDS_WIDTH)} ${mark} ${this.named(text)}`);
  }

  /** The text with every id by its short name: `i-1` is the first instance that the story names. */
  named(text: string): string {
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

  /** From now on the id goes by this name. */
  call(id: string, name: string): void {
    this.names.set(id, name);
  }

  lines(): readonly string[] {
    return this.told;
  }
}
