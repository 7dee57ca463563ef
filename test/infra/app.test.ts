import { buildApp, synthesizeTemplate } from '../../infra/app';
import { InvalidContext } from '../../infra/context';
import { resourcesOf, statementsByRole, withContext, type SynthesizedTemplate } from './synthesized-stack';

const WEB = 'arn:aws:iam::123456789012:role/web';
const DB = 'arn:aws-us-gov:iam::123456789012:role/path/db';

describe('the context value instanceRoleArns', () => {
  test.each([
    { given: 'as the command line gives it', context: `${WEB}, ${DB}`, arns: [WEB, DB] },
    { given: 'as cdk.json gives it', context: [WEB, DB], arns: [WEB, DB] },
    { given: 'as one role', context: WEB, arns: [WEB] },
  ])('is taken $given', ({ context, arns }) => {
    const template = withContext({ instanceRoleArns: context }, synthesizeTemplate) as SynthesizedTemplate;
    const passed = statementsByRole(template).StepsFunctionRole?.find(({ actions }) =>
      actions.includes('iam:PassRole'),
    );
    expect(passed?.resources).toEqual(arns);
  });

  test.each([
    { what: 'every role', context: '*' },
    { what: 'a wildcard in a role', context: 'arn:aws:iam::123456789012:role/*' },
    { what: 'an instance profile', context: 'arn:aws:iam::123456789012:instance-profile/web' },
    { what: 'something else', context: 5 },
    { what: 'nothing between commas', context: `${WEB},` },
  ])('is refused if it is $what', ({ context }) => {
    expect(() => withContext({ instanceRoleArns: context }, buildApp)).toThrow(InvalidContext);
  });
});

describe('the context value tableName', () => {
  const NAME = 'Holdfast-NodesTable8A7B-restored.2026_11';
  const kept = () => withContext({ tableName: NAME }, synthesizeTemplate) as SynthesizedTemplate;

  test('replaces the new table, for every function but the one that serves the console', () => {
    expect(resourcesOf('AWS::DynamoDB::Table', kept())).toEqual({});
    const names = Object.entries(resourcesOf('AWS::Lambda::Function', kept()))
      .filter(([id]) => id !== 'ConsoleFunction')
      .map(([, { Properties }]) => Properties.Environment.Variables.TABLE_NAME as unknown);
    expect(new Set(names)).toEqual(new Set([NAME]));
    expect(kept().Outputs.TableName?.Value).toBe(NAME);
  });

  test('grants the same as for a new table, and only on the given table', () => {
    const onTables = (from?: SynthesizedTemplate) =>
      Object.entries(statementsByRole(from)).flatMap(([role, statements]) =>
        statements
          .filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')))
          .map(({ actions, resources }) => ({ role, actions, resources })),
      );
    const arn = `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${NAME}`;
    const ofKept = (resources: readonly string[]) => resources.map((each) => each.replace('<NodesTable.Arn>', arn));
    expect(onTables(kept())).toEqual(
      onTables().map(({ resources, ...granted }) => ({ ...granted, resources: ofKept(resources) })),
    );
  });

  test('tells the local control plane its keys: those of a new table', () => {
    const { KeySchema } = resourcesOf('AWS::DynamoDB::Table').NodesTable?.Properties;
    // It may lack the index, and the attribute of the index with it.
    const AttributeDefinitions = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
    expect(kept().Metadata?.['holdfast:kept-table']).toEqual({ TableName: NAME, KeySchema, AttributeDefinitions });
  });

  test.each([
    { what: 'an ARN', context: 'arn:aws:dynamodb:eu-west-1:123456789012:table/nodes' },
    { what: 'too short', context: 'ab' },
    { what: 'too long', context: 'a'.repeat(256) },
    { what: 'a wildcard', context: 'nodes*' },
    { what: 'empty', context: '' },
    { what: 'no text', context: 5 },
  ])('is refused if it is $what', ({ context }) => {
    expect(() => withContext({ tableName: context }, buildApp)).toThrow(InvalidContext);
  });
});

test('the context value stackName names the stack and what it makes', () => {
  const { stacks } = withContext({ stackName: 'Holdfast-db' }, () => buildApp({ bundling: false }).synth());
  expect(stacks.map(({ stackName }) => stackName)).toEqual(['Holdfast-db']);
  const machines = Object.values(resourcesOf('AWS::StepFunctions::StateMachine', stacks[0]?.template));
  expect(machines.map(({ Properties }) => Properties.StateMachineName as string)).toContain('Holdfast-db-launch-node');
});

describe("the API's context values", () => {
  const CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';

  test('set the limits of the stage', () => {
    const context = { throttlingRateLimit: '7', throttlingBurstLimit: 9 };
    const template = withContext(context, synthesizeTemplate) as SynthesizedTemplate;
    expect(resourcesOf('AWS::ApiGatewayV2::Stage', template).NodeApiStage?.Properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 7,
      ThrottlingBurstLimit: 9,
    });
  });

  test('authenticate by signature, and serve at a host name of your own', () => {
    const context = { authentication: 'iam', apiDomainName: 'nodes.example.com', apiCertificateArn: CERTIFICATE };
    const template = withContext(context, synthesizeTemplate) as SynthesizedTemplate;
    const routes = Object.values(resourcesOf('AWS::ApiGatewayV2::Route', template));
    const route = routes.find(({ Properties }) => Properties.RouteKey === '$default');
    expect(route?.Properties.AuthorizationType).toBe('AWS_IAM');
    const [domain] = Object.values(resourcesOf('AWS::ApiGatewayV2::DomainName', template));
    expect(domain?.Properties).toMatchObject({
      DomainName: 'nodes.example.com',
      DomainNameConfigurations: [{ CertificateArn: CERTIFICATE }],
    });
  });

  test.each([
    { what: 'a way of authentication that there is not', context: { authentication: 'none' } },
    { what: 'a limit of none', context: { throttlingRateLimit: 0 } },
    { what: 'a limit that is no number', context: { throttlingBurstLimit: 'many' } },
    { what: 'a domain without a certificate', context: { apiDomainName: 'nodes.example.com' } },
    { what: 'a certificate without a domain', context: { apiCertificateArn: CERTIFICATE } },
    { what: 'a URL for a domain', context: { apiDomainName: 'https://x.example.com', apiCertificateArn: CERTIFICATE } },
    { what: 'a wildcard certificate', context: { apiDomainName: 'x.example.com', apiCertificateArn: '*' } },
  ])('are refused: $what', ({ context }) => {
    expect(() => withContext(context, buildApp)).toThrow(InvalidContext);
  });
});

test('a second synthesis makes the same template, so a diff shows only changes', () => {
  expect(synthesizeTemplate()).toEqual(synthesizeTemplate());
});
