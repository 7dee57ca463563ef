/** Checks docs/operations.md: what a destroyed stack leaves, and the paths out of a stack and back to an earlier table. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DeleteTagsCommand } from '@aws-sdk/client-ec2';
import { ELASTIC_IP_PER_MONTH } from '../../scripts/costs/tables';
import { PRICES } from '../../scripts/costs/prices';
import { tableRows } from '../../scripts/api-doc/field-table';
import { template, resourcesOf } from '../infra/synthesized-stack';
import { beginImport, KEEPING, progressOf } from '../workflows/import-play';
import { plays, type Play } from '../workflows/play';
import { itemsOf, restoreTable } from '../workflows/reconciler/lost-tables';
import { isAwsCommand } from './aws-cli';
import { awsCommandsIn, unsetVariablesIn } from './shell-blocks';

const markdown = readFileSync(resolve(__dirname, '../../docs/operations.md'), 'utf8');
const open = plays();

describe('a destroyed stack', () => {
  const [, after = ''] = markdown.split(/^(?=\| what stays)/m);
  const rows = tableRows(after.split('\n\n', 1)[0] ?? '');

  test('leaves what the page lists, and nothing else of the template', () => {
    const kept = Object.entries(template.Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    const documented = rows.flatMap(([what = '']) => /^the (?:table|secret) `(\w+)`$/.exec(what)?.[1] ?? []);
    expect(kept.map(([logicalId]) => logicalId.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(documented.sort());
  });

  test('costs what the page says', () => {
    const cost = (start: string) => rows.find(([what = '']) => what.startsWith(start))?.[2];
    expect(cost('the secret')).toBe(`$${PRICES.secret.usd.toFixed(2)}`);
    expect(cost('Elastic IPs')).toBe(`$${ELASTIC_IP_PER_MONTH} each`);
  });

  test('has had backups and protection from the beginning', () => {
    expect(resourcesOf('AWS::DynamoDB::Table').NodesTable?.Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });
});

/** The tags that the page's command removes. */
const [, tagOptions = ''] =
  /aws ec2 delete-tags --resources \$OURS --tags ((?:Key=\S+\s+\\?\s*)+)/.exec(markdown) ?? [];
const removedTags = [...tagOptions.matchAll(/Key=(\S+)/g)].map(([, Key]) => ({ Key }));

/** Moves the node out as the page says, and returns its instance and interface. */
async function moveOut(play: Play): Promise<{ readonly instanceId: string; readonly interfaceId: string }> {
  const { instance, identity } = await play.node();
  const [instanceId, interfaceId] = [instance?.id ?? '', identity.interfaceId ?? ''];
  await play.ask((service) =>
    service.delete(play.nodeId, {
      shouldTerminateInstance: false,
      shouldDeleteNetworkInterfaces: false,
      shouldDeleteVolumes: false,
    }),
  );
  await play.passSeconds(10);
  const { ec2 } = play.sandbox;
  expect(ec2.world.instances.get(instanceId)?.tags.current).toHaveProperty(['holdfast:left-by'], play.nodeId);
  const volumes = [...ec2.world.volumes.values()].filter(({ attachment }) => attachment?.instanceId === instanceId);
  const Resources = [instanceId, interfaceId, ...volumes.map(({ id }) => id)];
  await play.settle(ec2.personClient.send(new DeleteTagsCommand({ Resources, Tags: removedTags })));
  await play.passSeconds(60);
  return { instanceId, interfaceId };
}

test('a node that is moved out keeps its instance and addresses, and no stack knows it any more', async () => {
  const play = await open();
  await play.create();
  const before = await play.addresses();
  const { instanceId, interfaceId } = await moveOut(play);
  await play.reconcile();
  const { instances, networkInterfaces } = play.sandbox.ec2.world;
  expect(play.instanceState(instanceId)).toBe('running');
  expect(networkInterfaces.get(interfaceId)).toMatchObject({
    privateIpAddress: before?.privateIp,
    attachment: { instanceId },
  });
  expect(play.elasticIpHolder()).toBe(interfaceId);
  const tags = { ...instances.get(instanceId)?.tags.current, ...networkInterfaces.get(interfaceId)?.tags.current };
  expect(Object.keys(tags).filter((key) => key.startsWith('holdfast:'))).toEqual([]);
  expect(await play.settle(play.service.recovery.state())).toMatchObject({ unknown: [], nodes: 0 });
});

test('another stack imports it with its addresses', async () => {
  const play = await open();
  await play.create();
  const before = await play.addresses();
  const plain = await moveOut(play);
  const migrationId = await beginImport(play, plain, KEEPING);
  await play.untilIdle();
  await play.passSeconds(180);
  expect(await progressOf(play, migrationId)).toMatchObject({ state: 'MIGRATE_FINISH' });
  const { instanceId: _before, ...identity } = before ?? { instanceId: '' };
  expect(await play.addresses()).toMatchObject(identity);
  expect(play.elasticIpHolder()).toBe(plain.interfaceId);
});

test('an earlier table under the same name, without its identity, is in doubt until the records are rebuilt', async () => {
  const play = await open();
  await play.create();
  const earlier = await itemsOf(play);
  await play.interrupt();
  await play.untilIdle();
  await play.passSeconds(60);
  const { instance } = await play.node();
  await restoreTable(
    play,
    earlier.filter(({ pk }) => pk?.S !== 'DEPLOYMENT'),
  );
  await play.reconcile();
  expect(await play.settle(play.service.recovery.state())).toMatchObject({ doubt: expect.any(String) as unknown });
  const request = { isDryRun: false, nodeIds: undefined, configurations: new Map<string, unknown>() };
  expect(await play.ask((service) => service.recovery.rebuild(request))).toMatchObject([{ outcome: 'corrected' }]);
  expect((await play.node()).instance?.id).toBe(instance?.id);
  expect(await play.settle(play.service.recovery.state())).toMatchObject({ doubt: undefined });
});

test('the commands can be pasted', () => {
  expect(unsetVariablesIn(markdown)).toEqual([]);
  expect(awsCommandsIn(markdown).filter((command) => !isAwsCommand(command))).toEqual([]);
});
