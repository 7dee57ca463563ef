/** Verdicts in a file, one JSON document a line, so that a run can be continued. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Verdict } from './report';

export class KeptVerdicts {
  private readonly verdicts = new Map<string, Verdict>();

  /** @param file undefined: nothing is kept */
  constructor(private readonly file: string | undefined) {
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const { id, ...verdict } = JSON.parse(line) as Verdict & { readonly id: string };
      this.verdicts.set(id, verdict);
    }
  }

  of(id: string): Verdict | undefined {
    return this.verdicts.get(id);
  }

  /** The last verdict counts. */
  keep(id: string, verdict: Verdict): void {
    this.verdicts.set(id, verdict);
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify({ id, ...verdict })}\n`);
  }
}
