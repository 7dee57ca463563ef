/** Whether a workflow test notices a mutant. The tests of the definitions run nothing, so many mutants share a run. */
import { batchesOf } from './batches';
import type { Mutant, MutatedKind, Originals } from './mutants';
import { MutationSandbox } from './sandbox';

export interface NoticedByTest {
  readonly mutant: Mutant;
  /** The name of the test. */
  readonly what: string;
}

type Complain = (text: string) => void;

const DEFINITION_TESTS = [
  'test/workflows/definitions.test.ts',
  'test/workflows/definition-errors.test.ts',
  'test/infra/definitions.test.ts',
];

const LIFECYCLE = 'test/workflows/lifecycle.test.ts';
const PLAYS_OF: Readonly<Record<MutatedKind, readonly string[]>> = {
  replace: ['test/workflows/replacement.test.ts'],
  pause: [LIFECYCLE, 'test/workflows/elastic-ip-on-pause.test.ts'],
  adjust: [LIFECYCLE],
  delete: [LIFECYCLE],
};
/** What only some tests play, by what the description of a mutant names. */
const PLAYS_ABOUT: readonly (readonly [RegExp, string])[] = [
  [/adopt|ImportCancelled|cancellation/i, 'test/workflows/import.test.ts'],
  [/InterfaceMissing/, 'test/workflows/failures/missing-interface.test.ts'],
  [/drain/i, 'test/workflows/failures/drains.test.ts'],
  [/Lost|Record the failure/, 'test/workflows/ownership.test.ts'],
  [/capacity|launch come to/, 'test/workflows/failures/capacity.test.ts'],
];

/** The tests that play what the mutant changes, those that are about it first. */
export function playsOf({ kind, text }: Pick<Mutant, 'kind' | 'text'>): readonly string[] {
  return [...PLAYS_ABOUT.flatMap(([about, file]) => (about.test(text) ? [file] : [])), ...PLAYS_OF[kind]];
}

/** Yields those that a test of the definitions notices. @throws Error if a test fails without a mutant */
export async function* noticedByDefinitions(
  mutants: readonly Mutant[],
  originals: Originals,
  complain: Complain,
): AsyncGenerator<NoticedByTest> {
  if (mutants.length === 0) return;
  const sandbox = new MutationSandbox(originals);
  try {
    await expectPassed(sandbox, DEFINITION_TESTS);
    for (const batch of batchesOf(mutants)) {
      sandbox.apply(batch);
      const noticed = attributed(await sandbox.failedTests(DEFINITION_TESTS), batch);
      complain(`${noticed.length} of ${batch.length} noticed by the tests of the definitions\n`);
      yield* noticed;
    }
  } finally {
    sandbox.close();
  }
}

/**
 * Yields those that a test notices which plays workflows, or a test of the definitions that looks at several states. Each
 * mutant has runs of its own. @throws Error if a test fails without a mutant
 */
export async function* noticedByPlays(
  mutants: readonly Mutant[],
  originals: Originals,
  complain: Complain,
): AsyncGenerator<NoticedByTest> {
  if (mutants.length === 0) return;
  const sandbox = new MutationSandbox(originals);
  try {
    await expectPassed(sandbox, [...new Set(mutants.flatMap(playsOf))]);
    for (const mutant of mutants) {
      sandbox.apply([mutant]);
      const what = await firstFailed(sandbox, [DEFINITION_TESTS, ...playsOf(mutant).map((file) => [file])]);
      complain(`${mutant.id} ${what === undefined ? 'survives' : `tests, ${what}`}\n`);
      if (what !== undefined) yield { mutant, what };
    }
  } finally {
    sandbox.close();
  }
}

async function firstFailed(
  sandbox: MutationSandbox,
  groups: readonly (readonly string[])[],
): Promise<string | undefined> {
  for (const files of groups) {
    const [what] = await sandbox.failedTests(files);
    if (what !== undefined) return what;
  }
  return undefined;
}

async function expectPassed(sandbox: MutationSandbox, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const failed = await sandbox.failedTests(files);
  if (failed.length > 0) throw new Error(`without a mutant there are tests that fail: ${failed.join('; ')}`);
}

/** They look at the states before and after as well, so they do not say which of a batch they notice. */
const OF_SEVERAL_STATES = /waits for as long as the drain may take|every state after it finds what it reads/;

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
