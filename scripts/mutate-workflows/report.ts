/** The report: how many mutants of each text were noticed, by what, and which were not. */
import { MUTATED_KINDS, type Mutant, type MutatedKind } from './mutants';
import type { Notice } from './look';

/** What came of a mutant. */
export type Verdict =
  | Notice
  | { readonly how: 'tests'; readonly what: string }
  /** `isMet`: a world met the changed decision. */
  | { readonly how: 'survived'; readonly isMet: boolean };

export interface Result {
  readonly mutant: Pick<Mutant, 'id' | 'kind' | 'text'>;
  readonly verdict: Verdict;
}

/** @see Notice */
const COLUMNS = ['violation', 'error', 'growth', 'counts', 'tests', 'survived'] as const;

export function textReport(results: readonly Result[]): string {
  const rows = [...MUTATED_KINDS, undefined].map((kind) => row(results, kind));
  const head = ['', 'mutants', ...COLUMNS].map(cell).join('');
  const survivors = survivorsOf(results).map(({ mutant, verdict }) => {
    const isUnmet = verdict.how === 'survived' && !verdict.isMet;
    return `  ${mutant.id} ${mutant.text}${isUnmet ? ' (no world meets it)' : ''}\n`;
  });
  const share = results.length === 0 ? 0 : (100 * survivors.length) / results.length;
  const summary = `${survivors.length} of ${results.length} survive (${share.toFixed(1)} %).\n`;
  return `${head}\n${rows.join('\n')}\n\n${summary}${survivors.join('')}`;
}

export function jsonReport(results: readonly Result[]): string {
  const kinds = Object.fromEntries(MUTATED_KINDS.map((kind) => [kind, countsOf(results, kind)]));
  const all = results.map(({ mutant, verdict }) => ({ ...mutant, ...verdict }));
  return `${JSON.stringify({ kinds, total: countsOf(results, undefined), mutants: all }, null, 2)}\n`;
}

export function survivorsOf(results: readonly Result[]): readonly Result[] {
  return results.filter(({ verdict }) => verdict.how === 'survived');
}

function countsOf(results: readonly Result[], kind: MutatedKind | undefined): Readonly<Record<string, number>> {
  const own = results.filter(({ mutant }) => kind === undefined || mutant.kind === kind);
  const count = (how: string): number => own.filter(({ verdict }) => verdict.how === how).length;
  return { mutants: own.length, ...Object.fromEntries(COLUMNS.map((how) => [how, count(how)])) };
}

function row(results: readonly Result[], kind: MutatedKind | undefined): string {
  return [kind ?? 'all', ...Object.values(countsOf(results, kind)).map(String)].map(cell).join('');
}

function cell(text: string): string {
  return text.padStart(10);
}
