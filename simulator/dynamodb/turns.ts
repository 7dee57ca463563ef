/** Lets ordinary calls overlap, and a transaction run alone: no other call sees or changes the table in between. */
export class Turns {
  private alone: Promise<void> | undefined;
  private readonly underWay = new Set<Promise<unknown>>();

  async beside<T>(call: () => Promise<T>): Promise<T> {
    while (this.alone !== undefined) await this.alone;
    const running = call();
    this.underWay.add(running);
    try {
      return await running;
    } finally {
      this.underWay.delete(running);
    }
  }

  async byItself<T>(call: () => Promise<T>): Promise<T> {
    while (this.alone !== undefined) await this.alone;
    let end: () => void = () => undefined;
    this.alone = new Promise((resolve) => (end = resolve));
    try {
      await Promise.allSettled(this.underWay);
      return await call();
    } finally {
      this.alone = undefined;
      end();
    }
  }
}
