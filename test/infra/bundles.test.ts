/** The functions' code as it is deployed: bundled, in a process of its own, on services that speak HTTP. */
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { bundleFunction } from '../../infra/bundling/bundle';
import { REPLACED_MODULES, REPLACED_NAMESPACE, withLiteralKeys } from '../../infra/bundling/smaller-sdk';
import { ownLines } from '../../infra/bundling/source-map';
import { tableOwnership } from '../../lambdas/adapters/dynamodb-ownership';
import { itemOf } from '../../lambdas/adapters/node-items';
import { presentKey } from '../../domain/records/node-keys';
import { instanceIndex } from '../../lambdas/adapters/dynamodb-table';
import { usageRecords } from '../../lambdas/adapters/dynamodb-usage';
import { aNode, NODE_ID, NOW, REPLACEMENT_ID } from '../domain/builders';
import { anEvent, NODE } from '../lambdas/api/requests';

const NAMES = ['steps', 'wake-waiter', 'reconciler', 'api', 'node-resource'] as const;
type Name = (typeof NAMES)[number];

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
const outfileOf = (name: Name) => join(folder, name, 'index.js');
const bundles = new Map<Name, Metafile>();

interface Sent {
  readonly service: string;
  readonly operation: string;
  readonly token: string | undefined;
  readonly body: string;
}

const TABLE_NAME = 'Nodes';
const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:holdfast-api-AbCdEf';
const SECRET = { body: JSON.stringify({ SecretString: '{"current":"one"}' }) };
const AUTHORIZED = { authorization: 'Bearer one' };
const INSTANCE = `<DescribeInstancesResponse><reservationSet><item><instancesSet><item>
  <instanceId>${REPLACEMENT_ID}</instanceId>
  <instanceState><code>16</code><name>running</name></instanceState>
  <launchTime>2026-11-03T09:00:00.000Z</launchTime>
  <tagSet><item><key>holdfast:deployment</key><value>Holdfast</value></item>
  <item><key>holdfast:node-id</key><value>smi-00000000</value></item></tagSet>
</item></instancesSet></item></reservationSet></DescribeInstancesResponse>`;

/** Answers to the services' operations, with status 200 unless the test sets another. */
let answers: Record<string, { readonly status?: number; readonly body: string }> = {};
let sent: Sent[] = [];
let server: Server;
let table: { readonly dynamodb: DynamoDBClient; readonly tableName: string };

beforeAll(async () => {
  await Promise.all(
    NAMES.map(async (name) => bundles.set(name, await bundleFunction(`lambdas/${name}/handler.ts`, outfileOf(name)))),
  );
  const dynalite = jest.requireActual<(options: object) => Server>('dynalite')({ createTableMs: 0 });
  server = createServer((request, response) => serve(dynalite, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  table = {
    tableName: TABLE_NAME,
    dynamodb: new DynamoDBClient({ endpoint: url(), region: 'eu-west-1', credentials }),
  };
  await table.dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE_NAME,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: ['pk', 'sk'].map((AttributeName, index) => ({ AttributeName, KeyType: index ? 'RANGE' : 'HASH' })),
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
});

beforeEach(() => {
  sent = [];
  answers = {};
});

afterAll(async () => {
  table.dynamodb.destroy();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function serve(dynalite: Server, request: IncomingMessage, response: ServerResponse): void {
  const { authorization = '', 'x-amz-target': target, 'x-amz-security-token': token } = request.headers;
  if (String(target).startsWith('DynamoDB_')) {
    sent.push({ service: 'dynamodb', operation: String(target).split('.')[1]!, token: token?.toString(), body: '' });
    dynalite.emit('request', request, response);
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts).toString();
    const operation = typeof target === 'string' ? target.split('.')[1]! : new URLSearchParams(body).get('Action')!;
    const [, service = ''] = /Credential=key-id\/\d+\/[\w-]+\/([\w-]+)\/aws4_request/.exec(authorization) ?? [];
    sent.push({ service, operation, token: token?.toString(), body });
    const { status = 200, body: answer } = answers[operation] ?? { body: service === 'ec2' ? '<Empty/>' : '{}' };
    response.writeHead(status, { 'content-type': service === 'ec2' ? 'text/xml' : 'application/x-amz-json-1.0' });
    response.end(answer);
  });
}

const RUN = `const { handler } = require(process.argv[1]);
const write = (outcome) => process.stdout.write('\\n' + JSON.stringify(outcome), () => process.exit());
Promise.resolve()
  .then(() => handler(JSON.parse(process.argv[2]), { awsRequestId: 'request' }))
  .then((result) => write({ result }), ({ name, message, stack }) => write({ error: { name, message, stack } }));`;

interface Ran {
  readonly result?: any;
  readonly error?: { readonly name: string; readonly message: string; readonly stack: string };
}

/** Runs the deployed code with the credentials that Lambda gives, and no others. */
async function run(name: Name, event: unknown, environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    NODE_OPTIONS: '--enable-source-maps',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'key-id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
    AWS_ENDPOINT_URL: url(),
    TABLE_NAME,
    DEPLOYMENT: 'Holdfast',
    STATE_MACHINE_ARN_PREFIX: 'arn:aws:states:eu-west-1:123456789012:stateMachine:holdfast-',
    ...environment,
  };
  const argv = ['-e', RUN, outfileOf(name), JSON.stringify(event)];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n'))) as Ran;
}

const operationsOf = (service: string) => sent.filter((each) => each.service === service).map((each) => each.operation);

describe('each bundle calls AWS with the credentials of the environment', () => {
  const stateChange = (time: string) => ({ time, detail: { 'instance-id': REPLACEMENT_ID, state: 'running' } });

  test('wake-waiter wakes the execution that waits for the instance', async () => {
    await instanceIndex(table).register(REPLACEMENT_ID, NODE_ID);
    await instanceIndex(table).subscribe(REPLACEMENT_ID, { taskToken: 'the token', awaited: 'running' });
    const { result } = await run('wake-waiter', stateChange('2026-11-03T10:00:05Z'));

    expect(result).toEqual({ woken: true });
    const [woken] = sent.filter(({ service }) => service === 'states');
    expect(woken).toMatchObject({ operation: 'SendTaskSuccess', token: 'session' });
    expect(JSON.parse(woken!.body)).toEqual({
      taskToken: 'the token',
      output: JSON.stringify({ instanceId: REPLACEMENT_ID, state: 'running', at: '2026-11-03T10:00:05.000Z' }),
    });
  });

  test('wake-waiter tells by their types the errors of both services that mean nothing is left to do', async () => {
    answers.SendTaskSuccess = { status: 400, body: '{"__type":"TaskTimedOut","message":"Too late."}' };
    // The earlier event is refused by the condition of the write.
    const { result } = await run('wake-waiter', stateChange('2026-11-03T09:59:05Z'));

    expect(result).toEqual({ woken: true });
    expect(operationsOf('states')).toEqual(['SendTaskSuccess']);
  });

  test('the reconciler reads what EC2 answers', async () => {
    answers.DescribeInstances = { body: INSTANCE };
    const { result } = await run('reconciler', {});

    expect(result).toMatchObject({ nodes: 0, unknown: [REPLACEMENT_ID] });
    expect(operationsOf('states')).toContain('ListExecutions');
  });

  test('the API reads its secret, writes the node, announces its status, and starts the operation', async () => {
    await tableOwnership(table, 'Holdfast').establish(NOW);
    // The server has no transactions, in which a record is created.
    const Item = itemOf(aNode(), presentKey(NODE_ID));
    await table.dynamodb.send(new PutItemCommand({ TableName: table.tableName, Item }));
    answers.GetSecretValue = SECRET;
    const request = anEvent({ method: 'PUT', path: `${NODE}/pause`, headers: AUTHORIZED });
    const { result } = await run('api', request, { API_TOKEN_SECRET_ARN: SECRET_ARN });

    expect(result).toMatchObject({ statusCode: 200 });
    expect(operationsOf('secretsmanager')).toEqual(['GetSecretValue']);
    expect(operationsOf('events')).toEqual(['PutEvents']);
    expect(operationsOf('states')).toEqual(['StartExecution']);
  });

  test('the API reads the price list', async () => {
    const now = Date.now();
    const from = new Date(now - 3_600_000).toISOString();
    const usage = { instanceId: REPLACEMENT_ID, instanceType: 'm7g.large', availabilityZone: 'eu-west-1a', from };
    await usageRecords(table).begin(NODE_ID, { ...usage, lifeCycle: 'on_demand', product: 'Linux/UNIX' });
    answers.GetSecretValue = SECRET;
    const hour = { unit: 'Hrs', pricePerUnit: { USD: '0.08' } };
    const product = JSON.stringify({ terms: { OnDemand: { term: { priceDimensions: { dimension: hour } } } } });
    answers.GetProducts = { body: JSON.stringify({ PriceList: [product] }) };
    const query = `fromDate=${from.slice(0, 10)}&toDate=${new Date(now).toISOString().slice(0, 10)}`;
    const request = anEvent({ method: 'GET', path: `${NODE}/costs`, query, headers: AUTHORIZED });
    const { result } = await run('api', request, { API_TOKEN_SECRET_ARN: SECRET_ARN });

    expect(result).toMatchObject({ statusCode: 200, body: expect.stringMatching(/"missingPrices":\[\]/) });
    expect(operationsOf('pricing')).toEqual(['GetProducts']);
  });

  test('the API reads the metrics of an instance', async () => {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const usage = { instanceId: 'i-measured', instanceType: 'm7g.large', availabilityZone: 'eu-west-1a', from };
    await usageRecords(table).begin(NODE_ID, { ...usage, lifeCycle: 'on_demand', product: 'Linux/UNIX' });
    answers.GetSecretValue = SECRET;
    const seconds = Math.floor(Date.now() / 1000) - 600;
    const result0 = { Id: 'cPUUtilization_0', StatusCode: 'Complete', Timestamps: [seconds], Values: [12.5] };
    answers.GetMetricData = { body: JSON.stringify({ MetricDataResults: [result0] }) };
    const request = anEvent({ method: 'GET', path: `${NODE}/metrics`, query: 'limit=1', headers: AUTHORIZED });
    const { result } = await run('api', request, { API_TOKEN_SECRET_ARN: SECRET_ARN });

    const sample = `{"at":"${new Date(seconds * 1000).toISOString()}","cpuPercent":12.5,`;
    expect(result).toMatchObject({ statusCode: 200, body: expect.stringContaining(sample) });
    expect(operationsOf('monitoring')).toEqual(['GetMetricData']);
  });

  test('node-resource looks for the node', async () => {
    const ids = { RequestId: 'r', StackId: 's', LogicalResourceId: 'l', PhysicalResourceId: 'smi-ffffffff' };
    const event = { RequestType: 'Delete', ...ids, ResourceProperties: { Document: '{}' }, IsPolled: true };

    await expect(run('node-resource', event)).resolves.toEqual({ result: { IsComplete: true } });
    // Under each key, and once more, because it may move from one to the other.
    expect(operationsOf('dynamodb')).toEqual(['GetItem', 'GetItem', 'GetItem']);
  });

  test('steps throws errors with the names that the state machines match, and with our own lines', async () => {
    const { error } = await run('steps', { step: 'attach-eni', nodeId: 'smi-ffffffff', generation: 1 });

    expect(error).toMatchObject({ name: 'OwnershipLost' });
    expect(error!.stack).toMatch(/\(.*[\\/]lambdas[\\/]operation[\\/]owned-node\.ts:\d+:\d+\)/);
  });
});

describe('each bundle has nothing that no call needs', () => {
  const inputsOf = (name: Name) =>
    Object.values(bundles.get(name)!.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  /** In bytes, minified. */
  const sizeOf = (name: Name, path: RegExp) =>
    inputsOf(name).reduce((sum, [file, { bytesInOutput }]) => sum + (path.test(file) ? bytesInOutput : 0), 0);

  describe.each(NAMES)('%s', (name) => {
    test.each(Object.keys(REPLACED_MODULES))('%s is replaced', (module) => {
      expect(Object.keys(bundles.get(name)!.inputs)).toContain(`${REPLACED_NAMESPACE}:${module}`);
      expect(sizeOf(name, new RegExp(`node_modules/${module}/`))).toBe(0);
    });

    test('the other providers of credentials are not in it', () => {
      expect(sizeOf(name, /credential-provider-(?!env)|token-providers|nested-clients/)).toBe(0);
    });

    test('each client has descriptions of the operations that are called, and the version of its package', () => {
      // All of DynamoDB's operations take 34 KB, and all of EC2's 550 KB.
      expect(sizeOf(name, /client-(?!ec2).*\/schemas\/schemas_0\.js$/)).toBeLessThan(32_000);
      expect(sizeOf(name, /client-ec2\/.*\/schemas\/schemas_0\.js$/)).toBeLessThan(120_000);
      expect(sizeOf(name, /@aws-sdk\/client-.*package\.json$/)).toBeLessThan(500);
    });

    test('the source map has the lines of our own files', () => {
      const { sources } = JSON.parse(readFileSync(`${outfileOf(name)}.map`, 'utf8')) as { sources: readonly string[] };

      expect(sources).toContain(`lambdas/${name}/handler.ts`);
      expect(sources.filter((source) => !/^(lambdas|domain)\//.test(source))).toEqual([]);
    });
  });

  test('wake-waiter has no clients but those of the table and of the state machines', () => {
    const clients = inputsOf('wake-waiter').flatMap(([file]) => /@aws-sdk\/(client-[\w-]+)/.exec(file)?.[1] ?? []);

    expect([...new Set(clients)].sort()).toEqual(['client-dynamodb', 'client-sfn']);
  });
});

test('keys that are constants of the file become literals, and nothing else changes', () => {
  const code = 'const _a = "xmlName";\nconst n = 4;\nexport var x = { [_a]: [_a], [n]: 1, [other]: 2 };';

  expect(withLiteralKeys(code)).toBe(
    'const _a = "xmlName";\nconst n = 4;\nexport var x = { "xmlName": [_a], [n]: 1, [other]: 2 };',
  );
});

test('a source map keeps the first position of each of our lines, and where a library begins', () => {
  const mappings = encode([
    [
      [0, 0, 4, 2],
      [5, 1, 7, 0],
      [9, 1, 7, 4, 0],
      [12, 1, 8, 0],
      [20, 0, 4, 2],
      [25, 0, 6, 2],
      [30, 1, 8, 0],
    ],
  ]);
  const own = ownLines({ sources: ['lib.js', 'ours.ts'], mappings }, (source) =>
    source === 'ours.ts' ? 'lambdas/ours.ts' : undefined,
  );

  expect(own).toMatchObject({ version: 3, sources: ['lambdas/ours.ts'], names: [] });
  expect(decode(own.mappings)).toEqual([[[5, 0, 7, 0], [12, 0, 8, 0], [20], [30, 0, 8, 0]]]);
});
