/** The program: reads the options, shows each mutant to the tests and to the worlds, and prints the report. */
import type { Definition } from '../../exploration/definition';
import { BY_EVENTS_ALONE, SMALL } from '../../exploration/worlds';
import { readDefinition } from '../../infra/workflows/definitions';
import { KeptVerdicts } from './kept-verdicts';
import { canNotice, look, measure, type Baseline, type Notice } from './look';
import { MUTATED_KINDS, mutantsOf, type Mutant, type Originals } from './mutants';
import { ExitStatus, refuse, type Terminal } from '../command/terminal';
import { readOptions, USAGE, type Request } from './options';
import { jsonReport, survivorsOf, textReport, type Result } from './report';
import { selected } from './select';
import { noticedByDefinitions, noticedByPlays, type NoticedByTest } from './tests';
import { validOf } from './valid';

type Run = Extract<Request, { kind: 'run' }>;

/** A mutant that the quickest of the worlds that meet it do not notice is most likely one that changes nothing. */
const MOST_WORLDS = 12;

/** @returns the exit status */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const request = readOptions(argv);
  switch (request.kind) {
    case 'help':
      terminal.write(USAGE);
      return ExitStatus.passed;
    case 'invalid':
      return refuse(terminal, 'The definitions cannot be mutated with these options', request.problems, USAGE);
    case 'list':
      terminal.write(
        mutantsIn(originals(), request)
          .map(({ id, text }) => `${id} ${text}\n`)
          .join(''),
      );
      return ExitStatus.passed;
    case 'run':
      return run(request, terminal);
  }
}

async function run(request: Run, { write, complain }: Terminal): Promise<number> {
  const definitions = originals();
  const mutants = mutantsIn(definitions, request);
  const kept = new KeptVerdicts(request.results);
  const keepAll = async (noticed: AsyncGenerator<NoticedByTest>): Promise<void> => {
    for await (const { mutant, what } of noticed) kept.keep(mutant.id, { how: 'tests', what });
  };
  await keepAll(noticedByDefinitions(unjudged(mutants, kept), definitions, complain));
  if (request.until !== 'definitions') {
    await showToWorlds(unjudged(mutants, kept), definitions, kept, request.mostStates, complain);
  }
  if (request.until === 'plays') {
    const left = mutants.filter(({ id }) => kept.of(id)?.how === 'survived');
    await keepAll(noticedByPlays(left, definitions, complain));
  }
  const results = mutants.map(({ id, kind, text }): Result => {
    return { mutant: { id, kind, text }, verdict: kept.of(id) ?? { how: 'survived', isMet: false } };
  });
  write(request.json ? jsonReport(results) : textReport(results));
  return survivorsOf(results).length === 0 ? ExitStatus.passed : ExitStatus.failed;
}

function unjudged(mutants: readonly Mutant[], kept: KeptVerdicts): readonly Mutant[] {
  return mutants.filter(({ id }) => kept.of(id) === undefined);
}

async function showToWorlds(
  mutants: readonly Mutant[],
  definitions: Originals,
  kept: KeptVerdicts,
  mostStates: number,
  complain: Terminal['complain'],
): Promise<void> {
  if (mutants.length === 0) return;
  const baselines = await measureAll(definitions, mostStates, complain);
  for (const mutant of mutants) {
    const able = baselines.filter((each) => canNotice(each, mutant, definitions[mutant.kind]));
    const notice = await firstNotice(able, mutant, definitions);
    kept.keep(mutant.id, notice ?? { how: 'survived', isMet: able.length > 0 });
    complain(`${mutant.id} ${notice === undefined ? 'not noticed' : `${notice.how}, ${notice.world}`}\n`);
  }
}

/** The quickest worlds first. */
async function measureAll(
  definitions: Originals,
  mostStates: number,
  complain: Terminal['complain'],
): Promise<readonly Baseline[]> {
  const baselines: Baseline[] = [];
  for (const world of [...SMALL, ...BY_EVENTS_ALONE]) {
    const baseline = await measure(world, definitions, mostStates);
    if (baseline === undefined) complain(`${world.name} is left out: it does not hold, or has too many states\n`);
    else baselines.push(baseline);
  }
  return baselines.sort((a, b) => a.seconds - b.seconds);
}

async function firstNotice(
  able: readonly Baseline[],
  mutant: Mutant,
  definitions: Originals,
): Promise<Notice | undefined> {
  for (const baseline of able.slice(0, MOST_WORLDS)) {
    const notice = await look(baseline, mutant, definitions);
    if (notice !== undefined) return notice;
  }
  return undefined;
}

function originals(): Originals {
  const of = (kind: (typeof MUTATED_KINDS)[number]): Definition => JSON.parse(readDefinition(kind)) as Definition;
  return { replace: of('replace'), pause: of('pause'), adjust: of('adjust'), delete: of('delete') };
}

function mutantsIn(definitions: Originals, { selection }: Pick<Run, 'selection'>): readonly Mutant[] {
  const all = MUTATED_KINDS.flatMap((kind) => mutantsOf(kind, definitions[kind]));
  return validOf(selected(all, selection), definitions);
}
