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

describe('the API', () => {
  test('is an HTTP API that sends every request to one function, as payload 2.0', () => {
    expect(only('AWS::ApiGatewayV2::Api').Properties).toMatchObject({ ProtocolType: 'HTTP', Name: 'Holdfast' });
    expect(only('AWS::ApiGatewayV2::Integration').Properties).toEqual({
      ApiId: '<NodeApiHttpApi>',
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: '<NodeApiFunction.Arn>',
      PayloadFormatVersion: '2.0',
    });
    expect(only('AWS::ApiGatewayV2::Route').Properties).toEqual({
      ApiId: '<NodeApiHttpApi>',
      AuthorizationType: 'NONE',
      RouteKey: '$default',
      Target: 'integrations/<NodeApiRouteIntegration>',
    });
  });

  test('serves at the root of its host, with limits and an access log', () => {
    const { AccessLogSettings, ...stage } = only('AWS::ApiGatewayV2::Stage').Properties;
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
  const signed = served({ authentication: 'iam' });

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
