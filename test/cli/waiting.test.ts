/** Waits for edits and deletions, which leave the node's status as it is or end it. */
import { CliPlay, holdfast, URL_HERE } from './cli-play';

let cli: CliPlay;
beforeEach(async () => (cli = await CliPlay.open()));
afterEach(() => cli.play.stop());

const refusal = { kind: 'refuse', code: 'AuthFailure', message: 'this address is not yours' } as const;

const statesIn = (progress: string): readonly string[] =>
  [...progress.matchAll(/ {2}state {2}(.*)$/gm)].map(([, state = '']) => state);

function instanceTags(instanceId: string): Readonly<Record<string, string>> {
  return cli.play.sandbox.ec2.world.instances.get(instanceId)?.tags.current ?? {};
}

describe('edit --wait', () => {
  test('ends when the settings that take effect at once are on the instance', async () => {
    await cli.create('db');
    const { instanceId } = await cli.json('status', 'db');
    const unwaited = await cli.json('edit', 'db', '--tags', 'team=unseen');
    expect(unwaited.name).toBe('db');
    expect(await cli.json('status', 'db')).toMatchObject({ status: 'ACTIVE', isUpdatePending: true });
    expect(instanceTags(instanceId)).not.toHaveProperty('team');

    const { status, out, err } = await cli.run(['edit', 'db', '--tags', 'team=storage', '--wait']);

    expect(status).toBe(0);
    expect(JSON.parse(out).compute.launchSpecification.tags).toEqual([{ tagKey: 'team', tagValue: 'storage' }]);
    expect(instanceTags(instanceId)).toMatchObject({ team: 'storage' });
    expect(await cli.json('status', 'db')).toMatchObject({ instanceId, operation: null, isUpdatePending: false });
    expect(statesIn(err)).toEqual(['ACTIVE (the update is not applied yet)', 'ACTIVE']);
    expect(err).toContain('configuration updated');
    const shown = await cli.run(['edit', 'db', '--description', 'a database', '--wait'], { isTTY: true });
    expect(shown.out).toMatch(/^db \(smi-\w+\) is edited, and the update is applied\.\n$/);
  });

  test('does not end before the operation that applies the update has begun', async () => {
    const id = 'smi-0a1b2c3d';
    const node = { id, name: 'db', status: 'ACTIVE', errorReason: null, operation: null };
    const left = [true, true, false].map((isUpdatePending) => ({ ...node, isUpdatePending }));
    const respond = ({ method, url }: Request): readonly object[] => {
      if (method === 'PUT') return [node];
      return url.includes('/log') ? [] : left.splice(0, 1);
    };
    const { status, err } = await holdfast(['edit', id, '--name', 'db', '--wait'], {
      environment: { HOLDFAST_URL: URL_HERE, HOLDFAST_TOKEN: 't' },
      fetch: async (request) =>
        Response.json({ request: { timestamp: '2026-01-01T00:00:00.000Z' }, response: { items: respond(request) } }),
    });
    expect(status).toBe(0);
    expect(left).toEqual([]);
    expect(statesIn(err)).toEqual(['ACTIVE (the update is not applied yet)', 'ACTIVE']);
  });

  test('waits for the operation under way as well', async () => {
    await cli.create('db');
    await cli.json('recycle', 'db');
    const { status, err } = await cli.run(['edit', 'db', '--tags', 'team=storage', '--wait']);
    expect(status).toBe(0);
    expect(statesIn(err)[0]).toBe('RECYCLING (the update is not applied yet)');
    expect(statesIn(err).at(-1)).toBe('ACTIVE');
    const { instanceId } = await cli.json('status', 'db');
    expect(instanceTags(instanceId)).toMatchObject({ team: 'storage' });
  });

  test('fails if the node is in ERROR then, with the reason', async () => {
    await cli.create('db');
    const elasticIp = await cli.play.allocate();
    cli.play.fault = (command) => (command === 'AssociateAddress' ? refusal : undefined);
    const { status, out, err } = await cli.run(['edit', 'db', '--elastic-ip', elasticIp, '--wait']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err.trimEnd().split('\n').at(-1)).toMatch(/^smi-\w+ is ERROR: adjust failed: /);
  });

  test('times out with a status of its own', async () => {
    await cli.create('db');
    await cli.json('recycle', 'db');
    const { status, out, err } = await cli.run(['edit', 'db', '--name', 'db-2', '--wait', '--timeout', '3s']);
    expect({ status, out }).toEqual({ status: 4, out: '' });
    expect(err).toMatch(/is still RECYCLING \(the update is not applied yet\)\. The operation continues\.\n$/);
  });

  test('is no change by itself', async () => {
    const { status, err } = await cli.run(['edit', 'db', '--wait', '--timeout', '1m']);
    expect(status).toBe(2);
    expect(err).toMatch(/^nothing is to be changed/);
    expect((await cli.run(['edit', 'db', '--name', 'x', '--timeout', '1m'])).err).toMatch(
      /^--timeout has an effect only/,
    );
  });
});

const HOUR_MS = 3_600_000;
const RESOURCE_KINDS = ['instance', 'interface'];

describe('delete --wait', () => {
  test.each([
    { flags: [], left: ['interface'] },
    { flags: ['--delete-interface'], left: [] },
    { flags: ['--keep-instance'], left: RESOURCE_KINDS },
  ])('with $flags ends when nothing is left but $left', async ({ flags, left }) => {
    const elasticIp = await cli.play.allocate();
    const id = await cli.create('db', '--elastic-ip', elasticIp);
    const { instanceId } = await cli.json('status', 'db');

    const { status, out, err } = await cli.run(['delete', 'db', ...flags, '--yes', '--wait'], {
      now: () => cli.play.clock.now() - HOUR_MS,
    });

    expect(status).toBe(0);
    const deleted = JSON.parse(out);
    expect(deleted).toMatchObject({ id, name: 'db' });
    const kinds = deleted.left.map(({ kind }: any) => kind).filter((kind: string) => RESOURCE_KINDS.includes(kind));
    expect(kinds.sort()).toEqual(left);
    expect(deleted.left.every(({ isLeft }: any) => isLeft)).toBe(true);
    expect(cli.play.interfaceIds()).toHaveLength(left.includes('interface') ? 1 : 0);
    expect(cli.play.liveInstanceIds()).toEqual(left.includes('instance') ? [instanceId] : []);
    const states = statesIn(err);
    expect(states[0]).toMatch(/^waiting for .*eni-\w+ \(in-use\)/);
    expect(states.at(-1)).toBe('deleted');
    // By the clock of the API, not of this machine, also once the node does not exist any more.
    const times = [...err.matchAll(/^(\S+ \S+Z) {2}state/gm)].map(([, time = '']) => time);
    expect([...times].sort()).toEqual(times);
    expect(times.at(-1)).toMatch(/^2026-01-01 /);
    // What it waited for is what EC2 has at rest.
    const before = await cli.json('resources', 'list');
    await cli.play.untilIdle();
    expect(await cli.json('resources', 'list')).toEqual(before);
    expect(before).toEqual(deleted.left);
  });

  test('says on a terminal what is left', async () => {
    const id = await cli.create('db');
    const { networkInterfaceId } = await cli.json('status', 'db');
    const { out } = await cli.run(['delete', 'db', '--yes', '--wait'], { isTTY: true });
    expect(out).toBe(`db (${id}) is deleted. Left behind: ${networkInterfaceId}.\n`);
    await cli.create('other');
    const { out: other } = await cli.run(['delete', 'other', '--delete-interface', '--yes', '--wait'], { isTTY: true });
    expect(other).toMatch(/ is deleted\. Nothing of it is left\.\n$/);
  });

  test('times out with a status of its own, and the deletion continues', async () => {
    await cli.create('db');
    const { status, err } = await cli.run(['delete', 'db', '--yes', '--wait', '--timeout', '2s']);
    expect(status).toBe(4);
    expect(err).toMatch(
      /the deletion of smi-\w+ is still waiting for eni-\w+ \(in-use\), vol-\w+ \(in-use\)\. The operation continues\.\n$/,
    );
    await cli.play.untilIdle();
    expect(cli.play.liveInstanceIds()).toEqual([]);
  });
});
