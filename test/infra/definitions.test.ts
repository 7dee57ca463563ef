import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import { readable, resourcesOf } from './synthesized-stack';

const DEFINITIONS = join(__dirname, '../../statemachines');
const machines = resourcesOf('AWS::StepFunctions::StateMachine');
const named = ['Launch', 'Replace', 'Pause', 'Adjust', 'Delete'].map((kind) => ({
  name: `Operations${kind}Node`,
  file: `${kind.toLowerCase()}-node.asl.json`,
}));

/** What CloudFormation does with a definition, with made-up ARNs for the references. */
function substituted({ DefinitionString: definition, DefinitionSubstitutions: substitutions }: any): string {
  return definition.replaceAll(/\$\{(\w+)\}/g, (whole: string, key: string) =>
    key in substitutions ? `arn:aws:lambda:eu-west-1:123456789012:function:${key}` : whole,
  );
}

/** Every Task state by name, those inside Parallel and Map states included. */
function tasksOf(definition: any): [string, any][] {
  return Object.entries<any>(definition.States).flatMap(([name, state]): [string, any][] => [
    ...(state.Type === 'Task' ? [[name, state] as [string, any]] : []),
    ...(state.Branches ?? []).flatMap(tasksOf),
    ...(state.ItemProcessor ? tasksOf(state.ItemProcessor) : []),
  ]);
}

test('every definition is a state machine, and every state machine has one', () => {
  expect(readdirSync(DEFINITIONS).sort()).toEqual(named.map(({ file }) => file).sort());
  expect(Object.keys(machines).sort()).toEqual(named.map(({ name }) => name).sort());
});

describe.each(named)('$name', ({ name, file }) => {
  const { Properties } = machines[name]!;

  test('is a Standard workflow that traces, and logs errors', () => {
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
    expect(Properties.StateMachineName).toBe(`Holdfast-${file.replace('.asl.json', '')}`);
  });

  test('is deployed as it stands in its file', () => {
    expect(Properties.DefinitionString).toBe(readFileSync(join(DEFINITIONS, file), 'utf8'));
  });

  test('has a value for every substitution, and a use for every value', () => {
    const used = [...Properties.DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, key]) => key as string);
    expect([...new Set(used)].sort()).toEqual(Object.keys(Properties.DefinitionSubstitutions).sort());
  });

  test('waits for a step until Lambda has given up on it', () => {
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
