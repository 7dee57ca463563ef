/** What happens to the simulated account, from the command line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../cli/commands/commands';
import { CliPlay } from './cli-play';

let cli: CliPlay;
beforeEach(async () => (cli = await CliPlay.open()));
afterEach(() => cli.play.stop());

test('every request of docs/local.md has a command', () => {
  const page = readFileSync(join(__dirname, '../../docs/local.md'), 'utf8');
  const names = [...page.matchAll(/^\| `(?:GET|POST) \/simulator\/([^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/[a-z-]+/g)].map(([name]) => name),
  );
  expect(names).toContain('interrupt');
  const known = commands.flatMap(({ path }) => /^simulator (.*)$/.exec(path)?.[1] ?? []);
  expect(known.toSorted()).toEqual(names.toSorted());
});

test('an interruption of a node interrupts its instance', async () => {
  await cli.create('db');
  const before = await cli.json('status', 'db');
  expect(await cli.json('simulator', 'interrupt', 'db')).toEqual({ instanceId: before.instanceId });
  await cli.play.untilIdle();
  const after = await cli.json('status', 'db');
  expect(after).toMatchObject({ status: 'ACTIVE', privateIp: before.privateIp });
  expect(after.instanceId).not.toBe(before.instanceId);
});

test('a node without an instance has nothing to interrupt', async () => {
  const id = await cli.create('db');
  await cli.json('pause', 'db', '--wait');
  expect(await cli.run(['simulator', 'interrupt', 'db'])).toEqual({
    status: 1,
    out: '',
    err: `${id} has no instance.\n`,
  });
});

test.each(['rebalance', 'impair', 'heal', 'terminate'])('%s takes the id of an instance', async (name) => {
  await cli.create('db');
  const { instanceId } = await cli.json('status', 'db');
  expect(await cli.json('simulator', name, instanceId)).toMatchObject({ instanceId });
});

test('an on-demand instance is launched, stopped and started', async () => {
  const { instanceId } = await cli.json('simulator', 'launch', '--name', 'plain', '--type', 't3.micro');
  await cli.play.passSeconds(60);
  await cli.json('simulator', 'stop', instanceId);
  await cli.play.passSeconds(120);
  expect(cli.play.instanceState(instanceId)).toBe('stopped');
  await cli.json('simulator', 'start', instanceId);
  await cli.play.passSeconds(60);
  expect(cli.play.instanceState(instanceId)).toBe('running');
});

test('an Elastic IP is allocated and released', async () => {
  const { allocationId } = await cli.json('simulator', 'allocate-address');
  const { addresses } = await cli.json('simulator', 'world');
  expect(addresses).toEqual([expect.objectContaining({ allocationId })]);
  const released = await cli.run(['simulator', 'disassociate-address', allocationId]);
  expect(released).toMatchObject({
    status: 1,
    err: 'allocationId: the Elastic IP is on no interface; give an associated one\n',
  });
  await cli.json('simulator', 'release-address', allocationId);
  expect((await cli.json('simulator', 'world')).addresses).toEqual([]);
});

test('a node means its interface, which EC2 does not detach while it is primary', async () => {
  const id = await cli.create('db');
  const detached = await cli.run(['simulator', 'detach-interface', 'db', '--force']);
  expect(detached.status).toBe(1);
  expect(detached.err).toMatch(/primary|OperationNotPermitted/);
  await cli.json('pause', 'db', '--wait');
  const { networkInterfaceId } = await cli.json('status', id);
  expect(await cli.json('simulator', 'delete-interface', 'db')).toEqual({ networkInterfaceId });
});

test('the capacity of a pool is a number, or unlimited', async () => {
  const pool = ['m7g.large', 'us-east-1a', 'spot'];
  expect(await cli.json('simulator', 'capacity', ...pool, '0')).toMatchObject({ count: 0 });
  expect(await cli.json('simulator', 'capacity', ...pool, 'unlimited')).toMatchObject({ count: null });
  expect(await cli.run(['simulator', 'capacity', ...pool, 'some'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('<count> must be a whole number or unlimited, not some'),
  });
});

test('the world is a table for each of its lists', async () => {
  const { out } = await cli.run(['simulator', 'world'], { isTTY: true });
  expect(out).toMatch(/^region {2}us-east-1\n\nsubnets\nsubnetId +vpcId +availabilityZone +cidrBlock\nsubnet-/);
  expect(out).toContain('\nexecutions\nnone\n');
});

test('the reconciler runs, and an execution is aborted', async () => {
  await cli.json('create', ...cli.flags('db'));
  expect(await cli.json('simulator', 'reconcile')).toMatchObject({ answer: { nodes: 1 } });
  const [{ executionArn }] = (await cli.json('simulator', 'world')).executions;
  expect(await cli.json('simulator', 'abort', executionArn)).toEqual({ executionArn });
  expect((await cli.json('simulator', 'world')).executions).toEqual([]);
});
