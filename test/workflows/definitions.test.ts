/** The definitions held against the code: error names, step names, and one way of calling each step. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as errors from '../../domain/errors';
import type { HoldfastError } from '../../domain/errors';
import { stepEvent } from '../../lambdas/step-event';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly Payload: { readonly step: string } & Readonly<Record<string, unknown>> };
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Next?: string;
}

const FOLDER = join(__dirname, '..', '..', 'statemachines');
const DEFINITIONS = readdirSync(FOLDER).map((file) => {
  const { States } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { States: Record<string, State> };
  return { machine: file.replace('.asl.json', ''), states: Object.entries(States) };
});
const TASKS = DEFINITIONS.flatMap(({ machine, states }) =>
  states.filter(([, { Type }]) => Type === 'Task').map(([name, state]) => ({ machine, name, state })),
);

const ERROR_CLASSES = Object.values(errors).filter((value) => value !== errors.HoldfastError) as unknown as (new (
  message: string,
) => HoldfastError)[];
const ERRORS = ERROR_CLASSES.map((ErrorClass) => new ErrorClass(''));
const namesOf = (category: string) => ERRORS.filter((error) => error.category === category).map(({ name }) => name);

/** What Lambda and Step Functions themselves raise, which says nothing about the effect: the step is run again. */
const PLATFORM_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Sandbox.Timedout',
  'States.Timeout',
];

const retried = (state: State) => (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
const caught = (state: State) => (state.Catch ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);

test.each(TASKS)('$machine, "$name": every error name exists', ({ state }) => {
  const known = [...ERRORS.map(({ name }) => name), ...PLATFORM_ERRORS, 'States.ALL'];
  expect(known).toEqual(expect.arrayContaining([...retried(state), ...caught(state)]));
});

/** Only steps that meet an interface can find it not free. */
const MEET_AN_INTERFACE = new Set([
  'detach-eni',
  'attach-eni',
  'launch-instance',
  'confirm-node',
  'release-identity',
  'fail-operation',
]);

test.each(TASKS)('$machine, "$name": every transient error is retried, and every platform error', ({ state }) => {
  const { step } = state.Parameters?.Payload ?? {};
  const expected = [...namesOf('transient'), ...PLATFORM_ERRORS].filter(
    (name) => name !== 'InterfaceNotFree' || MEET_AN_INTERFACE.has(step ?? ''),
  );
  expect(retried(state)).toEqual(expect.arrayContaining(expected));
});

test.each(TASKS)('$machine, "$name": permanent, capacity and conflict errors are not retried', ({ state }) => {
  const lasting = [...namesOf('permanent'), ...namesOf('capacity'), ...namesOf('conflict')];
  expect(retried(state).filter((name) => lasting.includes(name))).toEqual([]);
});

test('every conflict is caught somewhere, by its name', () => {
  const everywhere = new Set(TASKS.flatMap(({ state }) => caught(state)));
  expect([...everywhere]).toEqual(expect.arrayContaining(namesOf('conflict')));
});

/** Before the node is taken there is nothing to record a failure on, and after it is released nothing to fail. */
const ENDINGS = ['confirm-node', 'settle-pause', 'apply-settings'];
const OUTSIDE_OWNERSHIP = ['take-node', 'wind-up', 'fail-operation'];

test.each(TASKS.filter(({ state }) => !OUTSIDE_OWNERSHIP.includes(state.Parameters?.Payload.step ?? '')))(
  '$machine, "$name": stops when the node is lost, and records any other failure',
  ({ state }) => {
    // A step that ends an operation may have lost the node to its own first try, whose answer was lost.
    const next = ENDINGS.includes(state.Parameters?.Payload.step ?? '') ? 'Wind up' : 'Another operation owns the node';
    expect(state.Catch?.[0]).toMatchObject({ ErrorEquals: ['OwnershipLost'], Next: next });
    expect(state.Catch?.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Record the failure' });
  },
);

test.each(TASKS)('$machine, "$name" has a timeout', ({ state }) => {
  expect(state.TimeoutSeconds).toBeGreaterThan(0);
});

test.each(TASKS)('$machine, "$name" calls a step with an input that the step takes', ({ state }) => {
  const payload = { ...state.Parameters?.Payload };
  const sample: Record<string, unknown> = {
    nodeId: 'smi-12345678',
    generation: 1,
    trigger: {},
    executionId: 'arn',
    taskToken: 'token',
    error: { Error: 'Name', Cause: 'why' },
  };
  const input = Object.fromEntries(
    Object.entries(payload).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), sample[key.slice(0, -2)]] : [key, value],
    ),
  );
  expect(stepEvent.safeParse(input)).toMatchObject({ success: true });
});

test('every step is used by a definition', () => {
  const used = new Set(TASKS.map(({ state }) => state.Parameters?.Payload.step));
  const known = stepEvent.options.map((option) => option.shape.step.value);
  expect([...used].sort()).toEqual([...known].sort());
});

test('a step is called the same way wherever it is called, but for where it leads', () => {
  const calls = new Map<string, string>();
  for (const { state } of TASKS) {
    const { Parameters, Resource, TimeoutSeconds, Retry } = state;
    const { operation: _which, ...payload } = Parameters?.Payload ?? { step: '' };
    const key = JSON.stringify([payload.step, payload['which']]);
    const call = JSON.stringify({ payload, Resource, TimeoutSeconds, Retry });
    expect(calls.get(key) ?? call).toBe(call);
    calls.set(key, call);
  }
});

const CARRYING = DEFINITIONS.filter(({ machine }) => ['launch-node', 'replace-node'].includes(machine));

test.each(CARRYING)('$machine shows the four steps that the system is about, by name', ({ states }) => {
  const names = states.map(([name]) => name).join('\n');
  for (const attachment of ['Cold', 'Hot']) {
    expect(names).toContain(`${attachment}: detach the persisted ENI`);
    expect(names).toMatch(new RegExp(`${attachment}: launch the (replacement|instance)`));
    expect(names).toContain(`${attachment}: attach the ENI`);
    expect(names).toContain(`${attachment}: reassociate the EIP`);
  }
});
