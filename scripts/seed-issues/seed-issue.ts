/** The issue about a seed that failed, made from the simulation's JSON report. */
import { z } from 'zod';

const Report = z.object({
  passed: z.int(),
  failed: z.int(),
  failures: z.array(
    z.object({
      seed: z.int(),
      command: z.string(),
      violations: z
        .array(z.object({ atSeconds: z.number(), invariant: z.string(), what: z.string() }))
        .min(1, 'a failure needs a violation'),
    }),
  ),
});

/** What an issue needs of the report. */
export type Report = z.infer<typeof Report>;
export type Failure = Report['failures'][number];

/** The run of the workflow that made the report. */
export interface Hunt {
  /** The full hash. */
  readonly commit: string;
  readonly runUrl: string;
}

export interface Issue {
  readonly title: string;
  readonly body: string;
}

/** The most violations that an issue lists. One fault often violates an invariant again and again. */
const MOST_VIOLATIONS = 20;
/** In characters. With MOST_VIOLATIONS of this length, an issue stays well below GitHub's limit of 65,536. */
const LONGEST_VIOLATION = 2_000;

/** @throws Error if the text is not a report: the hunt ended before it could write one. */
export function readReport(text: string): Report {
  try {
    return Report.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error('The report cannot be read. The hunt may have ended before it wrote one: see its log.', { cause });
  }
}

/** What the title of every issue about the seed starts with. The colon keeps seed 12 apart from seed 123. */
export function titleStart(seed: number): string {
  return `Seed ${seed} fails:`;
}

export function seedIssue({ seed, command, violations }: Failure, { commit, runUrl }: Hunt): Issue {
  const lines = violations.slice(0, MOST_VIOLATIONS).map((each) => `${violationText(each)}\n`);
  const left = violations.length - lines.length;
  const more = left > 0 ? `... and ${left} more\n` : '';
  return {
    title: `${titleStart(seed)} ${violations[0]?.invariant}`,
    body: [
      `Seed ${seed} fails at commit ${commit}.`,
      `Violations, with the virtual time at which each occurs:\n\n${fenced(`${lines.join('')}${more}`)}`,
      `To replay the seed:\n\n${fenced(`git checkout ${commit}\nnpm ci\n${command}\n`)}`,
      `The report with the minimised scenario and its trace is an artifact of ${runUrl}.\n`,
    ].join('\n\n'),
  };
}

function violationText({ atSeconds, invariant, what }: Failure['violations'][number]): string {
  const text = `${atSeconds.toFixed(3)} s: ${invariant}: ${what}`;
  return text.length <= LONGEST_VIOLATION ? text : `${text.slice(0, LONGEST_VIOLATION)} ...`;
}

/** In a code block, GitHub neither formats the text nor turns it into mentions and links. */
function fenced(text: string): string {
  return `~~~~\n${text.replaceAll('~~~~', '~ ~ ~ ~')}~~~~`;
}
