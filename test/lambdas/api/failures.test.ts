import {
  AddressTaken,
  NotYetVisible,
  OwnershipLost,
  QuotaExceeded,
  RecordContended,
  RequestRejected,
  ServiceUnavailable,
  Throttled,
} from '../../../domain/errors';
import { errorEnvelopeSchema } from '../../../lambdas/api/envelope';
import { InvalidRequest, NodeMissing } from '../../../lambdas/api/node-service';
import { aConfig, anUnreadableRecord, NODE_ID } from '../../domain/builders';
import { anApi, FakeNodeService, MISSING_ID, NODE, NODES, REQUEST_ID, twoErrors } from './requests';

async function failingWith(failure: unknown) {
  const service = new FakeNodeService();
  service.failure = failure;
  const api = anApi({ service });
  const answer = await api.send({ method: 'POST', path: NODES, body: { managedInstance: aConfig() } });
  return { ...answer, logged: api.logged };
}

describe('A failure of the service', () => {
  it.each<{ failure: Error; status: number; message: string; code: string }>([
    {
      failure: new InvalidRequest(twoErrors.fieldErrors),
      status: 400,
      message: 'Bad Request',
      code: 'VALIDATION_ERROR',
    },
    { failure: new NodeMissing(NODE_ID), status: 400, message: 'Bad Request', code: 'MANAGED_INSTANCE_DOESNT_EXIST' },
    { failure: new AddressTaken('taken'), status: 400, message: 'Bad Request', code: 'ADDRESS_TAKEN' },
    { failure: new QuotaExceeded('quota'), status: 400, message: 'Bad Request', code: 'QUOTA_EXCEEDED' },
    { failure: new RequestRejected('no'), status: 400, message: 'Bad Request', code: 'REQUEST_REJECTED' },
    { failure: new RecordContended('again'), status: 409, message: 'Conflict', code: 'RECORD_CONTENDED' },
    { failure: anUnreadableRecord(), status: 409, message: 'Conflict', code: 'UNREADABLE_RECORD' },
    { failure: new OwnershipLost('lost'), status: 409, message: 'Conflict', code: 'OWNERSHIP_LOST' },
    { failure: new Throttled('slow down'), status: 429, message: 'Too Many Requests', code: 'THROTTLED' },
    { failure: new NotYetVisible('soon'), status: 503, message: 'Service Unavailable', code: 'NOT_YET_VISIBLE' },
    {
      failure: new ServiceUnavailable('5xx'),
      status: 503,
      message: 'Service Unavailable',
      code: 'SERVICE_UNAVAILABLE',
    },
    { failure: new TypeError('x is undefined'), status: 500, message: 'Internal Server Error', code: 'INTERNAL_ERROR' },
  ])('$failure.name returns $status $code', async ({ failure, status, message, code }) => {
    const { body, ...answer } = await failingWith(failure);

    expect(answer.status).toBe(status);
    expect(body.response.status).toEqual({ code: status, message });
    expect(body.response.errors[0].code).toBe(code);
    errorEnvelopeSchema.parse(body);
  });

  it.each([
    { failure: new Throttled('slow down'), seconds: '2' },
    { failure: new ServiceUnavailable('5xx'), seconds: '5' },
    { failure: new RecordContended('again'), seconds: undefined },
    { failure: new TypeError('x is undefined'), seconds: undefined },
  ])('says when to send the request again, if waiting helps: $failure.name', async ({ failure, seconds }) => {
    const { headers } = await failingWith(failure);
    expect(headers['retry-after']).toBe(seconds);
  });

  it('returns every error, each with its field', async () => {
    const { body } = await failingWith(twoErrors);

    expect(body.response.errors).toEqual([
      { code: 'VALIDATION_ERROR', field: 'name', message: 'is required' },
      { code: 'VALIDATION_ERROR', field: 'compute.privateIp', message: 'must be an IPv4 address' },
    ]);
  });

  it('returns the code that clients look for, if the field has one', async () => {
    const { body } = await failingWith(new InvalidRequest([{ field: 'name', message: 'is wrong', code: 'TheirCode' }]));

    expect(body.response.errors).toEqual([{ code: 'TheirCode', field: 'name', message: 'is wrong' }]);
  });

  it('returns its message if that is written for people', async () => {
    const { body } = await failingWith(new AddressTaken('10.0.0.10 is held by eni-1.'));
    expect(body.response.errors).toEqual([{ code: 'ADDRESS_TAKEN', message: '10.0.0.10 is held by eni-1.' }]);
  });

  it.each([new Error('AKIA-SECRET is not valid'), 'AKIA-SECRET', { name: 'AKIA-SECRET' }])(
    'does not return its message if it is unexpected: %s',
    async (failure) => {
      const { status, body } = await failingWith(failure);

      expect(status).toBe(500);
      expect(JSON.stringify(body)).not.toContain('AKIA-SECRET');
    },
  );

  it("is logged with its causes if it is Holdfast's own or AWS's", async () => {
    const { logged } = await failingWith(new ServiceUnavailable('DynamoDB', { cause: new TypeError('socket') }));

    expect(logged).toMatchObject([
      {
        level: 'ERROR',
        status: 503,
        error: new ServiceUnavailable('DynamoDB', { cause: new TypeError('socket') }),
      },
    ]);
  });
});

describe('The log', () => {
  it.each([
    {
      name: 'a request that is served',
      method: 'PUT',
      path: `${NODE}/pause`,
      route: `${NODES}/{id}/pause`,
      status: 200,
    },
    { name: 'one that is refused', method: 'GET', path: `${NODES}/smi-1`, route: `${NODES}/{id}`, status: 400 },
    { name: 'one for an unknown path', method: 'GET', path: '/wp-login.php', route: 'none', status: 404 },
  ])('has one line for $name', async ({ method, path, route, status }) => {
    const { logged, send } = anApi();
    await send({ method, path });

    expect(logged).toEqual([
      expect.objectContaining({ level: 'INFO', apiRequestId: REQUEST_ID, method, route, status, ms: 5 }),
    ]);
  });

  it.each([
    { name: 'the node', method: 'PUT', path: `${NODE}/pause`, parameters: { id: NODE_ID } },
    {
      name: 'the node, even if there is none',
      method: 'GET',
      path: `${NODES}/${MISSING_ID}`,
      parameters: { id: MISSING_ID },
    },
  ])('names $name that the request is about', async ({ method, path, parameters }) => {
    const { logged, send } = anApi();
    await send({ method, path });

    expect(logged).toEqual([expect.objectContaining(parameters)]);
  });

  it('contains neither the token nor what was sent', async () => {
    const { logged, send } = anApi();
    const secrets = {
      authorization: 'Bearer secret-token',
      body: 'secret-body',
      path: 'secret-path',
      query: 'a=secret-query',
    };
    const headers = { authorization: secrets.authorization };
    for (const body of [secrets.body, { managedInstance: { userData: secrets.body } }]) {
      await send({ method: 'POST', path: NODES, query: secrets.query, headers, body });
    }
    await send({ method: 'GET', path: `/${secrets.path}`, headers });

    expect(logged).toHaveLength(3);
    expect(JSON.stringify(logged)).not.toContain('secret');
  });
});

describe('An event that is not an HTTP request', () => {
  it.each([undefined, {}, { step: 'attach-eni' }])(
    'fails the invocation, because the wiring is wrong: %j',
    async (event) => {
      const { send } = anApi();
      await expect(send({ requestContext: {}, ...event })).rejects.toThrow(/rawPath/);
    },
  );
});
