/** The cost of a run of the reconciler grows with pages, not with nodes. */
import { GetItemCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { StatefulNode } from '../../../domain/node/stateful-node';
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
    const [id, instanceId, interfaceId] = [`smi-${hex}`, `i-000000000${hex}`, `eni-000000000${hex}`];
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

/** Lets the table return these records, and refuses writes. */
function serveRecords(play: Play, nodes: readonly StatefulNode[]): { readonly pages: () => number } {
  let pages = 0;
  const { dynamodb } = play.sandbox.plane;
  const send = dynamodb.send.bind(dynamodb);
  jest.spyOn(dynamodb, 'send').mockImplementation((command: unknown) => {
    // The item that says which deployment the table belongs to.
    if (command instanceof GetItemCommand) return send(command) as never;
    if (!(command instanceof QueryCommand)) throw new Error('a run that finds nothing may only read');
    const from = Number(command.input.ExclusiveStartKey?.sk?.S ?? 0);
    const page = nodes.slice(from, from + RECORDS_A_PAGE);
    pages += 1;
    const isLast = from + RECORDS_A_PAGE >= nodes.length;
    return Promise.resolve<Partial<QueryCommandOutput>>({
      Items: page.map((node) => marshall({ pk: 'NODE', sk: node.id, ...node }, { removeUndefinedValues: true })),
      ...(!isLast && { LastEvaluatedKey: marshall({ pk: 'NODE', sk: String(from + RECORDS_A_PAGE) }) }),
    }) as never;
  });
  return { pages: () => pages };
}

it(`checks ${NODES} healthy nodes with at most 25 calls to EC2, in under 20 s, and writes nothing`, async () => {
  const play = await open({ ec2: { shortPageShare: 0 } });
  await play.create();
  const table = serveRecords(play, await multiply(play, NODES));
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

  expect(table.pages()).toBe(NODES / RECORDS_A_PAGE);
  expect(play.calls.slice(calls).every(({ command }) => command.startsWith('Describe'))).toBe(true);
  expect(play.calls.length - calls).toBeLessThanOrEqual(25);
  expect(play.clock.now() - startedAt).toBeLessThan(20_000);
});
