/** The deployment as a whole, costs and volumes, from the command line. */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { presentKey } from '../../domain/records/node-keys';
import { leaveVolume } from '../workflows/left-volumes';
import { CliPlay } from './cli-play';

let cli: CliPlay;
beforeEach(async () => (cli = await CliPlay.open()));
afterEach(() => cli.play.stop());

/** Loses the node's record, as a table that was restored to an earlier time has. */
async function loseRecord(id: string): Promise<void> {
  const { dynamodb, tableNames } = cli.play.sandbox.plane;
  const Key = marshall(presentKey(id));
  await cli.play.settle(dynamodb.send(new DeleteItemCommand({ TableName: tableNames[0], Key })));
}

test('the deployment shows what no record accounts for', async () => {
  const id = await cli.create('db');
  expect(await cli.json('deployment')).toMatchObject({ nodeCount: 1, inDoubt: null, unknown: [] });
  await loseRecord(id);
  const { unknown } = await cli.json('deployment');
  expect(unknown.map(({ kind }: any) => kind).toSorted()).toEqual(['instance', 'interface']);
  const { out } = await cli.run(['deployment'], { isTTY: true });
  expect(out).toMatch(/^nodes +0$/m);
  expect(out).toMatch(new RegExp(`^unknown: interface eni-\\S+ of ${id} \\(db\\)$`, 'm'));
});

describe('rebuild', () => {
  test('only shows what it would do, unless --apply is given', async () => {
    const id = await cli.create('db');
    await loseRecord(id);
    const shown = await cli.run(['rebuild'], { isTTY: true });
    expect(shown.status).toBe(0);
    expect(shown.out).toMatch(new RegExp(`^${id} +made +db +eni-`, 'm'));
    expect(shown.out).toContain(`${id}: EC2 does not show `);
    expect(shown.out).toMatch(/\nNothing was written: give --apply to write the records\.\n$/);
    expect((await cli.run(['status', id])).status).toBe(3);
    const [made] = await cli.json('rebuild', '--apply', '--yes');
    expect(made).toMatchObject({ managedInstanceId: id, outcome: 'made' });
    expect(await cli.json('status', 'db')).toMatchObject({ id, status: 'ACTIVE' });
  });

  test('asks before it writes', async () => {
    await cli.create('db');
    const refused = await cli.run(['rebuild', '--apply'], { isTTY: true, answer: 'no' });
    expect(refused).toMatchObject({ status: 1, out: '' });
    expect((await cli.run(['rebuild', '--apply'])).status).toBe(2);
  });

  test('fails if a record is refused, and takes what is missing from a file', async () => {
    const id = await cli.create('db');
    await cli.json('pause', 'db', '--wait');
    await loseRecord(id);
    const refused = await cli.run(['rebuild'], { isTTY: true });
    expect(refused.status).toBe(1);
    expect(refused.out).toMatch(new RegExp(`^${id} +refused `, 'm'));
    expect(refused.out).toMatch(new RegExp(`^${id}: compute\\.launchSpecification\\.imageId: `, 'm'));
    const { arm64ImageId } = cli.play.sandbox.account;
    const compute = { launchSpecification: { imageId: arm64ImageId, instanceTypes: { types: ['m7g.large'] } } };
    const input = JSON.stringify({ configurations: { [id]: { compute } } });
    const made = await cli.run(['rebuild', '--nodes', id, '--file', '-', '--apply', '--yes'], { input });
    expect(made.status).toBe(0);
    expect(await cli.json('status', id)).toMatchObject({ status: 'PAUSED' });
  });
});

test('costs are shown with what they leave out, for the whole range or by day', async () => {
  await cli.create('db');
  await cli.play.passSeconds(3600);
  const [costs] = await cli.json('costs', 'db');
  expect(costs).toMatchObject({ currency: 'USD', onDemandHours: 0 });
  expect(costs.spotHours).toBeGreaterThan(1);
  const { out } = await cli.run(['costs', 'db', '--since', '2026-01-01', '--period', 'daily'], { isTTY: true });
  const [header, row] = out.split('\n');
  expect(header?.split(/ {2,}/).slice(0, 5)).toEqual(['FROM', 'TO', 'SPOT HOURS', 'ON-DEMAND HOURS', 'COST']);
  expect(row?.split(/ {2,}/)).toEqual([
    '2026-01-01 00:00:00Z',
    expect.stringMatching(/^2026-01-01 01:/),
    costs.spotHours.toFixed(2),
    '0.00',
    `$${costs.actualCost.toFixed(4)}`,
    `$${costs.onDemandCost.toFixed(4)}`,
    `$${costs.savedCost.toFixed(4)}`,
    costs.savingsPercent.toFixed(0),
  ]);
  expect(out).toContain(`\n${costs.limits[0]}\n`);
});

test('what a node consists of is listed, and what its deletion left is deleted', async () => {
  const id = await cli.create('db');
  const kinds = (found: readonly { kind: string }[]) => found.map(({ kind }) => kind).toSorted();
  expect(kinds(await cli.json('resources', 'list', '--node', 'db'))).toEqual(
    expect.arrayContaining(['instance', 'interface']),
  );
  await cli.json('delete', 'db', '--yes');
  await cli.play.passSeconds(300);
  const left = await cli.json('resources', 'list');
  expect(left).toMatchObject([{ kind: 'interface', managedInstanceId: id, isLeft: true, isInUse: false }]);
  const { out } = await cli.run(['resources', 'list'], { isTTY: true });
  expect(out.split('\n')[1]).toMatch(new RegExp(`^${left[0].id} +interface +${id} +available +- +yes +-`));

  const argv = ['resources', 'delete', id, left[0].id];
  const refused = await cli.run(argv, { isTTY: true, answer: 'n' });
  expect(refused.err).toContain('Nothing was changed.');
  expect(await cli.json('resources', 'list')).toEqual(left);
  expect(await cli.json(...argv, '--yes')).toEqual({ id, resourceId: left[0].id });
  expect((await cli.run(['resources', 'list'], { isTTY: true })).out).toBe('Nothing is left behind.\n');
});

test('a volume that was left behind is deleted, after a confirmation', async () => {
  const id = await cli.create('db');
  const volumeId = await leaveVolume(cli.play, id);
  const argv = ['volumes', 'delete', 'db', volumeId];
  const refused = await cli.run(argv, { isTTY: true, answer: 'n' });
  expect(refused.err).toBe(`Delete ${volumeId} and all its data? [y/N] Nothing was changed.\n`);
  expect(cli.play.sandbox.ec2.world.volumes.has(volumeId)).toBe(true);
  expect(await cli.json(...argv, '--yes')).toEqual({ id, volumeId });
  expect((await cli.json('log', 'db')).at(-1).message).toBe(`volume ${volumeId} deleted`);
});
