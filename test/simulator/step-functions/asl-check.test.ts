import { checkDefinition, UnsupportedDefinition } from '../../../simulator/step-functions/asl-check';
import { definitionOf, FUNCTION_ARN, MACHINE_ARN, task, waitingTask, type States } from '../../local/workflow';

const known = { functions: new Set([FUNCTION_ARN]), stateMachines: new Set([MACHINE_ARN]) };

function reasonsAgainst(states: States, more: object = {}): readonly string[] {
  try {
    checkDefinition('Machine', definitionOf(states, more), known);
    return [];
  } catch (error) {
    if (error instanceof UnsupportedDefinition) return error.reasons;
    throw error;
  }
}

const choose = (rule: object, more: object = { Default: 'End' }): States => ({
  Choose: { Type: 'Choice', Choices: [{ ...rule, Next: 'End' }], ...more },
  End: { Type: 'Succeed' },
});
const retry = (retrier: object): States => ({ T: task({ Retry: [retrier] }) });
const payload = (fields: object): States => ({ T: task({}, fields) });

describe('refused when the definition is loaded', () => {
  test.each<[string, States, string]>([
    ['JSONata in a state', { T: task({ QueryLanguage: 'JSONata' }) }, 'T.QueryLanguage'],
    ['variables', { T: task({ Assign: { x: 1 } }) }, 'T.Assign'],
    ['JSONata output', { T: task({ Output: {} }) }, 'T.Output'],
    ['JSONata arguments', { T: task({ Arguments: {} }) }, 'T.Arguments'],
    ['a heartbeat', { T: task({ HeartbeatSeconds: 5 }) }, 'T.HeartbeatSeconds'],
    ['a heartbeat by path', { T: task({ HeartbeatSecondsPath: '$.h' }) }, 'T.HeartbeatSecondsPath'],
    [
      'a timeout by a path with a filter',
      { T: task({ TimeoutSeconds: undefined, TimeoutSecondsPath: '$.list[?(@.a==1)]' }) },
      'T.TimeoutSecondsPath',
    ],
    ['a task without a timeout', { T: task({ TimeoutSeconds: undefined }) }, 'T: needs TimeoutSeconds'],
    ['a timeout above the limit of a timer', { T: task({ TimeoutSeconds: 3_000_000 }) }, 'T.TimeoutSeconds'],
    ['credentials', { T: task({ Credentials: { RoleArn: 'r' } }) }, 'T.Credentials'],
    ['an unknown field', { T: task({ Retries: [] }) }, 'T.Retries'],
    ['a parallel state', { P: { Type: 'Parallel', Branches: [], End: true } }, 'P: states of type Parallel'],
    ['a map state', { M: { Type: 'Map', End: true } }, 'M: states of type Map'],
    ['another resource', { T: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) }, 'T.Resource'],
    ['a function by its own ARN', { T: task({ Resource: FUNCTION_ARN }) }, 'T.Resource'],
    [
      'an unknown function',
      { T: task({ Parameters: { FunctionName: `${FUNCTION_ARN}x`, Payload: {} } }) },
      'FunctionName',
    ],
    ['an invocation without payload', { T: task({ Parameters: { FunctionName: FUNCTION_ARN } }) }, 'needs Payload'],
    [
      'a parameter that is not supported',
      { T: task({ Parameters: { FunctionName: FUNCTION_ARN, Payload: {}, Qualifier: 'x' } }) },
      'Qualifier',
    ],
    [
      'an unknown state machine',
      {
        T: task({
          Resource: 'arn:aws:states:::states:startExecution',
          Parameters: { StateMachineArn: `${MACHINE_ARN}x` },
        }),
      },
      'StateMachineArn must be',
    ],
    [
      'a token that is not passed on',
      { T: waitingTask({ Parameters: { FunctionName: FUNCTION_ARN, Payload: {} } }) },
      'waits for a task token',
    ],
    ['a token in a task without one', payload({ 'token.$': '$$.Task.Token' }), 'T.Parameters.Payload.token.$'],
    ['a context field that is not supplied', payload({ 'x.$': '$$.Execution.RoleArn' }), 'T.Parameters.Payload.x.$'],
    ['a path with a filter', payload({ 'x.$': '$.list[?(@.a==1)]' }), 'not a plain path'],
    ['a path with a wildcard', payload({ 'x.$': '$.list[*]' }), 'not a plain path'],
    ['a recursive path', payload({ 'x.$': '$..a' }), 'not a plain path'],
    ['a path in a list', payload({ list: [{ 'x.$': '$..a' }] }), 'T.Parameters.Payload.list[0].x.$'],
    ['a ".$" field that is not a string', payload({ 'x.$': 5 }), 'must be a string'],
    ['".$" in the middle of a name', payload({ 'x.$y.$': '$.a' }), 'drops the first ".$"'],
    [
      'an intrinsic function that differs from AWS',
      payload({ 'x.$': 'States.JsonToString($.a)' }),
      'States.JsonToString',
    ],
    [
      'such a function inside another',
      payload({ 'x.$': "States.Format('{}', States.StringSplit($.a, ','))" }),
      'States.StringSplit',
    ],
    ['a backslash in a call', payload({ 'x.$': String.raw`States.Format('\{{}', $.a)` }), 'backslash'],
    ['a parenthesis in a literal', payload({ 'x.$': "States.Format('({}', $.a)" }), 'parenthesis'],
    ['a bad path in a call', payload({ 'x.$': "States.Format('{}', $..a)" }), 'not a plain path'],
    ['neither path nor call', payload({ 'x.$': 'node' }), 'neither a path'],
    ['a result selector that is not an object', { T: task({ ResultSelector: null }) }, 'T.ResultSelector'],
    ['a result path into a list', { T: task({ ResultPath: '$.a[0]' }) }, 'T.ResultPath'],
    ['a result path in brackets', { T: task({ ResultPath: "$['a']" }) }, 'T.ResultPath'],
    [
      'a catcher with a result path into a list',
      { T: task({ Catch: [{ ErrorEquals: ['X'], ResultPath: '$.a[0]', Next: 'E' }] }), E: { Type: 'Succeed' } },
      'T.Catch[0].ResultPath',
    ],
    [
      'a catcher with output',
      { T: task({ Catch: [{ ErrorEquals: ['X'], Output: {}, Next: 'E' }] }), E: { Type: 'Succeed' } },
      'T.Catch[0].Output',
    ],
    ['States.ALL beside another name', retry({ ErrorEquals: ['X', 'States.ALL'] }), 'States.ALL must be the only name'],
    [
      'States.ALL before another',
      { T: task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['X'] }] }) },
      'States.ALL must be the only name',
    ],
    ['an error that is never raised', retry({ ErrorEquals: ['States.HeartbeatTimeout'] }), 'never raised'],
    ['an interval of zero', retry({ ErrorEquals: ['X'], IntervalSeconds: 0 }), 'T.Retry[0].IntervalSeconds'],
    [
      'a longest delay below the first',
      retry({ ErrorEquals: ['X'], IntervalSeconds: 5, MaxDelaySeconds: 5 }),
      'MaxDelaySeconds must be above',
    ],
    ['a retrier with an unknown field', retry({ ErrorEquals: ['X'], MaxRetries: 5 }), 'T.Retry[0].MaxRetries'],
    ['a falsy Pass result', { P: { Type: 'Pass', Result: 0, End: true } }, 'P.Result'],
    ['a negative wait', { W: { Type: 'Wait', Seconds: -1, End: true } }, 'W.Seconds'],
    ['a choice without default', choose({ Variable: '$.a', IsPresent: true }, {}), 'Choose: needs Default'],
    ['two operators in a rule', choose({ Variable: '$.a', NumericEquals: 1, StringEquals: 'a' }), '2 operators'],
    ['a rule without operator', choose({ Variable: '$.a' }), '0 operators'],
    ['wildcards', choose({ Variable: '$.a', StringMatches: 'a*' }), 'StringMatches'],
    ['an order of booleans', choose({ Variable: '$.a', BooleanLessThan: true }), 'BooleanLessThan'],
    [
      'such a rule in a nested rule',
      choose({ Not: { And: [{ Variable: '$.a', StringMatches: 'a*' }] } }),
      'Not.And[0].StringMatches',
    ],
    ['a rule on a bad path', choose({ Variable: '$..a', IsPresent: true }), 'Variable'],
    ['a failure without a name', { F: { Type: 'Fail', Cause: 'c' } }, 'F: needs Error'],
    ['a failure without a cause', { F: { Type: 'Fail', Error: 'E' } }, 'F: needs Cause'],
    ['an error computed by a function', { F: { Type: 'Fail', ErrorPath: 'States.UUID()', Cause: 'c' } }, 'F.ErrorPath'],
    ['a definition that the validator refuses', { P: { Type: 'Pass', Next: 'Nowhere' } }, 'asl-validator'],
  ])('%s', (_name, states, reason) => {
    expect(reasonsAgainst(states).join('\n')).toContain(reason);
  });

  test("JSONata as the definition's language", () => {
    expect(reasonsAgainst({ T: task() }, { QueryLanguage: 'JSONata' }).join()).toContain('definition.QueryLanguage');
  });

  test("all reasons at once, with the state machine's name", () => {
    const text = definitionOf({ T: task({ Assign: {}, HeartbeatSeconds: 1 }) });
    expect(() => checkDefinition('Machine', text, known)).toThrow(/Machine.*\n- T.Assign.*\n- T.HeartbeatSeconds/s);
  });
});

test('everything that the project needs is accepted', () => {
  const states = {
    Begin: task(
      { ResultSelector: { 'node.$': '$.Payload' }, ResultPath: '$.n', Next: 'Wait' },
      { list: [{ 'id.$': "$.list[0]['a b']" }] },
    ),
    Wait: waitingTask({
      TimeoutSeconds: undefined,
      TimeoutSecondsPath: '$.drain.seconds',
      ResultPath: null,
      Retry: [
        {
          ErrorEquals: ['States.Timeout'],
          IntervalSeconds: 1,
          MaxAttempts: 0,
          MaxDelaySeconds: 9,
          JitterStrategy: 'FULL',
        },
      ],
      Catch: [
        { ErrorEquals: ['Lost'], Next: 'Restart' },
        { ErrorEquals: ['States.ALL'], ResultPath: '$.why', Next: 'Fail' },
      ],
      Next: 'Restart',
    }),
    Restart: {
      ...task({ Next: 'Done', Resource: 'arn:aws:states:::states:startExecution' }),
      Parameters: {
        'StateMachineArn.$': '$$.StateMachine.Id',
        'Name.$': "States.Format('{}-{}', $.a, $$.Execution.Name)",
        Input: { 'a.$': '$.a' },
      },
    },
    Done: { Type: 'Succeed' },
    Fail: { Type: 'Fail', ErrorPath: '$.why.Error', CausePath: '$.why.Cause' },
  };
  expect(reasonsAgainst(states, { Comment: 'c', TimeoutSeconds: 3600 })).toEqual([]);
});
