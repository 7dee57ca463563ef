/**
 * Two deployments in one Region keep apart: no name, tag, policy or rule of one concerns what belongs to the other. The
 * second name begins with the first, because that is where a wildcard or a prefix would go wrong.
 */
import { synthesizeTemplate } from '../../infra/app';
import { HoldfastStack } from '../../infra/holdfast-stack';
import { LONGEST_NAME } from '../../infra/deployment-name';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { HoldfastFunction } from '../../infra/functions/holdfast-function';
import { readable, resourcesOf, statementsByRole, type Statement, type SynthesizedTemplate } from './synthesized-stack';

const NAMES = ['Holdfast', 'Holdfast-db', 'Holdfast-launch-node', 'h'] as const;
const templates = NAMES.map((stackName) => ({
  name: stackName,
  template: synthesizeTemplate({ stackName }) as SynthesizedTemplate,
}));
const pairs = templates.flatMap((one) => templates.filter((other) => other !== one).map((other) => ({ one, other })));

/** The properties that give a resource a name in the account. Without one, CloudFormation puts the stack's name first. */
const NAME_PROPERTIES = [
  ...['AlarmName', 'FunctionName', 'LogGroupName', 'ManagedPolicyName', 'PolicyName', 'QueueName', 'RoleName'],
  ...['StateMachineName', 'TableName', 'TopicName', 'AliasName', 'DashboardName', 'Name'],
];

/** Names that are unique within a resource of the stack, and not in the account. */
const INNER_NAMES = ['AWS::IAM::Policy', 'AWS::ApiGatewayV2::Stage'];

/** Without references, which name another resource. */
function namesIn({ Resources }: SynthesizedTemplate): readonly string[] {
  return Object.values(Resources)
    .filter(({ Type }) => !INNER_NAMES.includes(Type))
    .flatMap(({ Type, Properties = {} }) =>
      NAME_PROPERTIES.map((property) => Properties[property] as unknown)
        .filter((name) => typeof name === 'string')
        .map((name) => `${Type} ${name}`),
    );
}

test('every name contains the name of the stack', () => {
  for (const { name, template } of templates) {
    expect(namesIn(template).length).toBeGreaterThan(20);
    for (const given of namesIn(template)) expect(given.split(' ')[1]).toContain(name);
  }
});

test.each(pairs)('no name of $one.name is one of $other.name', ({ one, other }) => {
  const others = namesIn(other.template);
  expect(namesIn(one.template).filter((name) => others.includes(name))).toEqual([]);
});

test('two templates differ in nothing but the name of the stack', () => {
  const [holdfast, db] = templates;
  // Sentences name the product as well.
  const named = (text: string) => text.replaceAll(/Holdfast-db/g, 'Holdfast');
  expect(JSON.parse(named(JSON.stringify(db!.template)))).toEqual(holdfast!.template);
});

/** How IAM matches a resource. */
function matches(pattern: string, arn: string): boolean {
  const text = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${text}$`).test(arn);
}

const allOf = (template: SynthesizedTemplate): readonly Statement[] => Object.values(statementsByRole(template)).flat();

test.each(pairs)(
  'no statement of $one.name matches a state machine or an execution of $other.name',
  ({ one, other }) => {
    const machines = Object.values(resourcesOf('AWS::StepFunctions::StateMachine', other.template)).map(
      ({ Properties }) =>
        `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:${Properties.StateMachineName}`,
    );
    const executions = machines.map((arn) => `${arn.replace(':stateMachine:', ':execution:')}:run-1`);
    expect(machines).toHaveLength(5);
    const patterns = allOf(one.template)
      .filter(({ actions }) => actions.some((action) => action.startsWith('states:')))
      .flatMap(({ resources }) => resources);
    expect(patterns.length).toBeGreaterThan(10);
    for (const arn of [...machines, ...executions])
      expect(patterns.filter((pattern) => matches(pattern, arn))).toEqual([]);
  },
);

/** Instances, interfaces and volumes that a deployment has made. */
const MADE = /:(instance|network-interface|volume)\/\*$/;

/** What a deployment may do to an untagged thing, or to another deployment's: each with its reason in the policy. */
const UNTAGGED = [
  // A person may have attached the deployment's interface to such an instance. The interface must be its own.
  'ec2:DetachNetworkInterface instance',
  // A launch names an existing interface. EC2 has no tag condition for it, and refuses one that is in use.
  'ec2:RunInstances network-interface',
  // A fleet makes the first interface of a hot node's instance, and its launch template names no existing one.
  'ec2:CreateFleet network-interface',
  // These tag at creation only, or read.
  'ec2:CreateTags instance',
  'ec2:CreateTags network-interface',
  'ec2:CreateTags volume',
  'ec2:DescribeInstanceAttribute instance',
];

test.each(templates)('$name changes only instances, interfaces and volumes with its own tag', ({ name, template }) => {
  const own = [{ 'aws:RequestTag/holdfast:deployment': name }, { 'aws:ResourceTag/holdfast:deployment': name }];
  const isOwn = (conditions: any): boolean =>
    own.some((tag) => {
      const { StringEquals = {}, StringEqualsIfExists = {} } = conditions ?? {};
      return [StringEquals, StringEqualsIfExists].some((each) => JSON.stringify(each) === JSON.stringify(tag));
    });
  const others = allOf(template)
    .filter(({ conditions }) => !isOwn(conditions))
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) =>
        resources.flatMap((resource) => (MADE.test(resource) ? [`${action} ${MADE.exec(resource)![1]}`] : [])),
      ),
    );
  expect([...new Set(others)].sort()).toEqual([...UNTAGGED].sort());
});

test('the one rule about machines is about its own', () => {
  for (const { template } of templates) {
    const { ReconcilerExecutionEnded: rule } = resourcesOf('AWS::Events::Rule', template);
    expect(readable(rule?.Properties.EventPattern.detail.stateMachineArn)).toEqual(
      ['Launch', 'Replace', 'Pause', 'Adjust', 'Delete'].map((kind) => `<Operations${kind}Node>`),
    );
  }
});

describe("the stack's name", () => {
  const stackNamed = (stackName: string) =>
    new HoldfastStack(new App({ context: NO_BUNDLING }), 'Nodes', { stackName });

  test('may be so long that the longest name of a state machine has 80 characters', () => {
    const { template } = {
      template: synthesizeTemplate({ stackName: 'n'.repeat(LONGEST_NAME) }) as SynthesizedTemplate,
    };
    const lengths = Object.values(resourcesOf('AWS::StepFunctions::StateMachine', template)).map(
      ({ Properties }) => Properties.StateMachineName.length as number,
    );
    expect(Math.max(...lengths)).toBe(80);
  });

  test('is refused if it is longer, with the limit and the remedy', () => {
    expect(() => stackNamed('n'.repeat(LONGEST_NAME + 1))).toThrow(/has 68 characters.* at most 67 .* `stackName`/s);
  });

  test('must be known: not that of a nested stack', () => {
    const nested = new NestedStack(new Stack(new App({ context: NO_BUNDLING }), 'Parent'), 'Child');
    const make = () =>
      new HoldfastFunction(nested, 'F', { entry: 'lambdas/api/handler.ts', description: 'x', environment: {} });
    expect(make).toThrow(/Put Holdfast into a stack of its own/);
  });
});

const NO_BUNDLING = { 'aws:cdk:bundling-stacks': [] };
