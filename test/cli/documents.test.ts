/** Documents from files and flags. */
import { nodeDocument } from '../../cli/documents/node-document';
import { at, compact, merged, readDocument, unwrapped } from '../../cli/documents/read-document';
import type { Shell } from '../../cli/shell';

function shellWith(files: Readonly<Record<string, string>>, input = ''): Shell {
  return {
    stdin: { isTTY: false, read: async () => input, ask: async () => '' },
    readFile: async (path: string) => {
      if (files[path] === undefined) throw new Error('ENOENT: no such file or directory');
      return Buffer.from(files[path]);
    },
  } as Partial<Shell> as Shell;
}

test.each([
  { base: { a: { b: 1, c: 2 } }, over: { a: { c: 3 } }, result: { a: { b: 1, c: 3 } } },
  { base: { a: [1, 2] }, over: { a: [3] }, result: { a: [3] } },
  { base: { a: { b: 1 } }, over: { a: null }, result: { a: null } },
  { base: { a: 1 }, over: { a: { b: 1 } }, result: { a: { b: 1 } } },
  { base: {}, over: { a: { b: {} } }, result: { a: { b: {} } } },
])('$over over $base is $result', ({ base, over, result }) => {
  expect(merged(base, over)).toEqual(result);
});

test.each([
  { given: { a: undefined, b: 1 }, result: { b: 1 } },
  { given: { a: { b: undefined, c: { d: undefined } } }, result: {} },
  { given: { a: null, b: false, c: 0, d: '' }, result: { a: null, b: false, c: 0, d: '' } },
  { given: { a: [], b: {} }, result: { a: [], b: {} } },
])('$given without what is absent is $result', ({ given, result }) => {
  expect(compact(given)).toEqual(result);
});

test.each([
  { given: { managedInstance: { name: 'db' } }, result: { name: 'db' } },
  { given: { name: 'db' }, result: { name: 'db' } },
  { given: { managedInstance: { name: 'db' }, other: 1 }, result: { managedInstance: { name: 'db' }, other: 1 } },
  { given: { managedInstance: 'db' }, result: { managedInstance: 'db' } },
])('$given means $result', ({ given, result }) => {
  expect(unwrapped(given, 'managedInstance')).toEqual(result);
});

test('a path names a field at any depth', () => {
  expect(at('name', null)).toEqual({ name: null });
  expect(at('compute.launchSpecification.userData', null)).toEqual({
    compute: { launchSpecification: { userData: null } },
  });
});

test.each([
  { file: 'a.json', text: '[1]', says: 'a.json must be a JSON object.' },
  { file: 'a.json', text: '"password"', says: 'a.json must be a JSON object.' },
  { file: '-', text: '', says: 'The standard input is not JSON' },
  { file: '-', text: '{"userData": "hunter2', says: 'The standard input is not JSON' },
  { file: 'b.json', text: '', says: 'b.json cannot be read: ENOENT: no such file or directory' },
])('$text in $file is refused, and not quoted', async ({ file, text, says }) => {
  const refusal: any = await readDocument(shellWith({ 'a.json': text }, text), file).then(
    () => new Error('read'),
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ name: 'Misused', message: expect.stringContaining(says) });
  expect(refusal.message).not.toMatch(/hunter2|password/);
});

test('every flag is a field of the document', async () => {
  const files = { 'boot.sh': 'hello' };
  const document = await nodeDocument(shellWith(files), {
    name: 'db',
    description: 'a database',
    lifeCycle: 'spot',
    fallback: false,
    drainingTimeout: 30,
    attachment: 'hot',
    persistPrivateIp: true,
    vpc: 'vpc-1',
    subnets: ['subnet-1'],
    privateIp: '10.0.0.1',
    elasticIp: 'eipalloc-1',
    image: 'ami-1',
    types: ['m7g.large'],
    securityGroups: ['sg-1'],
    keyPair: 'operator',
    iamRole: 'web',
    userData: 'boot.sh',
    tags: [['a', 'b']],
  });
  expect(document).toEqual({
    name: 'db',
    description: 'a database',
    strategy: { lifeCycle: 'spot', fallbackToOd: false, drainingTimeout: 30 },
    persistence: { persistPrivateIp: true, eniAttachment: 'hot' },
    compute: {
      vpcId: 'vpc-1',
      subnetIds: ['subnet-1'],
      privateIp: '10.0.0.1',
      elasticIp: 'eipalloc-1',
      launchSpecification: {
        imageId: 'ami-1',
        instanceTypes: { types: ['m7g.large'] },
        securityGroupIds: ['sg-1'],
        keyPair: 'operator',
        iamRole: { name: 'web' },
        userData: 'aGVsbG8=',
        tags: [{ tagKey: 'a', tagValue: 'b' }],
      },
    },
  });
});

test('a role is given by its name or its ARN', async () => {
  const iamRole = 'arn:aws:iam::123456789012:instance-profile/web';
  expect(await nodeDocument(shellWith({}), { iamRole })).toEqual({
    compute: { launchSpecification: { iamRole: { arn: iamRole } } },
  });
});

test('what the API adds to a document is not sent back', async () => {
  const input = JSON.stringify({ id: 'smi-1', createdAt: 'x', updatedAt: 'y', name: 'db' });
  expect(await nodeDocument(shellWith({}, input), { file: '-' })).toEqual({ name: 'db' });
});
