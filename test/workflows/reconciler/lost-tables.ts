/** What can happen to a deployment's table: it is emptied, restored to an earlier time, or replaced by a copy of another. */
import { DeleteItemCommand, PutItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { livingInstances } from '../long-play';
import type { Play } from '../play';

export type Item = Record<string, AttributeValue>;

/** All items, without the lease of the reconciler's latest run. */
export async function itemsOf(play: Play): Promise<readonly Item[]> {
  const { dynamodb, tableNames } = play.sandbox.plane;
  const { Items = [] } = await play.settle(dynamodb.send(new ScanCommand({ TableName: tableNames[0] })));
  return Items.filter(({ pk }) => pk?.S !== 'LEASE');
}

export async function emptyTable(play: Play): Promise<void> {
  const { dynamodb, tableNames } = play.sandbox.plane;
  for (const { pk, sk } of await itemsOf(play)) {
    const Key = { pk, sk } as Item;
    await play.settle(dynamodb.send(new DeleteItemCommand({ TableName: tableNames[0], Key })));
  }
}

export async function restoreTable(play: Play, items: readonly Item[]): Promise<void> {
  const { dynamodb, tableNames } = play.sandbox.plane;
  await emptyTable(play);
  for (const Item of items) await play.settle(dynamodb.send(new PutItemCommand({ TableName: tableNames[0], Item })));
}

/** The items, with a change to the item in which the table says which deployment it belongs to. */
export function withIdentity(items: readonly Item[], change: object): readonly Item[] {
  return items.map((item) => (item.pk?.S === 'DEPLOYMENT' ? { ...item, ...change } : item));
}

/** What exists in EC2: living instances with their state, and interfaces with the instance that they are on. */
export function everything(play: Play): readonly string[] {
  const { networkInterfaces } = play.sandbox.ec2.world;
  return [
    ...livingInstances(play).map(({ id, state }) => `${id} ${state}`),
    ...[...networkInterfaces.values()].map(({ id, attachment }) => `${id} on ${attachment?.instanceId ?? 'nothing'}`),
  ];
}
