/** The definitions are evaluated as Step Functions does. */
import {
  appliesTo,
  chosen,
  filled,
  minutesOf,
  parseDefinition,
  valueAt,
  withResult,
  type Retrier,
} from '../../exploration/definition';
import { deployedDefinitions } from '../../exploration/worlds';

const scope = { data: { drain: { seconds: 60 }, node: { taken: true } }, context: { Execution: { Id: 'x' } } };

it('reads every deployed definition', () => {
  expect(Object.keys(deployedDefinitions()).sort()).toEqual(['adjust', 'delete', 'launch', 'pause', 'replace']);
});

it('refuses a definition that uses what it does not evaluate', () => {
  const text = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Task', InputPath: '$.a', Next: 'B' } } });

  expect(() => parseDefinition(text, 'pause')).toThrow('pause: A: InputPath cannot be explored');
});

it.each([
  ['$.drain.seconds', 60],
  ['$$.Execution.Id', 'x'],
  ['$', scope.data],
])('%s', (path, expected) => {
  expect(valueAt(path, scope)).toEqual(expected);
});

it('a path to nothing is an error, as it is on Step Functions', () => {
  expect(() => valueAt('$.error.Cause', scope)).toThrow('States.ParameterPathFailure: $.error.Cause');
});

it('fills a template with the values at its paths', () => {
  expect(filled({ step: 'x', 'seconds.$': '$.drain.seconds', owned: { 'taken.$': '$.node.taken' } }, scope)).toEqual({
    step: 'x',
    seconds: 60,
    owned: { taken: true },
  });
});

it.each([
  [null, { a: 1 }],
  ['$', 'result'],
  [undefined, 'result'],
  ['$.error', { a: 1, error: 'result' }],
])('puts a result at %s', (path, expected) => {
  expect(withResult({ a: 1 }, path, 'result')).toEqual(expected);
});

const choice = {
  Type: 'Choice',
  Choices: [
    { Variable: '$.drain.seconds', NumericGreaterThan: 60, Next: 'long' },
    { Variable: '$.node.taken', BooleanEquals: false, Next: 'not taken' },
    { Variable: '$.node.kind', StringEquals: 'hot', Next: 'hot' },
  ],
  Default: 'otherwise',
} as const;

it.each([
  [61, true, 'cold', 'long'],
  [60, false, 'cold', 'not taken'],
  [60, true, 'hot', 'hot'],
  [60, true, 'cold', 'otherwise'],
  // A value of another type does not match.
  ['61', true, 'cold', 'otherwise'],
])('%s seconds, taken %s, %s: %s', (seconds, taken, kind, expected) => {
  const data = { drain: { seconds }, node: { taken, kind } };

  expect(chosen(choice, { data, context: null })).toBe(expected);
});

it.each([
  [['A', 'B'], 'B', true],
  [['A'], 'B', false],
  [['States.ALL'], 'anything', true],
])('%j applies to %s: %s', (ErrorEquals, error, expected) => {
  expect(appliesTo({ ErrorEquals, Next: 'N' }, error)).toBe(expected);
});

const retrier: Retrier = { ErrorEquals: [], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 30, MaxDelaySeconds: 10 };

it.each([
  // 1 + 2 + 4 + 8 + 26 x 10 = 275 s, and half of that with jitter.
  ['pauses', retrier, 'Throttled', 4],
  ['pauses with jitter', { ...retrier, JitterStrategy: 'FULL' as const }, 'Throttled', 2],
  ['attempts that wait', { ...retrier, BackoffRate: 1 }, 'States.Timeout', 20],
  ['attempts that poll', { ...retrier, IntervalSeconds: 2, BackoffRate: 1, MaxAttempts: 60 }, 'InterfaceNotFree', 7],
  ['few short pauses', { ...retrier, MaxAttempts: 2 }, 'Throttled', 1],
  ['none', { ...retrier, MaxAttempts: 0 }, 'Throttled', 0],
])('the minutes of %s', (_what, policy, error, expected) => {
  expect(minutesOf(policy, error, 40)).toBe(expected);
});
