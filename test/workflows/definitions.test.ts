/** Compares the deployed definitions with the code: error names, step names, and one way to call each step. */
import * as errors from '../../domain/errors';
import type { HoldfastError } from '../../domain/errors';
import { stepEvent } from '../../lambdas/steps/step-event';
import { DEFINITIONS, TASKS, type State } from './deployed-definitions';

test('there are five machines', () => {
  const names = ['adjust-node', 'delete-node', 'launch-node', 'pause-node', 'replace-node'];
  expect(DEFINITIONS.map(({ machine }) => machine)).toEqual(names);
});

const ERROR_CLASSES = Object.values(errors).filter((value) => value !== errors.HoldfastError) as unknown as (new (
  message: string,
) => HoldfastError)[];
const ERRORS = ERROR_CLASSES.map((ErrorClass) => new ErrorClass(''));
const namesOf = (category: string) => ERRORS.filter((error) => error.category === category).map(({ name }) => name);

/** Errors of Lambda and Step Functions themselves. They say nothing about the effect, so the step is run again. */
const PLATFORM_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
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

/** Only steps that use an interface can find it in use. */
const USE_AN_INTERFACE = new Set(['detach-eni', 'attach-eni', 'launch-instance', 'confirm-node', 'release-identity']);

test.each(TASKS)('$machine, "$name": every transient error is retried, and every platform error', ({ state }) => {
  const { step = '' } = state.Parameters?.Payload ?? {};
  const expected = [...namesOf('transient'), ...PLATFORM_ERRORS].filter(
    (name) =>
      (name !== 'InterfaceNotFree' || USE_AN_INTERFACE.has(step)) &&
      // The time-out of a drain is its regular end.
      (name !== 'States.Timeout' || step !== 'drain-instance'),
  );
  expect(retried(state)).toEqual(expect.arrayContaining(expected));
});

test.each(TASKS)('$machine, "$name": an interface in use is waited for only if the step uses one', ({ state }) => {
  const { step = '' } = state.Parameters?.Payload ?? {};
  expect(retried(state).includes('InterfaceNotFree')).toBe(USE_AN_INTERFACE.has(step));
});

test.each(TASKS)('$machine, "$name": permanent, capacity and conflict errors are not retried', ({ state }) => {
  const lasting = [...namesOf('permanent'), ...namesOf('capacity'), ...namesOf('conflict')];
  expect(retried(state).filter((name) => lasting.includes(name))).toEqual([]);
});

/** The sum of a retrier's pauses without jitter, in seconds: the first retrier of the error, as Step Functions takes it. */
function patienceOf(state: State, error: string): number {
  const retrier = state.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  if (retrier === undefined) return 0;
  const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds = Infinity } = retrier;
  const pauses = Array.from({ length: MaxAttempts }, (_, attempt) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt),
  );
  return pauses.reduce((sum, pause) => sum + pause, 0);
}

/** The longest that EC2 has been seen to take, in seconds: the tails of simulator/ec2/latencies.ts. */
test.each([
  { step: 'detach-eni', error: 'InterfaceNotFree', what: 'a release after a late end', seconds: 132 + 210 },
  { step: 'attach-eni', error: 'NotReady', what: 'an attachment', seconds: 150 },
])('the state of $step is patient enough for $what', ({ step, error, seconds }) => {
  const states = TASKS.filter(({ state }) => state.Parameters?.Payload['step'] === step);
  expect(states.length).toBeGreaterThan(0);
  for (const { state } of states) expect(patienceOf(state, error)).toBeGreaterThan(seconds);
});

test('every conflict is caught somewhere, by its name', () => {
  const everywhere = new Set(TASKS.flatMap(({ state }) => caught(state)));
  expect([...everywhere]).toEqual(expect.arrayContaining(namesOf('conflict')));
});

const isDrain = ({ Parameters }: State) => Parameters?.Payload.step === 'drain-instance';
const DRAINS = TASKS.filter(({ state }) => isDrain(state));

test.each(DRAINS)(
  '$machine, "$name" waits for as long as the drain may take, and only once',
  ({ machine, name, state }) => {
    expect(state).toMatchObject({ TimeoutSecondsPath: '$.drain.seconds', ResultPath: '$.drain' });
    const after = state.Catch?.find(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout'));
    const { states } = DEFINITIONS.find((each) => each.machine === machine)!;
    const [, next] = states.find(([name]) => name === after?.Next)!;
    expect(next.Parameters?.Payload.step).toBe('await-termination');
    // A time-out from a path must be more than 0, so a drain that is over is skipped.
    const [, asked] = states.find(([name]) => name === state.Next)!;
    expect(asked.Type).toBe('Choice');
    const rules = [...(asked.Choices ?? [])];
    const [again] = rules;
    const isLeft = { Variable: '$.drain.seconds', NumericGreaterThan: 0 };
    expect(again?.Next).toBe(name);
    expect([again, ...(again?.And ?? [])]).toContainEqual(expect.objectContaining(isLeft));
    // Otherwise the instance is terminated.
    expect(rules[1]?.Next ?? asked.Default).toBe(after?.Next);
  },
);

test('every machine that ends an instance drains it first', () => {
  expect(DRAINS.map(({ machine }) => machine)).toEqual(['delete-node', 'launch-node', 'pause-node', 'replace-node']);
});

test.each(TASKS)('$machine, "$name" calls a step with an input that the step takes', ({ state }) => {
  const payload = { ...state.Parameters?.Payload };
  const sample: Record<string, unknown> = {
    nodeId: 'smi-12345678',
    generation: 1,
    trigger: {},
    executionId: 'arn',
    taskToken: 'token',
    retries: 0,
    error: { Error: 'Name', Cause: 'why' },
    seconds: 90,
  };
  const input = Object.fromEntries(
    Object.entries(payload).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), sample[key.slice(0, -2)]] : [key, value],
    ),
  );
  expect(stepEvent.safeParse(input)).toMatchObject({ success: true });
});

test.each(TASKS)('$machine, "$name" names the operation and its execution for the log', ({ machine, state }) => {
  expect(state.Parameters?.Payload).toMatchObject({
    operation: machine.replace(/-node$/, ''),
    'executionId.$': '$$.Execution.Id',
  });
});

test('every step is used by a definition', () => {
  const used = new Set(TASKS.map(({ state }) => state.Parameters?.Payload.step));
  const known = stepEvent.options.map((option) => option.shape.step.value);
  expect([...used].sort()).toEqual([...known].sort());
});

test('a step is called the same way everywhere, except for its successors', () => {
  const calls = new Map<string, string>();
  for (const { state } of TASKS) {
    const { Parameters, Resource, TimeoutSeconds, TimeoutSecondsPath, Retry } = state;
    const { operation: _which, ...payload } = Parameters?.Payload ?? { step: '' };
    const key = JSON.stringify([payload.step, payload['which']]);
    const call = JSON.stringify({ payload, Resource, TimeoutSeconds, TimeoutSecondsPath, Retry });
    expect(calls.get(key) ?? call).toBe(call);
    calls.set(key, call);
  }
});

const CARRYING = DEFINITIONS.filter(({ machine }) => ['launch-node', 'replace-node'].includes(machine));

test.each(CARRYING)('$machine has the four main steps, by name', ({ states }) => {
  const names = states.map(([name]) => name).join('\n');
  expect(names).toContain('Cold: detach the persisted ENI');
  // The launch attaches a primary interface.
  expect(names).toContain('Cold: reassociate the EIP and launch the replacement');
  expect(names).toContain('Hot: launch the replacement');
  expect(names).toContain('Hot: detach the persisted ENI');
  expect(names).toContain('Hot: attach the ENI and reassociate the EIP');
});

describe('Every cycle has a wait or a bound', () => {
  /** A transition from one state to another. `because` is the error that is caught, or the outcome that is chosen. */
  interface Edge {
    readonly from: string;
    readonly to: string;
    readonly because: string;
  }

  /** The bounds of transitions back: a step keeps a count in the record, and refuses to exceed its limit. */
  const BOUNDED: readonly { readonly because: string; readonly reason: string }[] = [
    {
      because: 'caught ReplacementLost',
      // Tested in test/lambdas/steps/launch-instance.test.ts.
      reason: 'launch-instance counts the losses of an operation, and refuses the sixth',
    },
    {
      because: 'caught InterfaceMissing',
      // Tested in test/lambdas/steps/ensure-eni.test.ts.
      reason: 'ensure-eni counts the interfaces that an operation makes, and refuses the forty-first',
    },
    {
      because: 'chosen move',
      // Tested in test/domain/operation/launch.test.ts.
      reason: 'a move makes the interface that the pool needs, and ensure-eni refuses the forty-first',
    },
    {
      because: 'chosen release',
      // Tested in test/lambdas/steps/detach-eni.test.ts.
      reason: 'detach-eni returns only with a free interface once the launch has its turn, and gives up in the end',
    },
  ];

  function edgesOf(from: string, { Next, Choices = [], Default, Catch = [] }: State): readonly Edge[] {
    const always = [Next, Default].filter((to) => to !== undefined);
    return [
      ...always.map((to) => ({ from, to, because: 'always' })),
      ...Choices.map((each) => ({
        from,
        to: each.Next,
        because: `chosen ${each.StringEquals ?? each.Variable ?? 'together'}`,
      })),
      ...Catch.flatMap(({ ErrorEquals, Next: to }) =>
        ErrorEquals.map((name) => ({ from, to, because: `caught ${name}` })),
      ),
    ];
  }

  /** Whether an execution leaves the state only after a time or an event. */
  function isWaiting({ Type, Resource }: State): boolean {
    return Type === 'Wait' || Resource?.endsWith('.waitForTaskToken') === true;
  }

  /** The states on cycles: what is left after removing, again and again, states without a way in or out. */
  function onCycles(states: readonly (readonly [string, State])[]): readonly string[] {
    const passable = states.filter(([, state]) => !isWaiting(state));
    const isBounded = ({ because }: Edge) => BOUNDED.some((bound) => bound.because === because);
    let names = passable.map(([name]) => name);
    let edges = passable.flatMap(([name, state]) => edgesOf(name, state)).filter((edge) => !isBounded(edge));
    for (;;) {
      edges = edges.filter(({ from, to }) => names.includes(from) && names.includes(to));
      const left = names.filter(
        (name) => edges.some(({ from }) => from === name) && edges.some(({ to }) => to === name),
      );
      if (left.length === names.length) return left;
      names = left;
    }
  }

  test.each(DEFINITIONS)('$machine', ({ states }) => {
    expect(onCycles(states)).toEqual([]);
  });

  /** The definition with one state changed. */
  function changed(machine: string, name: string, change: Partial<State>): readonly (readonly [string, State])[] {
    const { states } = DEFINITIONS.find((each) => each.machine === machine)!;
    expect(states.map(([each]) => each)).toContain(name);
    return states.map(([each, state]) => [each, each === name ? { ...state, ...change } : state]);
  }

  test.each<{ name: string; machine: string; state: string; change: Partial<State> }>([
    {
      name: 'a failure with another try after it',
      machine: 'replace-node',
      state: 'Wind up after the failure',
      change: { Next: 'Take the node' },
    },
    {
      name: 'an error of a step that leads back to the step before',
      machine: 'launch-node',
      state: 'Cold: detach the persisted ENI',
      change: { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'How is the interface carried?' }] },
    },
    {
      name: 'a round without capacity with the next round after it',
      machine: 'launch-node',
      state: 'Hot: wait for capacity or a turn',
      change: { Type: 'Pass' },
    },
    {
      name: 'a drain that does not wait',
      machine: 'pause-node',
      state: 'Drain the instance',
      change: { Resource: 'arn:aws:states:::lambda:invoke' },
    },
    {
      name: 'a choice that leads back',
      machine: 'adjust-node',
      state: 'Has the interface been made?',
      change: { Default: 'Take the node' },
    },
    {
      name: 'a state that leads to itself',
      machine: 'delete-node',
      state: 'Release the identity',
      change: { Next: 'Release the identity' },
    },
  ])('an unbounded cycle is found: $name', ({ machine, state, change }) => {
    expect(onCycles(changed(machine, state, change))).toContain(state);
  });

  test.each(BOUNDED)('$because occurs in a definition: $reason', ({ because }) => {
    const all = DEFINITIONS.flatMap(({ states }) => states.flatMap(([name, state]) => edgesOf(name, state)));

    expect(all.map((edge) => edge.because)).toContain(because);
  });
});
