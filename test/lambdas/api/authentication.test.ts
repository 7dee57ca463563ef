import crypto from 'node:crypto';
import { ServiceUnavailable } from '../../../domain/errors';
import { cachedTokens } from '../../../lambdas/api/api-tokens';
import { ApiTokensUnusable, type ApiTokens } from '../../../lambdas/ports';
import { bearerAuthentication } from '../../../lambdas/api/authentication';
import { NOW } from '../../domain/builders';
import { anApi, NODE, NODES } from './requests';

const holding = (...tokens: readonly string[]): ApiTokens => ({ current: async () => tokens });
const failing = (error: Error): ApiTokens => ({ current: () => Promise.reject(error) });

function apiWith(tokens: ApiTokens) {
  const { service, send } = anApi({ authenticate: bearerAuthentication(tokens) });
  const get = (authorization?: string, path = NODES) =>
    send({ method: 'GET', path, ...(authorization !== undefined && { headers: { authorization } }) });
  return { service, send, get };
}

describe('A bearer token', () => {
  it.each([
    { name: 'the only one', authorization: 'Bearer one', tokens: ['one'] },
    { name: 'the current one during a rotation', authorization: 'Bearer new', tokens: ['new', 'old'] },
    { name: 'the previous one during a rotation', authorization: 'Bearer old', tokens: ['new', 'old'] },
    { name: 'one after a scheme in lower case', authorization: 'bearer one', tokens: ['one'] },
    { name: 'one with punctuation', authorization: 'Bearer a.b-c_d~e+f/g==', tokens: ['a.b-c_d~e+f/g=='] },
  ])('is accepted: $name', async ({ authorization, tokens }) => {
    await expect(apiWith(holding(...tokens)).get(authorization)).resolves.toMatchObject({ status: 200 });
  });

  it('is found under a header of any case', async () => {
    const { send } = apiWith(holding('one'));
    const answer = await send({ method: 'GET', path: NODES, headers: { Authorization: 'Bearer one' } });
    expect(answer.status).toBe(200);
  });

  it.each([
    { name: 'none at all', authorization: undefined },
    { name: 'an empty header', authorization: '' },
    { name: 'an empty one', authorization: 'Bearer ' },
    { name: 'another', authorization: 'Bearer two' },
    { name: 'the beginning of one', authorization: 'Bearer on' },
    { name: 'one and more', authorization: 'Bearer one1' },
    { name: 'one in upper case', authorization: 'Bearer ONE' },
    { name: 'one without its scheme', authorization: 'one' },
    { name: 'one of another scheme', authorization: 'Basic one' },
    { name: 'two', authorization: 'Bearer one one' },
  ])('is refused: $name', async ({ authorization }) => {
    const { service, get } = apiWith(holding('one'));
    const { status, headers, body } = await get(authorization);

    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(body.response).toEqual({
      status: { code: 401, message: 'Unauthorized' },
      errors: [{ code: 'UNAUTHORIZED', message: 'A valid token is required: "Authorization: Bearer <token>".' }],
    });
    expect(service.calls).toEqual([]);
  });

  it.each([`${NODES}/state`, `${NODE}/costs`, '/nowhere', '/openapi.json', `${NODES}/smi-1`])(
    'is required before the path %s is judged',
    async (path) => {
      const { get } = apiWith(holding('one'));
      const { body, ...without } = await get(undefined, path);
      const valid = await get('Bearer one', path);

      expect(without.status).toBe(401);
      expect(body.response.errors[0].code).toBe('UNAUTHORIZED');
      expect(valid.status).not.toBe(401);
    },
  );

  it('is not required by /health, not even if there are no valid tokens', async () => {
    const { get } = apiWith(failing(new ApiTokensUnusable('broken')));
    await expect(get(undefined, '/health')).resolves.toMatchObject({ status: 200 });
  });
});

describe('The comparison', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    { name: 'the first one matches', given: 'first' },
    { name: 'the second one matches', given: 'second' },
    { name: 'none matches', given: 'x' },
    { name: 'none matches, and the given one is long', given: 'x'.repeat(1000) },
  ])('compares digests of the same length with every token, in constant time: $name', async ({ given }) => {
    const compare = jest.spyOn(crypto, 'timingSafeEqual');
    await apiWith(holding('first', 'second')).get(`Bearer ${given}`);

    expect(compare).toHaveBeenCalledTimes(2);
    for (const [a, b] of compare.mock.calls) expect([a.byteLength, b.byteLength]).toEqual([32, 32]);
  });
});

describe('Tokens that cannot be read', () => {
  it('cause an error that says what to do and shows nothing of the secret', async () => {
    const { status, body } = await apiWith(failing(new ApiTokensUnusable('must be JSON'))).get('Bearer one');

    expect(status).toBe(500);
    expect(body.response.errors).toEqual([{ code: 'API_TOKENS_UNUSABLE', message: 'must be JSON' }]);
  });

  it('make every request fail while Secrets Manager does not respond', async () => {
    const { service, get } = apiWith(failing(new ServiceUnavailable('Secrets Manager did not answer')));

    await expect(get('Bearer one')).resolves.toMatchObject({ status: 503 });
    expect(service.calls).toEqual([]);
  });
});

describe('The cache of tokens', () => {
  function aCache() {
    let tokens = ['first'];
    let reads = 0;
    let nowMs = Date.parse(NOW);
    const source: ApiTokens = {
      current: async () => {
        reads += 1;
        return tokens;
      },
    };
    const cache = cachedTokens(source, { now: () => new Date(nowMs) });
    return {
      cache,
      reads: () => reads,
      pass: (ms: number) => void (nowMs += ms),
      change: (...changed: string[]) => void (tokens = changed),
    };
  }

  it('reads the secret once a minute', async () => {
    const { cache, reads, pass, change } = aCache();
    await expect(cache.current()).resolves.toEqual(['first']);
    change('second', 'first');
    pass(59_999);
    await expect(cache.current()).resolves.toEqual(['first']);
    expect(reads()).toBe(1);
    pass(1);
    await expect(cache.current()).resolves.toEqual(['second', 'first']);
    expect(reads()).toBe(2);
  });

  it('accepts a withdrawn token for no more than a minute', async () => {
    const { cache, pass, change } = aCache();
    const { get } = apiWith(cache);
    await expect(get('Bearer first')).resolves.toMatchObject({ status: 200 });
    change('second');
    pass(60_000);

    await expect(get('Bearer first')).resolves.toMatchObject({ status: 401 });
    await expect(get('Bearer second')).resolves.toMatchObject({ status: 200 });
  });

  it('does not cache a failure', async () => {
    let isBroken = true;
    const source: ApiTokens = {
      current: async () => {
        if (isBroken) throw new ApiTokensUnusable('broken');
        return ['first'];
      },
    };
    const cache = cachedTokens(source, { now: () => new Date(NOW) });
    await expect(cache.current()).rejects.toThrow(ApiTokensUnusable);
    isBroken = false;

    await expect(cache.current()).resolves.toEqual(['first']);
  });
});
