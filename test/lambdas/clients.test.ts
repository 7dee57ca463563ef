/** How often the clients of a deployed function retry, measured as requests to a server that refuses them. */
import { DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portClients } from '../../lambdas/clients';

let requests = 0;
let server: Server;
const before = { ...process.env };

function refusal(code: string): string {
  return `<Response><Errors><Error><Code>${code}</Code><Message>No.</Message></Error></Errors><RequestID>r</RequestID></Response>`;
}

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    request.resume();
    const code = request.headers['x-refusal'];
    response.writeHead(code === 'RequestLimitExceeded' ? 503 : 500, { 'content-type': 'text/xml' });
    response.end(refusal(String(code)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'none';
  process.env.AWS_SECRET_ACCESS_KEY = 'none';
});

afterAll(async () => {
  process.env = before;
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  { what: 'a launch that lacks capacity', code: 'InsufficientInstanceCapacity', command: RunInstancesCommand },
  { what: 'a throttled look', code: 'RequestLimitExceeded', command: DescribeInstancesCommand },
])('$what costs EC2 one request: the state machine decides what comes next', async ({ code, command }) => {
  requests = 0;
  const { ec2 } = portClients();
  ec2.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['x-refusal'] = code;
      return next(args);
    },
    { step: 'build' },
  );
  const asked =
    command === RunInstancesCommand
      ? new RunInstancesCommand({ MinCount: 1, MaxCount: 1 })
      : new DescribeInstancesCommand({});
  await expect(ec2.send(asked as DescribeInstancesCommand)).rejects.toThrow('No.');
  expect(requests).toBe(1);
  ec2.destroy();
});
