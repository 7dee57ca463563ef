import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import { definitionOf } from '../../infra/workflows/definitions';
import { readable, resourcesOf } from './synthesized-stack';

const DEFINITIONS = join(__dirname, '../../statemachines');
const machines = resourcesOf('AWS::StepFunctions::StateMachine');
const named = ['Launch', 'Replace', 'Pause', 'Adjust', 'Delete'].map((kind) => ({
  name: `Operations${kind}Node`,
  operation: kind.toLowerCase(),
  // A launch is a replacement without an old instance.
  file: `${kind === 'Launch' ? 'replace' : kind.toLowerCase()}-node.asl.yaml`,
}));

const textOf = (file: string): string => readFileSync(join(DEFINITIONS, file), 'utf8');

/** What CloudFormation does with a definition, with made-up ARNs for the references. */
function substituted({ DefinitionString: definition, DefinitionSubstitutions: substitutions }: any): string {
  return definition.replaceAll(/\$\{(\w+)\}/g, (whole: string, key: string) => {
    const value = substitutions[key];
    if (value === undefined || typeof value === 'string') return value ?? whole;
    return `arn:aws:lambda:eu-west-1:123456789012:function:${key}`;
  });
}

/** Every Task state by name, including those inside Parallel and Map states. */
function tasksOf(definition: any): [string, any][] {
  return Object.entries<any>(definition.States).flatMap(([name, state]): [string, any][] => [
    ...(state.Type === 'Task' ? [[name, state] as [string, any]] : []),
    ...(state.Branches ?? []).flatMap(tasksOf),
    ...(state.ItemProcessor ? tasksOf(state.ItemProcessor) : []),
  ]);
}

test('every definition is a state machine, and every state machine has one', () => {
  const files = new Set([...named.map(({ file }) => file), 'shared.yaml']);
  expect(readdirSync(DEFINITIONS).sort()).toEqual([...files].sort());
  expect(Object.keys(machines).sort()).toEqual(named.map(({ name }) => name).sort());
});

describe('reading a definition', () => {
  const shared = 'x-passing: &passing [Throttled]\nx-task: &task { Type: Task, ResultPath: null, End: true }\n';
  const read = (text: string): unknown => JSON.parse(definitionOf(shared, text));

  test('leaves the templates out, and lets a state add to one or change it', () => {
    const text = 'x-own: &own { Seconds: 1 }\nStates: { A: { <<: *task, ResultPath: $.a }, B: { <<: [*task, *own] } }';
    expect(read(text)).toEqual({
      States: {
        A: { Type: 'Task', ResultPath: '$.a', End: true },
        B: { Type: 'Task', ResultPath: null, End: true, Seconds: 1 },
      },
    });
  });

  test('joins a list inside a list', () => {
    expect(read('ErrorEquals: [*passing, [[States.Timeout]]]')).toEqual({
      ErrorEquals: ['Throttled', 'States.Timeout'],
    });
  });

  test('uses a template as often as it is named', () => {
    const names = Array.from({ length: 300 }, (_, index) => `S${index}`);
    const text = names.map((name) => `${name}: *task`).join('\n');
    expect(Object.keys(read(text) as object)).toEqual(names);
  });

  test.each([
    { name: 'a template that does not exist', text: 'States: *task-of-another-name', error: 'Unresolved alias' },
    { name: 'a state that is named twice', text: 'States: { A: 1, A: 2 }', error: 'Map keys must be unique' },
    { name: 'a template that is defined twice', text: 'x-task: {}', error: 'Map keys must be unique' },
  ])('refuses $name', ({ text, error }) => {
    expect(() => read(text)).toThrow(error);
  });
});

test('no retry policy is written twice, and neither is any of its errors', () => {
  const states = Object.values(machines).flatMap(({ Properties }) => tasksOf(JSON.parse(Properties.DefinitionString)));
  const policies = states.flatMap(([, { Retry }]) => Retry).map(({ ErrorEquals: _errors, ...policy }) => policy);
  const distinct = new Set(policies.map((policy) => JSON.stringify(policy, Object.keys(policy).sort())));
  const text = readdirSync(DEFINITIONS).map(textOf).join('\n');
  expect(text.match(/MaxAttempts:/g)).toHaveLength(distinct.size);
  expect(text.match(/Lambda\.Unknown/g)).toHaveLength(1);
});

describe.each(named)('$name', ({ name, operation, file }) => {
  const { Properties } = machines[name]!;

  test('is a Standard workflow with tracing and a log of errors', () => {
    expect(readable(Properties)).toMatchObject({
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ERROR',
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: `<${name}Log.Arn>` } }],
      },
    });
  });

  test('has the name that functions start it by', () => {
    expect(Properties.StateMachineName).toBe(`Holdfast-${operation}-node`);
  });

  test('is deployed as it is in its file', () => {
    expect(Properties.DefinitionString).toBe(definitionOf(textOf('shared.yaml'), textOf(file)));
  });

  test('takes the node for its own kind of operation', () => {
    const { StartAt, States } = JSON.parse(substituted(Properties));
    expect(States[StartAt].Parameters.Payload).toMatchObject({ step: 'take-node', operation });
  });

  test('has a value for every substitution, and a use for every value', () => {
    const used = [...Properties.DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, key]) => key as string);
    expect([...new Set(used)].sort()).toEqual(Object.keys(Properties.DefinitionSubstitutions).sort());
  });

  test('waits for a step longer than its Lambda function may take', () => {
    const limit = resourcesOf('AWS::Lambda::Function').StepsFunction?.Properties.Timeout as number;
    const steps = tasksOf(JSON.parse(Properties.DefinitionString)).filter(
      ([, { Resource }]) => Resource === 'arn:aws:states:::lambda:invoke',
    );
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.filter(([, { TimeoutSeconds = 0 }]) => TimeoutSeconds <= limit).map(([state]) => state)).toEqual([]);
  });

  test('is valid Amazon States Language', () => {
    const { isValid, errorsText } = validate(JSON.parse(substituted(Properties)));
    expect(isValid ? '' : errorsText('\n')).toBe('');
  });
});
