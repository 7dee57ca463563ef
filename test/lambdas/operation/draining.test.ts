/** What ends a drain, and with how much time left. */
import { endDrain } from '../../../lambdas/operation/draining';
import type { Waiter } from '../../../lambdas/ports';
import { aBusyNode, aConfig, aNode, NODE_ID, OLD_INSTANCE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';

const config = aConfig({ strategy: { drainingTimeout: 300 } });
const draining: Waiter = { taskToken: 'the-token', awaited: 'drained' };

function portsOf(waiter: Waiter | undefined): InMemoryPorts {
  const ports = new InMemoryPorts(aBusyNode({ config }));
  ports.sleptMs = 40_000;
  if (waiter !== undefined) ports.waiters.set(OLD_INSTANCE_ID, waiter);
  return ports;
}

describe('endDrain', () => {
  it.each([
    { name: 'what is left of the configured time', node: aBusyNode({ config }), seconds: 260 },
    {
      name: 'what is left after a person shortened the drain',
      node: { ...aBusyNode({ config }), config: aConfig({ strategy: { drainingTimeout: 60 } }) },
      seconds: 20,
    },
    { name: 'nothing', node: { ...aBusyNode({ config }), config: aConfig() }, seconds: 0 },
    {
      name: 'what is left until the instance ends',
      node: aBusyNode({ config }, { endsAt: '2026-11-03T10:02:00.000Z' }),
      seconds: 80,
    },
  ])('wakes the draining execution with $name: $seconds s', async ({ node, seconds }) => {
    const ports = portsOf(draining);
    await endDrain(ports, node);

    expect(ports.journal).toEqual([`succeed the-token {"seconds":${seconds}}`]);
  });

  it.each([
    { name: 'without an operation', node: aNode({ config }), waiter: draining },
    { name: 'without an old instance', node: aBusyNode({ config }, { oldInstanceId: undefined }), waiter: draining },
    { name: 'that does not wait', node: aBusyNode({ config }), waiter: undefined },
    {
      name: 'that waits for the end of its instance',
      node: aBusyNode({ config }),
      waiter: { ...draining, awaited: 'terminated' as const },
    },
  ])('wakes no execution for a node $name', async ({ node, waiter }) => {
    const ports = portsOf(waiter);
    await endDrain(ports, node);

    expect(ports.journal).toEqual([]);
    expect(ports.node(NODE_ID)).toBeDefined();
  });
});
