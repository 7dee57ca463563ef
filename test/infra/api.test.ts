import { synthesizeTemplate } from '../../infra/app';
import type { HoldfastStackProps } from '../../infra/holdfast-stack';
import { readable, resourcesOf, statementsByRole, template, type SynthesizedTemplate } from './synthesized-stack';

const served = (api: HoldfastStackProps['api']): SynthesizedTemplate =>
  synthesizeTemplate({ api: api! }) as SynthesizedTemplate;
const only = (type: string, from: SynthesizedTemplate = template): any => {
  const [resource, ...others] = Object.values(resourcesOf(type, from));
  expect(others).toEqual([]);
  return readable(resource);
};

/** Without the console, whose routes have tests of their own. */
const plain = served({ console: false });

describe('the API', () => {
  test('is an HTTP API that sends every request to one function, as payload 2.0', () => {
    expect(only('AWS::ApiGatewayV2::Api').Properties).toMatchObject({ ProtocolType: 'HTTP', Name: 'Holdfast' });
    expect(only('AWS::ApiGatewayV2::Integration', plain).Properties).toEqual({
      ApiId: '<NodeApiHttpApi>',
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: '<NodeApiFunction.Arn>',
      PayloadFormatVersion: '2.0',
    });
    expect(only('AWS::ApiGatewayV2::Route', plain).Properties).toEqual({
      ApiId: '<NodeApiHttpApi>',
      AuthorizationType: 'NONE',
      RouteKey: '$default',
      Target: 'integrations/<NodeApiRouteIntegration>',
    });
  });

  test('serves at the root of its host, with limits and an access log', () => {
    const { AccessLogSettings, ...stage } = only('AWS::ApiGatewayV2::Stage', plain).Properties;
    expect(stage).toEqual({
      ApiId: '<NodeApiHttpApi>',
      AutoDeploy: true,
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingBurstLimit: 200, ThrottlingRateLimit: 100 },
    });
    expect(AccessLogSettings.DestinationArn).toBe('<NodeApiAccessLog.Arn>');
  });

  test('logs no headers, no query and no body', () => {
    const format = only('AWS::ApiGatewayV2::Stage').Properties.AccessLogSettings.Format as string;
    expect(Object.values(JSON.parse(format)).sort()).toEqual(
      [
        ...['requestId', 'requestTime', 'identity.sourceIp', 'identity.userArn', 'httpMethod', 'path', 'status'],
        ...['responseLength', 'responseLatency', 'integrationErrorMessage'],
      ]
        .map((name) => `$context.${name}`)
        .sort(),
    );
  });
});

describe('the console', () => {
  const PATHS = ['GET /console', 'GET /console/{proxy+}'];
  const routesOf = (from: SynthesizedTemplate): any[] =>
    Object.values(resourcesOf('AWS::ApiGatewayV2::Route', from))
      .map(({ Properties }) => readable(Properties))
      .filter(({ RouteKey }) => RouteKey !== '$default');

  test.each<[string, HoldfastStackProps['api']]>([
    ['a token', {}],
    ['signatures', { authentication: 'iam' }],
  ])('is served beside the API to anybody, where requests need %s', (_what, api) => {
    expect(routesOf(served(api))).toEqual(
      PATHS.map((RouteKey) => ({
        ApiId: '<NodeApiHttpApi>',
        AuthorizationType: 'NONE',
        RouteKey,
        Target: expect.stringMatching(/^integrations\/<NodeApiHttpApiGETconsole.*Integration.*>$/),
      })),
    );
  });

  test('has a limit of its own, so that a page load takes nothing of the limit of the API', () => {
    const { RouteSettings, DefaultRouteSettings } = only('AWS::ApiGatewayV2::Stage').Properties;
    expect(Object.keys(RouteSettings)).toEqual(PATHS);
    for (const path of PATHS) {
      expect(RouteSettings[path]).toEqual({ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 60 });
      expect(RouteSettings[path].ThrottlingRateLimit).toBeLessThan(DefaultRouteSettings.ThrottlingRateLimit);
    }
  });

  test('has routes before the stage that limits them', () => {
    const [{ DependsOn }] = Object.values(resourcesOf('AWS::ApiGatewayV2::Stage')) as any;
    const ids = Object.entries(template.Resources).filter(([, { Properties }]) => PATHS.includes(Properties?.RouteKey));
    expect(DependsOn).toEqual(expect.arrayContaining(ids.map(([id]) => id)));
  });

  test('can be left out', () => {
    expect(routesOf(plain)).toEqual([]);
    expect(plain.Outputs).not.toHaveProperty('ConsoleUrl');
    expect(Object.keys(resourcesOf('AWS::Lambda::Function', plain)).filter((id) => /Console/.test(id))).toEqual([]);
  });
});

describe('the token', () => {
  test('is generated, never in the template, and outlives the stack', () => {
    const secret = only('AWS::SecretsManager::Secret');
    expect(secret).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(secret.Properties).toEqual({
      Description: expect.any(String),
      GenerateSecretString: {
        ExcludePunctuation: true,
        GenerateStringKey: 'current',
        PasswordLength: 48,
        SecretStringTemplate: '{}',
      },
    });
  });

  test('is read by the command in its output', () => {
    expect(template.Outputs.ApiTokenSecretArn).toMatchObject({
      Description:
        'aws secretsmanager get-secret-value --secret-id "$(aws cloudformation describe-stacks --stack-name Holdfast ' +
        '--query "Stacks[0].Outputs[?OutputKey==\'ApiTokenSecretArn\'].OutputValue" --output text)" ' +
        '--query SecretString --output text',
    });
  });
});

describe('with signed requests', () => {
  const signed = served({ authentication: 'iam', console: false });

  test('IAM authorizes every request', () => {
    expect(only('AWS::ApiGatewayV2::Route', signed).Properties).toMatchObject({
      AuthorizationType: 'AWS_IAM',
      RouteKey: '$default',
    });
  });

  test('there is no token, and the function knows it', () => {
    expect(resourcesOf('AWS::SecretsManager::Secret', signed)).toEqual({});
    expect(Object.keys(signed.Outputs)).not.toContain('ApiTokenSecretArn');
    const { Variables } = resourcesOf('AWS::Lambda::Function', signed).NodeApiFunction?.Properties.Environment;
    expect(Variables).toMatchObject({ API_AUTHENTICATION: 'iam' });
    expect(Variables).not.toHaveProperty('API_TOKEN_SECRET_ARN');
    const actions = statementsByRole(signed).NodeApiFunctionRole?.flatMap((statement) => statement.actions);
    expect(actions?.filter((action) => action.startsWith('secretsmanager:'))).toEqual([]);
  });
});

test('a custom domain leads to the stage', () => {
  const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555';
  const own = served({ domain: { domainName: 'nodes.example.com', certificateArn } });
  expect(only('AWS::ApiGatewayV2::DomainName', own).Properties).toMatchObject({
    DomainName: 'nodes.example.com',
    DomainNameConfigurations: [{ CertificateArn: certificateArn, EndpointType: 'REGIONAL' }],
  });
  expect(only('AWS::ApiGatewayV2::ApiMapping', own).Properties).toEqual({
    ApiId: '<NodeApiHttpApi>',
    DomainName: '<NodeApiDomainName>',
    Stage: '$default',
  });
  expect(readable(own.Outputs)).toMatchObject({
    ApiUrl: { Value: 'https://nodes.example.com' },
    ApiDomainTarget: { Value: '<NodeApiDomainName.RegionalDomainName>' },
  });
});
