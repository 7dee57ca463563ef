/** The transitions are those of the definitions, and are counted from the histories of executions. */
import { OPERATION_KINDS } from '../../../domain/node/stateful-node';
import { nameOf, TransitionCounter, TRANSITIONS, transitionsOf } from '../../../fault-simulation/scenario/transitions';
import { failure, MACHINE_ARN, task, workflow } from '../../local/workflow';

const DEFINITION = {
  StartAt: 'Work',
  States: {
    Work: task({
      ResultPath: null,
      Retry: [
        { ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 2 },
        { ErrorEquals: ['Late', 'Lost'], IntervalSeconds: 1, MaxAttempts: 2 },
      ],
      Catch: [
        { ErrorEquals: ['Gone'], ResultPath: '$.error', Next: 'Which?' },
        { ErrorEquals: ['States.ALL'], Next: 'Failed' },
      ],
      Next: 'Which?',
    }),
    'Which?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.way', NumericEquals: 1, Next: 'Pause' }],
      Default: 'Done',
    },
    Pause: { Type: 'Wait', Seconds: 5, Next: 'Done' },
    Done: { Type: 'Succeed' },
    Failed: { Type: 'Fail', Error: 'Failed', Cause: 'It failed.' },
  },
};

const transitions = transitionsOf('pause', JSON.stringify(DEFINITION));

test('a definition has every way out of every state as a transition', () => {
  expect(transitions.map(nameOf)).toEqual([
    'Work: Next -> Which?',
    'Work: catch Gone -> Which?',
    'Work: catch States.ALL -> Failed',
    'Work: retry Busy',
    'Work: retry Late…',
    'Which?: rule 1 -> Pause',
    'Which?: Default -> Done',
    'Pause: Next -> Done',
    'Done: end',
    'Failed: fail',
  ]);
});

test('a Choice that leads to the same state twice is refused', () => {
  const Choices = [{ Next: 'Done' }, { Next: 'Done' }];
  const text = JSON.stringify({ States: { 'Which?': { Type: 'Choice', Choices } } });
  expect(() => transitionsOf('pause', text)).toThrow('pause: "Which?" leads to the same state twice');
});

test('the names of the deployed transitions are unique in each machine', () => {
  for (const kind of OPERATION_KINDS) {
    const names = TRANSITIONS.filter(({ machine }) => machine === kind).map(nameOf);
    expect(names.length).toBeGreaterThan(25);
    expect(new Set(names).size).toBe(names.length);
  }
});

/**
 * Runs the definition and returns the counts.
 * @param errors of the task's attempts, in turn; after them it succeeds
 * @param abortAtMs milliseconds since the start
 */
async function countsOf(errors: readonly string[], way: number, abortAtMs = Infinity): Promise<unknown> {
  const left = [...errors];
  const machine = workflow(DEFINITION.States, async () => {
    const error = left.shift();
    if (error !== undefined) throw failure(error);
    return null;
  });
  const execution = machine.stepFunctions.start(MACHINE_ARN, { way });
  if (abortAtMs < Infinity) {
    await machine.clock.advance(abortAtMs);
    machine.stepFunctions.abort(execution.arn);
  }
  await machine.clock.run();
  const counter = new TransitionCounter(transitions);
  for (const entry of execution.history) counter.add({ ...execution, stateMachineName: 'Holdfast-pause-node' }, entry);
  return counter.counts();
}

test.each([
  [
    'a Choice by its rule',
    [],
    1,
    { 'Work: Next -> Which?': 1, 'Which?: rule 1 -> Pause': 1, 'Pause: Next -> Done': 1, 'Done: end': 1 },
  ],
  ['a Choice by its Default', [], 2, { 'Work: Next -> Which?': 1, 'Which?: Default -> Done': 1, 'Done: end': 1 }],
  [
    'each retrier by itself',
    ['Lost', 'Busy', 'Late'],
    2,
    {
      'Work: retry Late…': 2,
      'Work: retry Busy': 1,
      'Work: Next -> Which?': 1,
      'Which?: Default -> Done': 1,
      'Done: end': 1,
    },
  ],
  [
    'a catcher with the target of Next',
    ['Gone'],
    2,
    { 'Work: catch Gone -> Which?': 1, 'Which?: Default -> Done': 1, 'Done: end': 1 },
  ],
  [
    'an error that its retrier gives up on',
    ['Busy', 'Busy', 'Busy'],
    2,
    { 'Work: retry Busy': 2, 'Work: catch States.ALL -> Failed': 1, 'Failed: fail': 1 },
  ],
])('%s is counted', async (_name, errors, way, expected) => {
  expect(await countsOf(errors, way)).toEqual({ pause: expected });
});

test('an aborted execution counts what it took', async () => {
  const expected = { 'Work: Next -> Which?': 1, 'Which?: rule 1 -> Pause': 1 };
  expect(await countsOf([], 1, 2_000)).toEqual({ pause: expected });
});
