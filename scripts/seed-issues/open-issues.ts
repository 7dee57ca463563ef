/** Opens the issues about failed seeds with GitHub's command line, `gh`. */
import { z } from 'zod';
import { seedIssue, titleStart, type Hunt, type Report } from './seed-issue';

export interface Tools {
  /** Runs `gh` with the text as its standard input, and returns its output. @throws Error if it fails */
  readonly gh: (args: readonly string[], input?: string) => string;
  readonly write: (text: string) => void;
}

const LABEL = 'fresh-seeds';
/** The most issues that one run opens. If more seeds fail, they mostly have the same cause. */
const MOST_ISSUES = 5;
/** The most open issues that are read to find duplicates. `gh` reads 30 by default. */
const MOST_OPEN = 1_000;

const OpenIssues = z.array(z.object({ title: z.string() }));

/** Opens an issue for each failed seed that has no open issue yet. */
export function openIssues({ failures }: Report, hunt: Hunt, { gh, write }: Tools): void {
  if (failures.length === 0) {
    write('No seed failed.\n');
    return;
  }
  // `gh` refuses an unknown label. With --force, a label that exists is no error.
  gh(['label', 'create', LABEL, '--force', '--description', 'A seed of the simulation fails']);
  const list = ['issue', 'list', '--label', LABEL, '--state', 'open', '--limit', String(MOST_OPEN), '--json', 'title'];
  const open = OpenIssues.parse(JSON.parse(gh(list)));
  const isOpen = (seed: number): boolean => open.some(({ title }) => title.startsWith(titleStart(seed)));
  const fresh = failures.filter(({ seed }) => !isOpen(seed));
  for (const failure of fresh.slice(0, MOST_ISSUES)) {
    const { title, body } = seedIssue(failure, hunt);
    write(gh(['issue', 'create', '--title', title, '--label', LABEL, '--body-file', '-'], body));
  }
  const known = failures.length - fresh.length;
  if (known > 0) write(`Seeds with an open issue: ${known}.\n`);
  const left = fresh.slice(MOST_ISSUES).map(({ seed }) => seed);
  if (left.length > 0) write(`Also failed, without an issue: ${left.join(', ')}.\n`);
}
