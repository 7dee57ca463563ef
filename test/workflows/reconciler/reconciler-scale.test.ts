/** The cost of a run of the reconciler grows with pages, not with nodes. */
import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { presentKey } from '../../../domain/records/node-keys';
import { indexed, itemOf } from '../../../lambdas/adapters/node-items';
import { plays, type Play } from '../play';

const open = plays();

const NODES = 10_000;
/** About as many records as DynamoDB returns in a page of 1 MB. */
const RECORDS_A_PAGE = 400;

/** Makes `count` nodes like the first one, at rest in EC2. Returns their records. */
async function multiply(play: Play, count: number): Promise<readonly StatefulNode[]> {
  const first = await play.node();
  const { identity: firstIdentity } = first;
  const { world } = play.sandbox.ec2;
  const instance = world.instances.get(first.instance?.id ?? '');
  const eni = world.networkInterfaces.get(firstIdentity.interfaceId ?? '');
  if (first.instance === undefined || instance === undefined || eni?.attachment === undefined)
    throw new Error('no node');
  if (firstIdentity.interfaceId === undefined) throw new Error('no interface');
  const { elasticIp: _onlyTheFirsts, ...compute } = first.config.compute;
  const nodes = [first];
  for (let number = 1; number < count; number += 1) {
    const hex = number.toString(16).padStart(8, '0');
    // Ids are random, so their first digits differ.
    const [id, instanceId, interfaceId] = [
      `smi-${Array.from(hex).reverse().join('')}`,
      `i-000000000${hex}`,
      `eni-000000000${hex}`,
    ];
    const tags = { ...eni.tags, current: { ...eni.tags.current, 'holdfast:node-id': id } };
    const ordinal = 1_000_000 + 2 * number;
    world.instances.set(instanceId, { ...instance, id: instanceId, ordinal, tags, reservationId: `r-000000000${hex}` });
    world.networkInterfaces.set(interfaceId, {
      ...eni,
      id: interfaceId,
      ordinal: ordinal + 1,
      tags,
      attachment: { ...eni.attachment, id: `eni-attach-000000000${hex}`, instanceId },
    });
    const identity = { ...firstIdentity, interfaceId };
    nodes.push({
      ...first,
      id,
      config: { ...first.config, compute },
      identity,
      instance: { ...first.instance, id: instanceId },
    });
  }
  return nodes;
}

/** Lets the table return these nodes, and refuses writes. */
function serveGlances(play: Play, nodes: readonly StatefulNode[]) {
  let [pages, records] = [0, 0];
  const recordOf = new Map(nodes.map((node) => [node.id, node]));
  const { dynamodb } = play.sandbox.plane;
  const send = dynamodb.send.bind(dynamodb);
  const glances = nodes.map((node) => marshall({ sk: node.id, ...indexed(node) }));
  jest.spyOn(dynamodb, 'send').mockImplementation((command: unknown) => {
    if (isOfTheRun(command)) return send(command as GetItemCommand) as never;
    if (command instanceof GetItemCommand) {
      records += 1;
      const node = recordOf.get(command.input.Key?.sk?.S ?? '');
      return Promise.resolve({ Item: node && itemOf(node, presentKey(node.id)) }) as never;
    }
    if (!(command instanceof QueryCommand)) throw new Error('a run that finds nothing may only read');
    const { ':shard': shard } = command.input.ExpressionAttributeValues ?? {};
    const from = Number(command.input.ExclusiveStartKey?.sk?.S ?? 0);
    const found = glances.filter((glance) => shard !== undefined && glance.shard?.S === shard.S);
    pages += 1;
    const isLast = from + RECORDS_A_PAGE >= found.length;
    return Promise.resolve<Partial<QueryCommandOutput>>({
      Items: found.slice(from, from + RECORDS_A_PAGE),
      ...(!isLast && { LastEvaluatedKey: { sk: { S: String(from + RECORDS_A_PAGE) } } }),
    }) as never;
  });
  return { pages: () => pages, records: () => records };
}

/** The lease of the run, the times of missing addresses, and the item that says whose the table is. */
function isOfTheRun(command: unknown): boolean {
  if (command instanceof GetItemCommand) return !(command.input.Key?.pk?.S ?? '').startsWith('NODE');
  if (command instanceof PutItemCommand) return command.input.Item?.pk?.S === 'LEASE';
  return command instanceof UpdateItemCommand && command.input.Key?.pk?.S === 'LEASE';
}

it(`checks ${NODES} healthy nodes with at most 25 calls to EC2, in under 20 s, and writes nothing`, async () => {
  const play = await open({ ec2: { shortPageShare: 0 } });
  await play.create();
  const table = serveGlances(play, await multiply(play, NODES));
  const calls = play.calls.length;
  const startedAt = play.clock.now();

  await expect(play.settle(play.sandbox.plane.runSchedule('Reconciler'))).resolves.toEqual({
    nodes: NODES,
    report: expect.objectContaining({ needingAPerson: [], missingAddresses: [] }) as unknown,
    started: [],
    unreadable: [],
    unknown: [],
    held: [],
    expired: [],
  });

  // Of sixteen partitions of the index, and of the former one of the table.
  expect(table.pages()).toBe(16 * Math.ceil(NODES / 16 / RECORDS_A_PAGE) + 1);
  // Those whose turn it is.
  expect(table.records()).toBeLessThanOrEqual(Math.ceil(NODES / 256));
  expect(play.calls.slice(calls).every(({ command }) => command.startsWith('Describe'))).toBe(true);
  expect(play.calls.length - calls).toBeLessThanOrEqual(25);
  expect(play.clock.now() - startedAt).toBeLessThan(20_000);
});
