/** The program: reads the options, shows each mutant to the worlds and to the tests, and prints the report. */
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
import { noticedByTests } from './tests';
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
  await showToWorlds(mutants, definitions, kept, request.mostStates, complain);
  const left = mutants.filter(({ id }) => kept.of(id)?.how === 'survived');
  if (request.until !== 'worlds') {
    for await (const { mutant, what } of noticedByTests(left, definitions, request.until, complain)) {
      kept.keep(mutant.id, { how: 'tests', what });
    }
  }
  const results = mutants.flatMap((mutant): Result[] => {
    const verdict = kept.of(mutant.id);
    return verdict === undefined ? [] : [{ mutant: { id: mutant.id, kind: mutant.kind, text: mutant.text }, verdict }];
  });
  write(request.json ? jsonReport(results) : textReport(results));
  return survivorsOf(results).length === 0 ? ExitStatus.passed : ExitStatus.failed;
}

async function showToWorlds(
  mutants: readonly Mutant[],
  definitions: Originals,
  kept: KeptVerdicts,
  mostStates: number,
  complain: Terminal['complain'],
): Promise<void> {
  const fresh = mutants.filter(({ id }) => kept.of(id) === undefined);
  if (fresh.length === 0) return;
  const baselines = await measureAll(definitions, mostStates, complain);
  for (const mutant of fresh) {
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
