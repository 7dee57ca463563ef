/** Holdfast and its nodes in somebody else's stack. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Holdfast, StatefulNode } from '../../infra';
import { statementsByRole, type SynthesizedTemplate } from './synthesized-stack';

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

function declared() {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Database');
  const holdfast = new Holdfast(stack, 'Holdfast');
  const node = new StatefulNode(stack, 'Db', { holdfast, ...document });
  return { stack, holdfast, node, template: Template.fromStack(stack).toJSON() as SynthesizedTemplate };
}

test('a node is a custom resource with its document as JSON, made after all of Holdfast', () => {
  const { template } = declared();
  const resources = Object.values(template.Resources).filter(({ Type }) => /^Custom::/.test(Type));
  expect(resources).toHaveLength(1);
  const { Properties, DependsOn } = resources[0]!;
  expect(JSON.parse(Properties.Document)).toEqual(document);
  expect(JSON.parse(Properties.Deletion)).toEqual({ shouldDeleteNetworkInterfaces: true });
  const machines = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::EventInvokeConfig',
  );
  expect(machines.length).toBeGreaterThan(0);
  for (const [id] of machines) expect(DependsOn).toContain(id);
});

test('its handler may do what a creation, an update and a deletion need', () => {
  const { HoldfastNodeProviderFunctionRole: statements = [] } = statementsByRole(declared().template);
  expect(
    statements.flatMap(({ actions }) => actions).filter((action) => !/^(ec2:Describe|logs:)/.test(action)),
  ).toEqual([
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'].map((operation) => `dynamodb:${operation}`),
    'states:StartExecution',
    'states:SendTaskSuccess',
    'events:PutEvents',
  ]);
});

test('a second Holdfast in the stack is refused', () => {
  const { stack } = declared();
  expect(() => new Holdfast(stack, 'Another')).toThrow(/Put the second into a stack of its own/);
});

test('every name contains the name of the stack', () => {
  const names = Object.values(declared().template.Resources).map(({ Properties = {} }) => Properties.StateMachineName);
  expect(names.filter((name) => /^Database-\w+-node$/.test(String(name)))).toHaveLength(5);
});
