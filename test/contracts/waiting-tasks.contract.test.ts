/** The promises of `WaitingTasks`: a token wakes its execution once, and is ignored afterwards. */
import { ReplacementLost } from '../../domain/errors';
import { waitingTasks } from '../../lambdas/adapters/step-functions';
import type { WaitingTasks } from '../../lambdas/ports';
import { InMemoryPorts } from '../lambdas/in-memory-ports';
import { MACHINE_ARN, waitingTask, workflow } from '../local/workflow';

// The validator compiles its schemas anew for every definition, which would be most of this file's time.
jest.mock('asl-validator', () => ({ __esModule: true, default: () => ({ isValid: true }) }));

/** How a wait has ended; undefined while it lasts. */
type Outcome = { readonly output: unknown } | { readonly error: string; readonly cause: string } | undefined;

interface Opened {
  readonly port: WaitingTasks;
  /** Starts an execution that waits. Returns its token. */
  wait(): Promise<string>;
  timeOut(taskToken: string): Promise<void>;
  outcomeOf(taskToken: string): Promise<Outcome>;
}

const TIMED_OUT = 'States.Timeout';

function openInMemory(): Opened {
  const ports = new InMemoryPorts();
  let waits = 0;
  return {
    port: ports.waitingTasks,
    wait: async () => `token-${(waits += 1)}`,
    timeOut: async (taskToken) => void ports.wokenTasks.set(taskToken, { error: TIMED_OUT, cause: '' }),
    outcomeOf: async (taskToken) => ports.wokenTasks.get(taskToken),
  };
}

function openOnStepFunctions(): Opened {
  const tokens: string[] = [];
  const { clock, stepFunctions } = workflow({ Await: waitingTask() }, async (payload) => {
    tokens.push((payload as { readonly taskToken: string }).taskToken);
    return null;
  });
  return {
    port: waitingTasks(stepFunctions.client),
    wait: async () => {
      stepFunctions.start(MACHINE_ARN, {});
      await clock.advance(1_000);
      return tokens.at(-1) ?? '';
    },
    timeOut: () => clock.advance(60_000),
    outcomeOf: async (taskToken) => {
      await clock.advance(1_000);
      const { status, output, error = '', cause = '' } = stepFunctions.executions()[tokens.indexOf(taskToken)]!;
      if (status === 'RUNNING') return undefined;
      return status === 'SUCCEEDED' ? { output } : { error, cause };
    },
  };
}

describe.each([
  { implementation: 'in memory', open: openInMemory },
  { implementation: 'the Step Functions adapter', open: openOnStepFunctions },
])('WaitingTasks, $implementation', ({ open }) => {
  const lost = new ReplacementLost('i-1 has ended');
  let opened: Opened;
  beforeEach(() => {
    opened = open();
  });
  const port = () => opened.port;

  test('a task waits until it is woken', async () => {
    const taskToken = await opened.wait();

    await expect(opened.outcomeOf(taskToken)).resolves.toBeUndefined();
  });

  test('a task succeeds with the output, and no other task does', async () => {
    const other = await opened.wait();
    const taskToken = await opened.wait();
    await port().succeed(taskToken, { instanceId: null });

    await expect(opened.outcomeOf(taskToken)).resolves.toEqual({ output: { instanceId: null } });
    await expect(opened.outcomeOf(other)).resolves.toBeUndefined();
  });

  test('a task fails under the name of the error, with its message', async () => {
    const taskToken = await opened.wait();
    await port().fail(taskToken, lost);

    await expect(opened.outcomeOf(taskToken)).resolves.toEqual({ error: 'ReplacementLost', cause: 'i-1 has ended' });
  });

  test('a token that was used is ignored: the first callback counts', async () => {
    const taskToken = await opened.wait();
    await port().succeed(taskToken, 'first');
    await port().succeed(taskToken, 'second');
    await port().fail(taskToken, lost);

    await expect(opened.outcomeOf(taskToken)).resolves.toEqual({ output: 'first' });
  });

  test('a token that has expired is ignored', async () => {
    const taskToken = await opened.wait();
    await opened.timeOut(taskToken);
    await port().succeed(taskToken, {});
    await port().fail(taskToken, lost);

    await expect(opened.outcomeOf(taskToken)).resolves.toMatchObject({ error: TIMED_OUT });
  });

  test('a token that no task has is ignored', async () => {
    await expect(port().succeed('never given', {})).resolves.toBeUndefined();
    await expect(port().fail('never given', lost)).resolves.toBeUndefined();
  });
});
