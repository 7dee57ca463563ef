import { readTemplate } from '../../../simulator/cloudformation/template';
import { UnreadableTemplate } from '../../../simulator/cloudformation/template-values';

const fn = (properties: object = {}, metadata: object = { 'holdfast:entry': 'lambdas/f.ts' }): object => ({
  Type: 'AWS::Lambda::Function',
  Properties: properties,
  Metadata: metadata,
});
const machine = (properties: object): object => ({ Type: 'AWS::StepFunctions::StateMachine', Properties: properties });
const rule = (properties: object): object => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: { source: ['aws.ec2'] }, State: 'ENABLED', ...properties },
});
const read = (resources: object, parameters: object = {}): ReturnType<typeof readTemplate> =>
  readTemplate({ Resources: resources, Parameters: parameters });

test('a function: its source file, environment and time limit', () => {
  const Variables = {
    TABLE_NAME: { Ref: 'Table' },
    MACHINE_ARN: { 'Fn::GetAtt': ['Machine', 'Arn'] },
    BY_REF: { Ref: 'Machine' },
    JOINED: { 'Fn::Join': ['/', [{ Ref: 'AWS::Region' }, { 'Fn::GetAtt': ['Table', 'Arn'] }]] },
    SUBSTITUTED: { 'Fn::Sub': ['${AWS::AccountId}:${Table}:${Function.Arn}:${x}:${!y}', { x: { Ref: 'Given' } }] },
  };
  const { functions } = read(
    {
      Function: fn({ FunctionName: 'steps', Timeout: 30, Environment: { Variables } }),
      Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
      Machine: machine({ DefinitionString: '{}' }),
    },
    { Given: { Default: 'given' } },
  );
  const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:Machine';
  expect(functions).toEqual([
    {
      logicalId: 'Function',
      name: 'steps',
      arn: 'arn:aws:lambda:us-east-1:123456789012:function:steps',
      entry: 'lambdas/f.ts',
      timeoutSeconds: 30,
      asyncRetries: 2,
      environment: {
        AWS_REGION: 'us-east-1',
        TABLE_NAME: 'Table',
        MACHINE_ARN: machineArn,
        BY_REF: machineArn,
        JOINED: 'us-east-1/arn:aws:dynamodb:us-east-1:123456789012:table/Table',
        SUBSTITUTED: '123456789012:Table:arn:aws:lambda:us-east-1:123456789012:function:steps:given:${y}',
      },
    },
  ]);
});

test('a state machine: its definition after substitutions', () => {
  const { stateMachines } = read({
    Function: fn(),
    Machine: machine({
      DefinitionString: { 'Fn::Join': ['', ['{"a":"${F}"', ',"b":"${F}"}']] },
      DefinitionSubstitutions: { F: { 'Fn::GetAtt': ['Function', 'Arn'] } },
    }),
  });
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:Function';
  expect(JSON.parse(stateMachines[0]!.definition)).toEqual({ a: arn, b: arn });
});

test('a rule: its pattern and its targets; a disabled rule is left out', () => {
  const Targets = [{ Arn: { 'Fn::GetAtt': ['Function', 'Arn'] }, Id: 'T', RoleArn: { Ref: 'Unread' } }];
  const { rules, schedules } = read({
    Function: fn(),
    On: rule({ Targets }),
    Off: rule({ Targets, State: 'DISABLED' }),
  });
  expect(schedules).toEqual([]);
  expect(rules).toEqual([
    {
      logicalId: 'On',
      pattern: { source: ['aws.ec2'] },
      targetArns: ['arn:aws:lambda:us-east-1:123456789012:function:Function'],
    },
  ]);
});

describe('a schedule', () => {
  const scheduled = (ScheduleExpression: string, more: object = {}): object =>
    rule({ EventPattern: undefined, ScheduleExpression, ...more });

  test.each([
    { expression: 'rate(1 minute)', everyMs: 60_000 },
    { expression: 'rate(5 minutes)', everyMs: 300_000 },
    { expression: 'rate(1 hour)', everyMs: 3_600_000 },
    { expression: 'rate(2 days)', everyMs: 172_800_000 },
  ])('$expression: how often, and its targets', ({ expression, everyMs }) => {
    const Targets = [{ Arn: { 'Fn::GetAtt': ['Function', 'Arn'] }, Id: 'T' }];
    const { rules, schedules } = read({ Function: fn(), Often: scheduled(expression, { Targets }) });
    expect(rules).toEqual([]);
    expect(schedules).toEqual([
      {
        logicalId: 'Often',
        ruleArn: 'arn:aws:events:us-east-1:123456789012:rule/Often',
        everyMs,
        targetArns: ['arn:aws:lambda:us-east-1:123456789012:function:Function'],
      },
    ]);
  });

  test('is left out if it is disabled', () => {
    expect(read({ Off: scheduled('rate(1 minute)', { State: 'DISABLED' }) }).schedules).toEqual([]);
  });

  test.each([
    ['cron(0 8 * * ? *)', 'not simulated'],
    ['rate(0 minutes)', 'not simulated'],
    ['rate(90 seconds)', 'not simulated'],
    ['rate(1 minutes)', 'EventBridge refuses'],
    ['rate(2 minute)', 'EventBridge refuses'],
  ])('%s is refused', (expression, reason) => {
    expect(() => read({ Often: scheduled(expression) })).toThrow(reason);
  });
});

test("a function's role", () => {
  const Role = { Type: 'AWS::IAM::Role', Properties: {} };
  const { functions } = read({ Role, Function: fn({ Role: { 'Fn::GetAtt': ['Role', 'Arn'] } }) });
  expect(functions[0]?.roleArn).toBe('arn:aws:iam::123456789012:role/Role');
});

const api = (changes: { api?: object; integration?: object; route?: object; stage?: object } = {}): object => ({
  Function: fn(),
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Nodes', ProtocolType: 'HTTP', ...changes.api } },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
      PayloadFormatVersion: '2.0',
      ...changes.integration,
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: '$default',
      AuthorizationType: 'NONE',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
      ...changes.route,
    },
  },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true, ...changes.stage },
  },
});

describe('an API', () => {
  const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:Function';

  test('has a function as its target', () => {
    expect(read(api()).api).toEqual({ apiId: 'Api', functionArn, throttling: undefined, routes: [] });
  });

  test('has the limits of its stage', () => {
    const stage = { DefaultRouteSettings: { ThrottlingBurstLimit: 20, ThrottlingRateLimit: 10 } };
    expect(read(api({ stage })).api?.throttling).toEqual({ burst: 20, ratePerSecond: 10 });
  });

  test('has other routes, with limits of their own', () => {
    const Console = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { RouteKey: 'GET /console/{proxy+}', AuthorizationType: 'NONE', Target: 'integrations/Integration' },
    };
    const stage = {
      RouteSettings: { 'GET /console/{proxy+}': { ThrottlingBurstLimit: 6, ThrottlingRateLimit: 2 } },
    };
    expect(read({ ...api({ stage }), Console }).api?.routes).toEqual([
      { key: 'GET /console/{proxy+}', functionArn, throttling: { burst: 6, ratePerSecond: 2 } },
    ]);
  });

  test('is optional', () => expect(read({ Function: fn() }).api).toBeUndefined());
});

describe("a function's asynchronous retries", () => {
  const config = (properties: object = {}): object => ({
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'F' }, Qualifier: '$LATEST', ...properties },
  });
  const retriesOf = (properties: object) =>
    read({ F: fn(), Other: fn(), Config: config(properties) }).functions.map(({ asyncRetries }) => asyncRetries);

  test('can be set for one function', () => expect(retriesOf({ MaximumRetryAttempts: 0 })).toEqual([0, 2]));
  test("have Lambda's default", () => expect(retriesOf({})).toEqual([2, 2]));

  test.each([
    { what: 'a version', properties: { Qualifier: '1' }, reason: '$LATEST' },
    { what: 'an age of events', properties: { MaximumEventAgeInSeconds: 60 }, reason: 'MaximumEventAgeInSeconds' },
  ])('cannot be set for $what', ({ properties, reason }) => {
    expect(() => retriesOf(properties)).toThrow(reason);
  });
});

describe('a role', () => {
  const statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Q', 'Arn'] } };
  const resolved = { ...statement, Resource: 'arn:aws:sqs:us-east-1:123456789012:Q' };
  const Q = { Type: 'AWS::SQS::Queue' };

  test('has the statements of its own policies and of those attached to it', () => {
    const Policies = [{ PolicyName: 'own', PolicyDocument: { Statement: statement } }];
    const Role = { Type: 'AWS::IAM::Role', Properties: { Policies } };
    const Roles = [{ Ref: 'Role' }];
    const Policy = { Type: 'AWS::IAM::Policy', Properties: { Roles, PolicyDocument: { Statement: [statement] } } };
    const Overflow = { ...Policy, Type: 'AWS::IAM::ManagedPolicy' };
    const { roles } = read({ Role, Other: { Type: 'AWS::IAM::Role' }, Policy, Overflow, Q });
    expect(roles).toEqual([
      {
        arn: 'arn:aws:iam::123456789012:role/Role',
        statements: [
          { id: 'Role.0[0]', statement: resolved },
          { id: 'Policy[0]', statement: resolved },
          { id: 'Overflow[0]', statement: resolved },
        ],
      },
      { arn: 'arn:aws:iam::123456789012:role/Other', statements: [] },
    ]);
  });

  test('is refused with a policy from outside of the template', () => {
    const Role = { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/Any'] } };
    expect(() => read({ Role })).toThrow('managed policy');
  });
});

test('a table: its keys and its global indexes', () => {
  const KeySchema = [{ AttributeName: 'pk', KeyType: 'HASH' }];
  const AttributeDefinitions = [{ AttributeName: 'pk', AttributeType: 'S' }];
  const index = { IndexName: 'I', KeySchema, Projection: { ProjectionType: 'ALL' } };
  const Properties = { TableName: 'nodes', KeySchema, AttributeDefinitions, GlobalSecondaryIndexes: [index] };
  const { tables } = read({ T: { Type: 'AWS::DynamoDB::Table', Properties } });
  expect(tables).toMatchObject([{ logicalId: 'T', keySchema: KeySchema, indexes: [index] }]);
});

test("a kept table: the template's description of it", () => {
  const KeySchema = [{ AttributeName: 'pk', KeyType: 'HASH' }];
  const AttributeDefinitions = [{ AttributeName: 'pk', AttributeType: 'S' }];
  const Metadata = { 'holdfast:kept-table': { TableName: 'nodes', KeySchema, AttributeDefinitions } };
  const { tables } = readTemplate({ Resources: { Function: fn() }, Metadata });
  expect(tables).toEqual([
    { logicalId: 'nodes', name: 'nodes', keySchema: KeySchema, attributeDefinitions: AttributeDefinitions },
  ]);
});

test("a secret: its generator's settings", () => {
  const generated = { SecretStringTemplate: '{}', GenerateStringKey: 'current', PasswordLength: 48 };
  const Secret = { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: generated } };
  const withArn = fn({ Environment: { Variables: { SECRET: { Ref: 'Secret' } } } });
  const { secrets, functions } = read({ Secret, Function: withArn });
  const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:Secret-AbCdEf';
  expect(secrets).toEqual([{ logicalId: 'Secret', arn, template: '{}', key: 'current', length: 48 }]);
  expect(functions[0]?.environment.SECRET).toBe(arn);
});

describe('the reader refuses', () => {
  test.each<[string, object, string]>([
    ['a function without source', { F: fn({}, {}) }, 'holdfast:entry'],
    ['a reference to nothing', { F: fn({ Environment: { Variables: { A: { Ref: 'Nothing' } } } }) }, 'Nothing'],
    [
      'a reference to a resource type without a name',
      { F: fn({ Environment: { Variables: { A: { Ref: 'Q' } } } }), Q: { Type: 'AWS::SNS::Topic' } },
      'AWS::SNS::Topic',
    ],
    ['an unknown function of CloudFormation', { F: fn({ FunctionName: { 'Fn::Select': [0, ['a']] } }) }, 'Fn::Select'],
    ['an unknown attribute', { F: fn({ Environment: { Variables: { A: { 'Fn::GetAtt': ['F', 'Size'] } } } }) }, 'Size'],
    ['a definition in a bucket', { M: machine({ DefinitionS3Location: {} }) }, 'DefinitionString'],
    ['a substitution without a value', { M: machine({ DefinitionString: '"${A}"' }) }, '${A}'],
    ['an express workflow', { M: machine({ DefinitionString: '{}', StateMachineType: 'EXPRESS' }) }, 'EXPRESS'],
    ['a rule with a pattern and a schedule', { R: rule({ ScheduleExpression: 'rate(1 minute)' }) }, 'two rules'],
    [
      'a target that changes the event',
      { R: rule({ Targets: [{ Arn: 'a', Id: 'T', InputPath: '$.detail' }] }) },
      'InputPath',
    ],
    ['an API with CORS', api({ api: { CorsConfiguration: {} } }), 'CorsConfiguration'],
    ['a WebSocket API', api({ api: { ProtocolType: 'WEBSOCKET' } }), 'WEBSOCKET'],
    ['the payload format 1.0', api({ integration: { PayloadFormatVersion: '1.0' } }), 'PayloadFormatVersion'],
    ['an integration that changes requests', api({ integration: { RequestParameters: {} } }), 'RequestParameters'],
    ['an API without $default', api({ route: { RouteKey: 'GET /nodes' } }), '0 routes $default'],
    ['a route with variables', api({ route: { RouteKey: 'GET /nodes/{id}' } }), 'RouteKey'],
    ['an authorizer', api({ route: { AuthorizationType: 'AWS_IAM' } }), 'AWS_IAM'],
    ['a route to another target', api({ route: { Target: 'integrations/other' } }), 'integrations/other'],
    ['a stage under a path', api({ stage: { StageName: 'v1' } }), 'StageName'],
    ['a limit of a route that is not there', api({ stage: { RouteSettings: { 'GET /x': {} } } }), 'no route GET /x'],
    [
      'an incomplete throttle',
      api({ stage: { DefaultRouteSettings: { ThrottlingBurstLimit: 1 } } }),
      'throttling needs a burst and a rate',
    ],
    ['two APIs', { ...api(), Api2: { Type: 'AWS::ApiGatewayV2::Api' } }, '2 APIs'],
    ['an API without a stage', { ...api(), Stage: { Type: 'AWS::SQS::Queue' } }, 'AWS::ApiGatewayV2::Stage'],
    ['a secret that is not generated', { S: { Type: 'AWS::SecretsManager::Secret' } }, 'not generated'],
    ['a resource of an unknown type', { B: { Type: 'AWS::S3::Bucket' } }, 'AWS::S3::Bucket'],
    [
      'a local index',
      { T: { Type: 'AWS::DynamoDB::Table', Properties: { LocalSecondaryIndexes: [] } } },
      'local index',
    ],
  ])('%s', (_name, resources, reason) => {
    expect(() => read(resources)).toThrow(UnreadableTemplate);
    expect(() => read(resources)).toThrow(reason);
  });

  test('an object that is not a template', () => expect(() => readTemplate([])).toThrow(UnreadableTemplate));
});
