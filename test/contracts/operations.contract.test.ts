/** The promises of `Operations`: a name starts one execution, and what has ended does not run. */
import { operations } from '../../lambdas/adapters/step-functions';
import type { Operations } from '../../lambdas/ports';
import { OPERATION_KINDS } from '../../domain/node/stateful-node';
import { LocalStepFunctions } from '../../simulator/step-functions/step-functions';
import { VirtualClock } from '../../simulator/time/clock';
import { Random } from '../../simulator/time/random';
import { NODE_ID } from '../domain/builders';
import { InMemoryPorts } from '../lambdas/in-memory-ports';
import { definitionOf } from '../local/workflow';

// The validator compiles its schemas anew for every definition, which would be most of this file's time.
jest.mock('asl-validator', () => ({ __esModule: true, default: () => ({ isValid: true }) }));

interface Opened {
  readonly port: Operations;
  /** Ends an execution as a person would. */
  end(executionId: string): void;
}

const ARN_PREFIX = 'arn:aws:states:us-east-1:123456789012:stateMachine:holdfast-';

function openInMemory(): Opened {
  const ports = new InMemoryPorts();
  return { port: ports.operations, end: (executionId) => void ports.endedExecutions.add(executionId) };
}

function openOnStepFunctions(): Opened {
  const stepFunctions = new LocalStepFunctions({
    clock: new VirtualClock(),
    random: new Random(1),
    invokeFunction: async () => null,
  });
  const definition = definitionOf({ Hold: { Type: 'Wait', Seconds: 3600, End: true } });
  const machines = OPERATION_KINDS.map((kind) => `${kind}-node`);
  stepFunctions.load(
    machines.map((name) => ({ arn: `${ARN_PREFIX}${name}`, name, definition })),
    [],
  );
  return {
    port: operations(stepFunctions.client, ARN_PREFIX),
    end: (executionId) => stepFunctions.abort(executionId),
  };
}

describe.each([
  { implementation: 'in memory', open: openInMemory },
  { implementation: 'the Step Functions adapter', open: openOnStepFunctions },
])('Operations, $implementation', ({ open }) => {
  const request = { nodeId: NODE_ID, reason: 'because' };
  let opened: Opened;
  beforeEach(() => {
    opened = open();
  });
  const port = () => opened.port;
  const running = async (): Promise<readonly string[]> => [...(await port().running())];

  test('nothing runs before an operation is started', async () => {
    await expect(running()).resolves.toEqual([]);
  });

  test.each(OPERATION_KINDS)('an operation runs once it is started: %s', async (kind) => {
    await port().start(kind, request, 'once');
    const [executionId = '', ...others] = await running();

    expect(others).toEqual([]);
    await expect(port().hasEnded(executionId)).resolves.toBe(false);
  });

  test('operations of every kind run at the same time, under one name as well', async () => {
    for (const kind of OPERATION_KINDS) await port().start(kind, request, 'once');

    await expect(running()).resolves.toHaveLength(OPERATION_KINDS.length);
  });

  test('a second start under the same name does nothing, whatever it asks for', async () => {
    await port().start('replace', request, 'once');
    const before = await running();
    await port().start('replace', request, 'once');
    await port().start('replace', { ...request, reason: 'for another reason' }, 'once');

    await expect(running()).resolves.toEqual(before);
  });

  test('another name starts another operation', async () => {
    await port().start('replace', request, 'once');
    await port().start('replace', request, 'twice');

    await expect(running()).resolves.toHaveLength(2);
  });

  test('an operation that has ended does not run, and leaves the others running', async () => {
    await port().start('replace', request, 'once');
    const [ended = ''] = await running();
    await port().start('launch', request, 'twice');
    opened.end(ended);

    await expect(port().hasEnded(ended)).resolves.toBe(true);
    const left = await running();
    expect(left).toHaveLength(1);
    expect(left).not.toContain(ended);
  });

  test('a name stays used after its operation has ended', async () => {
    await port().start('replace', request, 'once');
    const [ended = ''] = await running();
    opened.end(ended);
    await port().start('replace', request, 'once');

    await expect(running()).resolves.toEqual([]);
  });

  test('an execution that is not known has ended', async () => {
    await expect(
      port().hasEnded('arn:aws:states:us-east-1:123456789012:execution:holdfast-replace-node:of-old'),
    ).resolves.toBe(true);
  });
});
