/** The promises of `UsageRecords`: each use begins once and ends once. */
import type { Usage } from '../../domain/costs/usage';
import { NODE_ID } from '../domain/builders';
import { tableContract } from './table';

const OTHER = 'smi-0a1b2c3e';
const at = (hour: number) => `2026-11-03T0${hour}:00:00.000Z`;

function aUsage(instanceId: string, hour: number, more: Partial<Usage> = {}): Usage {
  return {
    instanceId,
    instanceType: 'm7g.large',
    lifeCycle: 'spot',
    availabilityZone: 'eu-west-1a',
    product: 'Linux/UNIX',
    from: at(hour),
    ...more,
  };
}

tableContract('UsageRecords', (table) => {
  const begin = (usage: Usage, nodeId = NODE_ID) => table().usage.begin(nodeId, usage);
  const end = (id: string, launched: number, ended: number) =>
    table().usage.end(NODE_ID, { id, launchedAt: at(launched) }, at(ended));
  const list = (until = at(9), nodeId = NODE_ID) => table().usage.list(nodeId, until);

  test('a node without usage has an empty list', async () => {
    await expect(list()).resolves.toEqual([]);
  });

  test('the list has what a node used and no other, oldest first', async () => {
    await begin(aUsage('i-a', 2));
    await begin(aUsage('i-b', 1));
    await begin(aUsage('i-c', 1), OTHER);

    await expect(list()).resolves.toStrictEqual([aUsage('i-b', 1), aUsage('i-a', 2)]);
  });

  test('the list has what was launched until a time, inclusive', async () => {
    for (const hour of [1, 2, 3]) await begin(aUsage(`i-${hour}`, hour));

    expect((await list(at(2))).map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-2']);
    await expect(list(at(0))).resolves.toEqual([]);
  });

  test('the list has both of two instances that were launched at the same moment', async () => {
    await begin(aUsage('i-1', 1));
    await begin(aUsage('i-2', 1));

    await expect(list()).resolves.toHaveLength(2);
  });

  test('the list has everything even if it is larger than a page', async () => {
    const product = 'x'.repeat(300_000);
    for (const hour of [5, 4, 3, 2, 1]) await begin(aUsage(`i-${hour}`, hour, { product }));

    expect((await list()).map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-2', 'i-3', 'i-4', 'i-5']);
  });

  test('an end is written to the use that it names', async () => {
    await begin(aUsage('i-1', 1));
    await begin(aUsage('i-1', 3));
    await begin(aUsage('i-2', 4));
    await end('i-1', 1, 2);

    await expect(list()).resolves.toStrictEqual([aUsage('i-1', 1, { to: at(2) }), aUsage('i-1', 3), aUsage('i-2', 4)]);
  });

  test('the first end counts', async () => {
    await begin(aUsage('i-1', 1));
    await end('i-1', 1, 2);
    await end('i-1', 1, 3);

    await expect(list()).resolves.toEqual([aUsage('i-1', 1, { to: at(2) })]);
  });

  test('a repeated beginning changes nothing, before the end and after it', async () => {
    await begin(aUsage('i-1', 1));
    await begin(aUsage('i-1', 1, { product: 'Windows' }));
    await expect(list()).resolves.toEqual([aUsage('i-1', 1)]);
    await end('i-1', 1, 2);
    await begin(aUsage('i-1', 1));

    await expect(list()).resolves.toEqual([aUsage('i-1', 1, { to: at(2) })]);
  });

  test('an end without a beginning writes nothing', async () => {
    await end('i-1', 1, 2);

    await expect(list()).resolves.toEqual([]);
  });
});
