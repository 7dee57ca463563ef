/** Holdfast and its nodes in somebody else's stack. */
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Holdfast, StatefulNode, type HoldfastProps, type StatefulNodeProps } from '../../infra';
import { readable, resourcesOf, statementsByRole, type SynthesizedTemplate } from './synthesized-stack';

const document = {
  name: 'db',
  strategy: { drainingTimeout: 60, fallbackToOd: false },
  persistence: { persistPrivateIp: true },
  compute: {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0'],
    launchSpecification: { imageId: 'ami-0123456789abcdef0', instanceTypes: { types: ['m7g.large'] } },
  },
};

type NodeOptions = Pick<StatefulNodeProps, 'deletion' | 'removalPolicy'>;

/** A stack with Holdfast and its nodes, which are one unless others are given. */
function declared(choices: HoldfastProps = {}, nodes: Readonly<Record<string, NodeOptions>> = { Db: {} }) {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Database');
  const holdfast = new Holdfast(stack, 'Holdfast', choices);
  for (const [id, options] of Object.entries(nodes)) new StatefulNode(stack, id, { holdfast, ...document, ...options });
  return { stack, template: Template.fromStack(stack).toJSON() as SynthesizedTemplate };
}

const { stack: database, template: byDefault } = declared();

test('a node is a custom resource with its document as JSON, made after all of Holdfast', () => {
  const resources = Object.values(byDefault.Resources).filter(({ Type }) => /^Custom::/.test(Type));
  expect(resources).toHaveLength(1);
  const { Properties, DependsOn } = resources[0]!;
  expect(JSON.parse(Properties.Document)).toEqual(document);
  expect(JSON.parse(Properties.Deletion)).toEqual({ shouldDeleteNetworkInterfaces: true });
  const machines = Object.entries(byDefault.Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::EventInvokeConfig',
  );
  expect(machines.length).toBeGreaterThan(0);
  for (const [id] of machines) expect(DependsOn).toContain(id);
});

test('its handler may do what a creation, an update and a deletion need', () => {
  const { HoldfastNodeProviderFunctionRole: statements = [] } = statementsByRole(byDefault);
  expect(
    statements.flatMap(({ actions }) => actions).filter((action) => !/^(ec2:Describe|logs:)/.test(action)),
  ).toEqual([
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'Query'].map(
      (operation) => `dynamodb:${operation}`,
    ),
    'states:StartExecution',
    'states:SendTaskSuccess',
    'events:PutEvents',
  ]);
});

test('the logs of what follows declared nodes go with the stack by default, too', () => {
  const logs = Object.values(resourcesOf('AWS::Logs::LogGroup', byDefault));
  expect(logs.length).toBeGreaterThan(4);
  for (const { Properties, DeletionPolicy } of logs) {
    expect({ days: Properties.RetentionInDays, DeletionPolicy }).toEqual({ days: 90, DeletionPolicy: 'Delete' });
  }
});

describe('the removal of a declared node', () => {
  const nodes: Readonly<Record<string, NodeOptions>> = {
    Silent: {},
    Chosen: { deletion: { shouldDeleteNetworkInterfaces: false, shouldDeleteVolumes: true } },
    Left: { removalPolicy: RemovalPolicy.RETAIN },
  };
  const resources = resourcesOf('Custom::HoldfastStatefulNode', declared({}, nodes).template);

  test.each([
    { node: 'Silent', policy: 'Delete', deletion: { shouldDeleteNetworkInterfaces: true } },
    { node: 'Chosen', policy: 'Delete', deletion: { shouldDeleteNetworkInterfaces: false, shouldDeleteVolumes: true } },
    { node: 'Left', policy: 'Retain', deletion: { shouldDeleteNetworkInterfaces: true } },
  ])('$node: $policy, $deletion', ({ node, policy, deletion }) => {
    expect(resources[node]?.DeletionPolicy).toBe(policy);
    expect(JSON.parse(resources[node]?.Properties.Deletion)).toEqual(deletion);
  });
});

describe('the choices of a deployment hold for what follows its declared nodes', () => {
  const BOUNDARY = 'arn:aws:iam::123456789012:policy/teams/boundary';
  const ROLES = ['arn:aws:iam::123456789012:role/web', 'arn:aws:iam::123456789012:role/db'];
  const OWNERS = ['111111111111', '222222222222'];
  const { template } = declared({
    instanceRoleArns: ROLES,
    subnetOwnerAccounts: OWNERS,
    permissionsBoundaryArn: BOUNDARY,
    logRetentionDays: 7,
    removalPolicy: RemovalPolicy.DESTROY,
  });

  test('every function writes to a log of the stack, which is kept for as long as chosen and goes with the stack', () => {
    const logs = resourcesOf('AWS::Logs::LogGroup', template);
    for (const { Properties, DeletionPolicy } of Object.values(logs)) {
      expect({ days: Properties.RetentionInDays, DeletionPolicy }).toEqual({ days: 7, DeletionPolicy: 'Delete' });
    }
    const functions = Object.values(resourcesOf('AWS::Lambda::Function', template));
    expect(functions.length).toBeGreaterThan(4);
    for (const { Properties } of functions) {
      expect(Object.keys(logs).map((id) => `<${id}>`)).toContain(readable(Properties.LoggingConfig.LogGroup));
    }
  });

  test('every role has the boundary', () => {
    const roles = resourcesOf('AWS::IAM::Role', template);
    expect(Object.keys(roles)).toContain('HoldfastNodeProviderFunctionRole');
    for (const { Properties } of Object.values(roles)) expect(Properties.PermissionsBoundary).toBe(BOUNDARY);
  });

  test('a document may name the same roles and shared subnets as with the API', () => {
    const functions = resourcesOf('AWS::Lambda::Function', template);
    const expected = { INSTANCE_ROLE_ARNS: ROLES.join(','), SUBNET_OWNER_ACCOUNTS: OWNERS.join(',') };
    for (const name of ['HoldfastNodeApiFunction', 'HoldfastNodeProviderFunction']) {
      expect(functions[name]?.Properties.Environment.Variables).toMatchObject(expected);
    }
  });
});

test('the handler is asked about a node for less time than CloudFormation waits for it', () => {
  const waiters = Object.entries(resourcesOf('AWS::StepFunctions::StateMachine', byDefault)).filter(([id]) =>
    id.startsWith('HoldfastNodeProvider'),
  );
  expect(waiters).toHaveLength(1);
  const definition = readable(waiters[0]![1].Properties.DefinitionString) as string;
  const { 'framework-isComplete-task': asks } = JSON.parse(definition).States;
  const [{ IntervalSeconds, MaxAttempts }] = asks.Retry;
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
  expect(IntervalSeconds * MaxAttempts).toBeLessThan(60 * 60);
});

test('a second Holdfast in the stack is refused', () => {
  expect(() => new Holdfast(database, 'Another')).toThrow(/Put the second into a stack of its own/);
});

test('every name contains the name of the stack', () => {
  const names = Object.values(byDefault.Resources).map(({ Properties = {} }) => Properties.StateMachineName);
  expect(names.filter((name) => /^Database-\w+-node$/.test(String(name)))).toHaveLength(5);
});
