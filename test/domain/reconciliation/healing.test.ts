import fc from 'fast-check';
import { decideHealing } from '../../../domain/reconciliation/healing';
import type { Repair } from '../../../domain/reconciliation/reconciliation';
import type { Cause, StatefulNode } from '../../../domain/node/stateful-node';
import { aBusyNode, aNode } from '../builders';

const idOf = (index: number): string => `smi-${String(index).padStart(8, '0')}`;
const repair = (index: number, cause: Cause = 'unhealthy'): Repair => ({
  kind: 'replace',
  request: { nodeId: idOf(index), reason: 'unhealthy', cause },
});

/** @param healing how many of the nodes are being healed at this moment */
function someNodes(count: number, healing = 0): readonly StatefulNode[] {
  return Array.from({ length: count }, (_, index) => {
    const id = idOf(count - 1 - index);
    return index < healing ? aBusyNode({ id }, { cause: 'unhealthy' }) : aNode({ id });
  });
}

function counted(nodes: readonly StatefulNode[]) {
  return {
    nodes: nodes.length,
    beingHealed: nodes.filter(({ operation }) => operation?.cause === 'unhealthy').length,
  };
}

describe('decideHealing', () => {
  it.each([
    { name: 'the only node', nodes: 1, unhealthy: 1, healing: 0, heals: 1, holds: 0 },
    { name: 'one of two', nodes: 2, unhealthy: 1, healing: 0, heals: 1, holds: 0 },
    { name: 'both of two', nodes: 2, unhealthy: 2, healing: 0, heals: 0, holds: 2 },
    { name: 'two of ten, one after the other', nodes: 10, unhealthy: 2, healing: 0, heals: 1, holds: 0 },
    { name: 'the second of ten, while the first is healed', nodes: 10, unhealthy: 1, healing: 1, heals: 0, holds: 0 },
    { name: 'three of ten', nodes: 10, unhealthy: 3, healing: 0, heals: 0, holds: 3 },
    { name: 'three of ten, of which one is being healed', nodes: 10, unhealthy: 2, healing: 1, heals: 0, holds: 2 },
    { name: 'four of twenty, two at a time', nodes: 20, unhealthy: 4, healing: 0, heals: 2, holds: 0 },
    { name: 'five of twenty', nodes: 20, unhealthy: 5, healing: 0, heals: 0, holds: 5 },
    { name: 'twenty of a hundred, ten at a time', nodes: 100, unhealthy: 20, healing: 0, heals: 10, holds: 0 },
    { name: 'all of a hundred', nodes: 100, unhealthy: 100, healing: 0, heals: 0, holds: 100 },
    { name: 'none', nodes: 10, unhealthy: 0, healing: 0, heals: 0, holds: 0 },
  ])('$name', ({ nodes, unhealthy, healing, heals, holds }) => {
    const repairs = Array.from({ length: unhealthy }, (_, index) => repair(index));
    const { heal, held } = decideHealing(counted(someNodes(nodes, healing)), repairs);

    expect({ heal, held }).toEqual({
      heal: repairs.slice(0, heals).map(({ request }) => request.nodeId),
      held: repairs.slice(0, holds).map(({ request }) => request.nodeId),
    });
  });

  it.each(['lost', 'drift'] as const)('speaks of no node that is to be mended for another cause: %s', (cause) => {
    const repairs = [0, 1, 2, 3].map((index) => repair(index, cause));

    expect(decideHealing(counted(someNodes(4)), [...repairs, repair(0)])).toEqual({ heal: [idOf(0)], held: [] });
  });

  it('never heals more than a tenth of the nodes at once, or one', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(10), (nodes, unhealthy, healing) => {
        const repairs = Array.from({ length: unhealthy }, (_, index) => repair(index));
        const all = someNodes(nodes, Math.min(healing, nodes));
        const { heal } = decideHealing(counted(all), repairs);
        const busy = all.filter(({ operation }) => operation !== undefined).length;

        if (heal.length > 0) expect(heal.length + busy).toBeLessThanOrEqual(Math.max(1, nodes * 0.1));
      }),
    );
  });
});
