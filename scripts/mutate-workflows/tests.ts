/** Whether a workflow test notices a mutant. The tests of the definitions come first, because they run nothing. */
import { batchesOf } from './batches';
import type { Mutant, MutatedKind, Originals } from './mutants';
import type { Stage } from './options';
import { MutationSandbox } from './sandbox';

export interface NoticedByTest {
  readonly mutant: Mutant;
  /** The name of the test. */
  readonly what: string;
}

const DEFINITION_TESTS = ['test/workflows/definitions.test.ts', 'test/infra/definitions.test.ts'];

const FAILURES = 'test/workflows/failures';
const PLAYS = [
  'test/workflows/lifecycle.test.ts',
  `${FAILURES}/missing-interface.test.ts`,
  `${FAILURES}/drains.test.ts`,
  `${FAILURES}/loops.test.ts`,
];
const RECOVERY = ['test/workflows/reconciler/reconciler.test.ts', 'test/workflows/reconciler/recovery.test.ts'];

/** The tests that concern the operations of a text, those that notice the most first. */
const PLAYS_OF: Readonly<Record<MutatedKind, readonly string[]>> = {
  replace: [
    'test/workflows/replacement.test.ts',
    ...PLAYS,
    'test/workflows/import.test.ts',
    'test/workflows/ownership.test.ts',
    ...['capacity', 'faults', 'harm', 'lateness', 'permanent-refusals', 'refusals', 'survivors', 'unseen'].map(
      (name) => `${FAILURES}/${name}.test.ts`,
    ),
    ...RECOVERY,
  ],
  pause: [
    'test/workflows/elastic-ip-on-pause.test.ts',
    ...PLAYS,
    ...['unseen', 'permanent-refusals'].map((name) => `${FAILURES}/${name}.test.ts`),
    ...RECOVERY,
  ],
  adjust: [...PLAYS, 'test/workflows/elastic-ip-on-pause.test.ts', ...RECOVERY],
  delete: [...PLAYS, 'test/workflows/import.test.ts', `${FAILURES}/refusals.test.ts`, ...RECOVERY],
};

/** Yields those that are noticed, as they are. @throws Error if a test fails without a mutant */
export async function* noticedByTests(
  mutants: readonly Mutant[],
  originals: Originals,
  until: Exclude<Stage, 'worlds'>,
  complain: (text: string) => void,
): AsyncGenerator<NoticedByTest> {
  if (mutants.length === 0) return;
  const sandbox = new MutationSandbox(originals);
  try {
    const left = new Set(mutants);
    await expectPassed(sandbox, DEFINITION_TESTS);
    for (const batch of batchesOf(mutants)) {
      sandbox.apply(batch);
      const noticed = attributed(await sandbox.failedTests(DEFINITION_TESTS, { bail: false }), batch);
      complain(`${noticed.length} of ${batch.length} noticed by the tests of the definitions\n`);
      for (const each of noticed) left.delete(each.mutant);
      yield* noticed;
    }
    if (until === 'plays') yield* noticedByPlays([...left], sandbox, complain);
  } finally {
    sandbox.close();
  }
}

async function* noticedByPlays(
  mutants: readonly Mutant[],
  sandbox: MutationSandbox,
  complain: (text: string) => void,
): AsyncGenerator<NoticedByTest> {
  sandbox.apply([]);
  await expectPassed(sandbox, [...new Set(mutants.flatMap(({ kind }) => PLAYS_OF[kind]))]);
  for (const mutant of mutants) {
    sandbox.apply([mutant]);
    const [what] = await sandbox.failedTests([...DEFINITION_TESTS, ...PLAYS_OF[mutant.kind]], { bail: true });
    complain(`${mutant.id} ${what === undefined ? 'survives' : `tests, ${what}`}\n`);
    if (what !== undefined) yield { mutant, what };
  }
}

async function expectPassed(sandbox: MutationSandbox, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const failed = await sandbox.failedTests(files, { bail: true });
  if (failed.length > 0) throw new Error(`without a mutant there are tests that fail: ${failed.join('; ')}`);
}

/** It looks at the states before and after the drain as well. */
const OF_SEVERAL_STATES = /waits for as long as the drain may take/;

/** The mutants whose states the names of failed tests name, as `pause-node, "Wind up"`. */
export function attributed(titles: readonly string[], batch: readonly Mutant[]): readonly NoticedByTest[] {
  const clear = titles.filter((title) => !OF_SEVERAL_STATES.test(title));
  return batch.flatMap((mutant) => {
    const names = machinesOf(mutant.kind).map((machine) => `${machine}, "${mutant.state}"`);
    const what = clear.find((title) => names.some((name) => title.includes(name)));
    return what === undefined ? [] : [{ mutant, what }];
  });
}

function machinesOf(kind: MutatedKind): readonly string[] {
  return kind === 'replace' ? ['launch-node', 'replace-node'] : [`${kind}-node`];
}
