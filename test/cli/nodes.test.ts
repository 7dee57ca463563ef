/** The life of a node, from the command line. */
import { CliPlay } from './cli-play';

let cli: CliPlay;
beforeEach(async () => (cli = await CliPlay.open()));
afterEach(() => cli.play.stop());

test('a node is created from flags, and the progress is shown until it is ACTIVE', async () => {
  const { status, out, err } = await cli.run(['create', ...cli.flags('db'), '--tags', 'team=a,b', '--wait']);
  expect(status).toBe(0);
  const node = JSON.parse(out);
  expect(node).toMatchObject({ name: 'db', status: 'ACTIVE', operation: null, lifeCycle: 'spot' });
  const lines = err.trimEnd().split('\n');
  expect(lines[0]).toBe(`${node.id} is created.`);
  const states = lines.flatMap((line) => /^\S+ \S+Z {2}state {2}(\S+)$/.exec(line)?.[1] ?? []);
  expect(states).toEqual(['RESUMING', 'ACTIVE']);
  expect(lines.filter((line) => line.includes(`INFO   ACTIVE on ${node.instanceId}`))).toHaveLength(1);
  expect(err).not.toContain('DEBUG');
  const document = await cli.json('show', 'db');
  expect(document).toMatchObject({
    region: 'us-east-1',
    persistence: { persistPrivateIp: true },
    compute: { launchSpecification: { tags: [{ tagKey: 'team', tagValue: 'a,b' }] } },
  });
});

test('a document comes from the standard input or a file, and flags win over it', async () => {
  await cli.create('first');
  const { out: document } = await cli.run(['show', 'first']);
  const copied = await cli.run(['create', '-f', '-', '--name', 'second'], { input: document });
  expect(JSON.parse(copied.out)).toMatchObject({ name: 'second', status: 'RESUMING' });
  const files = { 'node.json': JSON.stringify({ managedInstance: JSON.parse(document) }) };
  const again = await cli.run(['create', '--file', 'node.json', '--name', 'third', '--no-fallback'], { files });
  expect(again.status).toBe(0);
  expect(await cli.json('show', 'third')).toMatchObject({ strategy: { fallbackToOd: false } });
  const { strategy: _strategy, ...before } = JSON.parse(document);
  expect(await cli.json('show', 'third')).toMatchObject({ compute: before.compute, persistence: before.persistence });
});

test('a file says by itself whether the private IP is kept', async () => {
  const { vpcId, subnetIds, arm64ImageId, securityGroupId } = cli.play.sandbox.account;
  const elasticIp = await cli.play.allocate();
  const document = {
    name: 'by-address',
    persistence: {},
    compute: {
      vpcId,
      subnetIds: [subnetIds[0]],
      elasticIp,
      launchSpecification: {
        imageId: arm64ImageId,
        instanceTypes: { types: ['m7g.large'] },
        securityGroupIds: [securityGroupId],
      },
    },
  };
  const { status } = await cli.run(['create', '-f', '-'], { input: JSON.stringify(document) });
  expect(status).toBe(0);
  expect((await cli.json('show', 'by-address')).persistence).toEqual({});
});

test('every fault of a document is one line with its field', async () => {
  const { status, out, err } = await cli.run(['create', '--name', 'x', '--image', 'x', '--private-ip', '10.0.0.300']);
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err.trimEnd().split('\n')).toEqual(
    expect.arrayContaining([
      'compute.privateIp: must be an IPv4 address',
      'compute.vpcId: is required',
      'compute.launchSpecification.imageId: must be an image, like ami-0123456789abcdef0',
    ]),
  );
});

test('nodes are listed with their status: a table on a terminal, JSON in a pipe', async () => {
  const empty = await cli.run(['list'], { isTTY: true });
  expect(empty.out).toMatch(/^There are no nodes\./);
  const id = await cli.create('db');
  const [node] = await cli.json('list');
  expect(node).toMatchObject({ id, name: 'db', status: 'ACTIVE' });
  const { out } = await cli.run(['list'], { isTTY: true });
  const [header, row, ...rest] = out.trimEnd().split('\n');
  expect(header?.split(/ {2,}/)).toEqual([
    'ID',
    'NAME',
    'STATUS',
    'INSTANCE',
    'TYPE',
    'CAPACITY',
    'PRIVATE IP',
    'PUBLIC IP',
  ]);
  expect(row?.split(/ {2,}/)).toEqual([id, 'db', 'ACTIVE', node.instanceId, 'm7g.large', 'spot', node.privateIp, '-']);
  expect(rest).toEqual([]);
  expect(JSON.parse((await cli.run(['list', '--json'], { isTTY: true })).out)).toEqual([node]);
});

test('pause, resume and recycle wait for their status, and keep the addresses', async () => {
  const id = await cli.create('db');
  const before = await cli.json('status', 'db');
  expect((await cli.json('pause', 'db')).status).toBe('PAUSING');
  expect(await cli.json('pause', 'db', '--wait')).toMatchObject({ status: 'PAUSED', instanceId: null });
  expect(await cli.json('resume', 'db', '--wait')).toMatchObject({ status: 'ACTIVE' });
  const resumed = await cli.json('status', id);
  const recycled = await cli.json('recycle', id, '--wait');
  expect(new Set([before, resumed, recycled].map(({ instanceId }) => instanceId)).size).toBe(3);
  for (const after of [resumed, recycled]) {
    const { id: sameId, privateIp, macAddress, networkInterfaceId } = before;
    expect(after).toMatchObject({ id: sameId, privateIp, macAddress, networkInterfaceId });
  }
  const { out } = await cli.run(['pause', 'db', '--wait'], { isTTY: true });
  expect(out).toBe(`db (${id}) is PAUSED.\n`);
});

test('a wait does not end before the request is carried out, although the node is ACTIVE meanwhile', async () => {
  await cli.create('db');
  const before = await cli.json('status', 'db');
  await cli.json('edit', 'db', '--tags', 'team=storage');
  await cli.play.passSeconds(0.5);
  expect(await cli.json('status', 'db')).toMatchObject({ status: 'ACTIVE', operation: { kind: 'adjust' } });
  const after = await cli.json('recycle', 'db', '--wait');
  expect(after).toMatchObject({ status: 'ACTIVE', operation: null });
  expect(after.instanceId).not.toBe(before.instanceId);
});

test('a wait that ends in another status fails, with the reason', async () => {
  const { availabilityZones } = cli.play.sandbox.account;
  const zone = availabilityZones[0];
  for (const type of ['m7g.large', 'm6g.large']) {
    for (const lifeCycle of ['spot', 'on_demand']) {
      expect((await cli.run(['simulator', 'capacity', type, zone, lifeCycle, '0'])).status).toBe(0);
    }
  }
  const { status, err } = await cli.run(['create', ...cli.flags('db'), '--wait', '--timeout', '1h']);
  expect(status).toBe(1);
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/^smi-\S+ is ERROR, not ACTIVE: .*capacity/i);
});

test('a wait that takes too long ends with a status of its own, and the operation continues', async () => {
  await cli.create('db');
  const before = cli.play.clock.now();
  const { status, out, err } = await cli.run(['recycle', 'db', '--wait', '--timeout', '5s']);
  expect({ status, out }).toEqual({ status: 4, out: '' });
  expect(err.trimEnd().split('\n').at(-1)).toMatch(/^smi-\S+ is still RECYCLING\. The operation continues\.$/);
  expect(cli.play.clock.now() - before).toBeGreaterThanOrEqual(5_000);
  expect(cli.play.clock.now() - before).toBeLessThan(8_000);
  await cli.play.untilIdle();
  expect((await cli.json('status', 'db')).status).toBe('ACTIVE');
});

test.each(['status', 'show', 'log', 'pause', 'resume', 'recycle', 'costs'])(
  '%s of a node that does not exist ends with the status for that',
  async (name) => {
    await cli.json('create', ...cli.flags('other'));
    expect(await cli.run([name, 'smi-0badbad0'])).toEqual({
      status: 3,
      out: '',
      err: 'id: There is no stateful node smi-0badbad0.\n',
    });
    expect(await cli.run([name, 'nobody'])).toEqual({
      status: 3,
      out: '',
      err: 'There is no node with the id or the name nobody.\n',
    });
  },
);

test('a name that two nodes have is refused, and their ids are named', async () => {
  const ids = [await cli.create('twin'), await cli.create('twin')].sort();
  const { status, err } = await cli.run(['pause', 'twin']);
  expect(status).toBe(2);
  expect(err).toBe(`2 nodes have the name twin. Give an id: ${ids.join(', ')}\n`);
  expect((await cli.json('list')).map((node: any) => node.status)).toEqual(['ACTIVE', 'ACTIVE']);
});

test('an edit changes the fields of its flags, and removes those of --unset', async () => {
  const id = await cli.create('db', '--draining-timeout', '60', '--description', 'a database');
  const edited = await cli.json(
    'edit',
    'db',
    '--types',
    'm7g.xlarge',
    '--unset',
    'strategy.drainingTimeout,description',
  );
  expect(edited).toMatchObject({ id, compute: { launchSpecification: { instanceTypes: { types: ['m7g.xlarge'] } } } });
  expect(edited.strategy ?? {}).not.toHaveProperty('drainingTimeout');
  expect(edited).not.toHaveProperty('description');
  const renamed = await cli.run(['edit', id, '--file', '-'], { input: '{"name":"db-2"}', isTTY: true });
  expect(renamed).toMatchObject({ status: 0, out: `db-2 (${id}) is edited.\n` });
});

test('user data is read from a file and sent in base64', async () => {
  const files = { 'boot.sh': '#!/bin/sh\necho é\n' };
  const { status } = await cli.run(['create', ...cli.flags('db'), '--user-data', 'boot.sh'], { files });
  expect(status).toBe(0);
  const { userData } = (await cli.json('show', 'db')).compute.launchSpecification;
  expect(Buffer.from(userData, 'base64').toString('utf8')).toBe(files['boot.sh']);
});

describe('delete', () => {
  test('asks on a terminal, and says what happens to what', async () => {
    const id = await cli.create('db');
    const { instanceId, privateIp } = await cli.json('status', 'db');
    const refused = await cli.run(['delete', 'db'], { isTTY: true, answer: '' });
    expect(refused.status).toBe(1);
    expect(refused.err).toBe(
      `Delete db (${id})? Its instance ${instanceId} is terminated, and ${privateIp} is kept. [y/N] Nothing was changed.\n`,
    );
    expect(await cli.json('list')).toHaveLength(1);
    const done = await cli.run(['delete', 'db'], { isTTY: true, answer: 'y' });
    expect(done).toMatchObject({ status: 0, out: `db (${id}) is deleted. Its resources are being removed.\n` });
    expect(await cli.json('list')).toEqual([]);
  });

  test('needs --yes where there is no terminal to ask on', async () => {
    await cli.create('db');
    const refused = await cli.run(['delete', 'db']);
    expect(refused).toMatchObject({ status: 2, out: '' });
    expect(refused.err).toMatch(/^--yes is needed/);
    expect(await cli.json('list')).toHaveLength(1);
  });

  test.each([
    { flags: [], instances: 0, interfaces: 1 },
    { flags: ['--delete-interface'], instances: 0, interfaces: 0 },
    { flags: ['--keep-instance'], instances: 1, interfaces: 1 },
  ])('with $flags leaves $instances instances and $interfaces interfaces', async ({ flags, instances, interfaces }) => {
    await cli.create('db');
    await cli.json('delete', 'db', '--yes', ...flags);
    await cli.play.untilIdle();
    expect(cli.play.liveInstanceIds()).toHaveLength(instances);
    expect(cli.play.interfaceIds()).toHaveLength(interfaces);
  });
});

describe('log', () => {
  test('prints all entries, the last of them, or the severe ones', async () => {
    await cli.create('db');
    const all = await cli.json('log', 'db');
    expect(all[0]).toMatchObject({ message: 'created', severity: 'INFO' });
    expect(await cli.json('log', 'db', '--last', '2')).toEqual(all.slice(-2));
    expect(await cli.json('log', 'db', '--last', '0')).toEqual([]);
    expect(await cli.json('log', 'db', '--severity', 'ERROR')).toEqual([]);
    const { out } = await cli.run(['log', 'db', '--last', '1'], { isTTY: true });
    expect(out).toMatch(/^2026-01-01 00:\d\d:\d\dZ {2}INFO {3}ACTIVE on i-\S+\n$/);
  });

  test('begins a while ago, or at a time', async () => {
    await cli.create('db');
    await cli.play.passSeconds(3600);
    await cli.json('pause', 'db', '--wait');
    const since = await cli.json('log', 'db', '--since', '10m');
    expect(since[0].message).toMatch(/pause requested/);
    expect(await cli.json('log', 'db', '--until', '2026-01-01T00:30:00Z')).not.toEqual(
      expect.arrayContaining([expect.objectContaining({ message: since[0].message })]),
    );
    const faulty = await cli.run(['log', 'db', '--since', 'yesterday']);
    expect(faulty.status).toBe(1);
    expect(faulty.err).toMatch(/^fromDate: must be a time like/);
  });

  test('follows: each entry once, as one line of JSON, until the node is deleted', async () => {
    const id = await cli.create('db');
    const before: any[] = await cli.json('log', 'db');
    const path = `/aws/ec2/managedInstance/${id}`;
    const requests = [
      () => cli.request('PUT', `${path}/pause`),
      () => cli.request('PUT', `${path}/resume`),
      () => cli.request('DELETE', path),
    ];
    let sleeps = 0;
    const meanwhile = async (): Promise<void> => {
      sleeps += 1;
      const due = sleeps % 60 === 0 ? requests[sleeps / 60 - 1] : undefined;
      await due?.();
    };
    const followed = await cli.run(['log', 'db', '--follow', '--last', '3'], { meanwhile });
    expect(followed).toMatchObject({ status: 0, err: 'The node has been deleted.\n' });
    const entries = followed.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.slice(0, 3)).toEqual(before.slice(-3));
    const messages = entries.map(({ message }) => message);
    for (const request of ['pause requested', 'resume requested']) {
      expect(messages.filter((message) => message === request)).toHaveLength(1);
    }
    expect(messages.filter((message) => message.startsWith('ACTIVE on'))).toHaveLength(2);
  });
});
