/** Responses that do not come, or come in another form. */
import { holdfast, type Situation } from './cli-play';

const HERE: Situation = { environment: { HOLDFAST_URL: 'http://127.0.0.1:8080', HOLDFAST_TOKEN: 't' } };

const node = { id: 'smi-0a1b2c3d', name: 'db', status: 'ACTIVE', errorReason: null };

const whole = {
  ...node,
  nextTryAt: null,
  operation: null,
  isUpdatePending: false,
  waitsForLaunch: [],
  instanceId: null,
  instanceType: null,
  lifeCycle: null,
  launchedAt: null,
  imageId: 'ami-1',
  networkInterfaceId: null,
  macAddress: null,
  privateIp: null,
  publicIp: null,
  ipv6Address: null,
  availabilityZone: null,
  lastReplacement: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

function envelope(...items: readonly object[]): Response {
  return Response.json({ request: { timestamp: '2026-01-01T00:00:00.000Z' }, response: { items } });
}

function failure(code: string, nested?: Error): TypeError {
  const cause = Object.assign(new Error(`${code} 127.0.0.1:8080`), { code });
  return new TypeError('fetch failed', { cause: nested ?? cause });
}

/** Responds in turn, and records what was sent and how long was slept. */
async function play(argv: readonly string[], ...responses: readonly (Response | Error)[]) {
  const sent: string[] = [];
  const queries: string[] = [];
  const slept: number[] = [];
  const left = [...responses];
  const outcome = await holdfast(argv, {
    ...HERE,
    fetch: async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      sent.push(`${request.method} ${pathname}`);
      queries.push(decodeURIComponent(searchParams.toString()));
      const next = left.shift();
      if (next === undefined) throw new Error('no more responses');
      if (next instanceof Error) throw next;
      return next;
    },
    sleep: async (delayMs) => void slept.push(delayMs),
  });
  return { ...outcome, sent, queries, slept };
}

const throttled = () => Response.json({ message: 'Too Many Requests' }, { status: 429 });

test.each([
  { what: '429', first: throttled() },
  { what: '503', first: new Response('', { status: 503 }) },
  { what: 'a broken connection', first: failure('ECONNRESET') },
])('a read is repeated after $what', async ({ first }) => {
  const { status, out, sent, slept } = await play(['status', node.id], first, throttled(), envelope(node));
  expect(status).toBe(0);
  expect(JSON.parse(out)).toEqual(node);
  expect(sent).toHaveLength(3);
  expect(slept).toEqual([500, 1_000]);
});

test('a read is not repeated for ever', async () => {
  const { status, err, sent } = await play(['status', node.id], ...Array.from({ length: 6 }, throttled));
  expect(sent).toHaveLength(5);
  expect({ status, err }).toEqual({ status: 1, err: 'Too Many Requests\n' });
});

test('a change is never repeated', async () => {
  const { status, err, sent } = await play(['pause', node.id], throttled(), envelope());
  expect({ status, err, sent }).toEqual({
    status: 1,
    err: 'Too Many Requests\n',
    sent: ['PUT /aws/ec2/managedInstance/smi-0a1b2c3d/pause'],
  });
});

test.each([
  {
    error: failure('ECONNREFUSED'),
    says: 'http://127.0.0.1:8080 refuses connections. Is it running, and is the port right?\n',
  },
  {
    error: failure('', new AggregateError([Object.assign(new Error(''), { code: 'ECONNREFUSED' })])),
    says: 'http://127.0.0.1:8080 refuses connections. Is it running, and is the port right?\n',
  },
  { error: failure('ENOTFOUND'), says: 'http://127.0.0.1:8080 does not exist: its host name is unknown.\n' },
  {
    error: new TypeError('fetch failed', { cause: new Error('self-signed certificate') }),
    says: 'http://127.0.0.1:8080 does not respond: self-signed certificate\n',
  },
])('$error.cause.code is explained, and a read is not repeated', async ({ error, says }) => {
  expect(await play(['status', node.id], error)).toMatchObject({ status: 1, out: '', err: says, slept: [] });
  expect(await play(['pause', node.id], error)).toMatchObject({ status: 1, out: '', err: says, slept: [] });
});

test.each([
  { response: new Response('<html>', { status: 200 }), says: /^The URL responds, and not with JSON/ },
  {
    response: new Response('<html>', { status: 404 }),
    says: /^The API responded with status 404, and not in its own format/,
  },
  { response: Response.json({}, { status: 500 }), says: /^The API responded with status 500/ },
  { response: envelope(), says: /^The API responded without the item/ },
  { response: Response.json({ message: 'Forbidden' }, { status: 403 }), says: /^Forbidden\n$/ },
])('a response in another form is explained: $says', async ({ response, says }) => {
  const { status, err, out } = await play(['status', node.id], response);
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toMatch(says);
});

test('a deployment without a simulator is explained', async () => {
  const missing = { response: { errors: [{ code: 'NOT_FOUND', message: 'This path does not exist.' }] } };
  const { status, err } = await play(['simulator', 'world'], Response.json(missing, { status: 404 }));
  expect(status).toBe(1);
  expect(err).toMatch(/^This path does not exist\.\n.*Only `npm start` has a simulator\.\n$/);
});

test('faults of several kinds are not taken for a missing node', async () => {
  const errors = [
    { code: 'MANAGED_INSTANCE_DOESNT_EXIST', message: 'There is no node.', field: 'id' },
    { code: 'VALIDATION_ERROR', message: 'must be a time', field: 'fromDate' },
  ];
  const { status, err } = await play(['log', node.id], Response.json({ response: { errors } }, { status: 400 }));
  expect({ status, err }).toEqual({ status: 1, err: 'id: There is no node.\nfromDate: must be a time\n' });
});

test('the list reads the statuses of all nodes with one request for each page', async () => {
  const [first, second] = [
    { ...whole, id: 'smi-1' },
    { ...whole, id: 'smi-2' },
  ];
  const page = { request: { timestamp: '' }, response: { items: [first], nextToken: 'smi-1' } };
  const { status, out, sent, queries } = await play(['list'], Response.json(page), envelope(second));
  expect(status).toBe(0);
  expect(JSON.parse(out)).toEqual([first, second]);
  const path = 'GET /aws/ec2/managedInstance';
  expect(sent).toEqual([path, path]);
  // Without the configurations, of which a page may be megabytes.
  const [fields, continued] = queries.map((query) => new URLSearchParams(query));
  expect(fields?.get('fields')?.split(',').sort()).toEqual(Object.keys(whole).sort());
  expect(continued?.get('fields')).toBe(fields?.get('fields'));
  expect([fields?.get('nextToken'), continued?.get('nextToken')]).toEqual([null, 'smi-1']);
});

test('a list without the fields that were asked for is not taken for an empty one', async () => {
  const { status, out, err } = await play(['list'], envelope(node));
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toMatch(/^The API responded without the fields/);
});

test('a fault of the command line itself is not swallowed', async () => {
  await expect(
    holdfast(['completion', 'bash'], {
      connect: () => Promise.reject(new Error('unused')),
    }),
  ).resolves.toMatchObject({ status: 0 });
  await expect(holdfast(['list'], { ...HERE, connect: () => Promise.reject(new RangeError('a bug')) })).rejects.toThrow(
    'a bug',
  );
});
