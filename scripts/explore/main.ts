/** The explorer's program: reads the options, prints the report, returns the exit status. */
import { countsOf, differenceBetween, readBaseline, writeBaseline } from '../../exploration/baseline';
import { Explorer, type Exploration } from '../../exploration/explore';
import { tell } from '../../exploration/story';
import { deployedDefinitions, WORLDS } from '../../exploration/worlds';
import { ExitStatus, refuse, type Terminal } from '../command/terminal';
import { readOptions, USAGE, type Request } from './options';

type Of<Kind extends Request['kind']> = Extract<Request, { kind: Kind }>;

/** @returns the exit status */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const request = readOptions(argv);
  switch (request.kind) {
    case 'help':
      terminal.write(USAGE);
      return ExitStatus.passed;
    case 'invalid':
      return refuse(terminal, 'The explorer cannot run with these options', request.problems, USAGE);
    case 'list':
      terminal.write(WORLDS.map(({ name, about }) => `${name.padEnd(40)} ${about}\n`).join(''));
      return ExitStatus.passed;
    case 'replay':
      return replay(request, terminal);
    case 'explore':
      return exploreAll(request, terminal);
  }
}

async function replay({ world, path }: Of<'replay'>, { write, complain }: Terminal): Promise<number> {
  try {
    const { lines, violations, next } = await tell(new Explorer(world, deployedDefinitions()), path);
    const wrong = violations.map((what) => `Wrong: ${what}\n`).join('');
    write(`${lines.join('\n')}\n\n${wrong}What may happen next:\n${next.map((each) => `  ${each}\n`).join('')}`);
    return violations.length === 0 ? ExitStatus.passed : ExitStatus.failed;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    complain(`${error.message}\n`);
    return ExitStatus.misused;
  }
}

/** A world and what came of it. */
interface Result extends Exploration {
  readonly world: string;
  readonly seconds: number;
  /** What is wrong, one sentence each. */
  readonly faults: readonly string[];
}

async function exploreAll(request: Of<'explore'>, terminal: Terminal): Promise<number> {
  const definitions = deployedDefinitions();
  const results: Result[] = [];
  for (const world of request.worlds) {
    const explorer = new Explorer(world, definitions);
    const startedAt = performance.now();
    const found = await explorer.explore({ states: request.mostStates });
    const seconds = (performance.now() - startedAt) / 1000;
    const result = { world: world.name, seconds, ...found, faults: await faultsOf(explorer, found, request) };
    results.push(result);
    if (!request.json) terminal.write(lineOf(result));
  }
  if (request.isBaseline) writeBaseline(Object.fromEntries(results.map((each) => [each.world, countsOf(each)])));
  const failed = results.filter(({ faults }) => faults.length > 0).length;
  const report = { passed: results.length - failed, failed, worlds: results };
  terminal.write(request.json ? `${JSON.stringify(report, null, 2)}\n` : summaryOf(results, failed));
  return failed === 0 ? ExitStatus.passed : ExitStatus.failed;
}

async function faultsOf(
  explorer: Explorer,
  found: Exploration,
  { isBaseline }: Of<'explore'>,
): Promise<readonly string[]> {
  const { name } = explorer.world;
  const recorded = isBaseline ? undefined : readBaseline()[name];
  const difference = recorded && differenceBetween(found, recorded);
  const stories = found.violations.map(async ({ what, path }) => {
    if (path.length === 0) return what;
    const { lines } = await tell(explorer, path);
    const story = lines.map((line) => `    ${line}\n`).join('');
    return `${what}\n${story}    npm run explore -- --world ${name} --replay ${path.join('.')}`;
  });
  return [
    ...(await Promise.all(stories)),
    ...(found.isComplete || found.violations.length > 0
      ? []
      : ['it has more states than it may have: it is not complete']),
    // A violation ends the exploration, so the counts say nothing then.
    ...(difference === undefined || found.violations.length > 0
      ? []
      : [`the ways through it have changed: ${difference}`]),
  ];
}

function lineOf({ world, states, transitions, depth, seconds, faults }: Result): string {
  const counts = `${states} states, ${transitions} transitions, depth ${depth}, ${seconds.toFixed(1)} s`;
  return `${world.padEnd(40)} ${counts}\n${faults.map((fault) => `  ${fault}\n`).join('')}`;
}

function summaryOf(results: readonly Result[], failed: number): string {
  const states = results.reduce((sum, each) => sum + each.states, 0);
  const seconds = results.reduce((sum, each) => sum + each.seconds, 0);
  return `${results.length - failed} worlds hold, ${failed} do not: ${states} states in ${seconds.toFixed(0)} s\n`;
}
