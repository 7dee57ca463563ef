import { Watch } from '../../../scripts/bench/replacement/watch';
import type { Execution, HistoryEntry } from '../../../simulator/step-functions/step-functions';

const NODE_ID = 'smi-1';
const DETACH = 'Hot: detach the persisted ENI';

function waitsAfter(...entries: readonly (Pick<HistoryEntry, 'type' | 'state'> & Partial<HistoryEntry>)[]): number {
  const watch = new Watch();
  for (const entry of entries) {
    watch.controlPlane.onHistory({ arn: 'an-execution' } as Execution, {
      at: 0,
      input: { node: { nodeId: NODE_ID } },
      ...entry,
    });
  }
  return watch.nodes.get(NODE_ID)!.waits;
}

const asked = (cause: string) => ({ type: 'failed', state: DETACH, error: 'InterfaceNotFree', cause }) as const;
const OTHERS_FIRST = asked('others move their interfaces first, for 12 s');

test.each([
  {
    what: 'for a turn or for capacity',
    entries: [{ type: 'entered', state: 'Cold: wait for capacity or a turn' } as const],
    waits: 1,
  },
  {
    what: 'twice',
    entries: [
      { type: 'entered', state: 'Hot: wait for capacity or a turn' } as const,
      { type: 'entered', state: 'Hot: wait for capacity or a turn' } as const,
    ],
    waits: 2,
  },
  {
    what: 'for its turn to move, however often it asks',
    entries: [OTHERS_FIRST, OTHERS_FIRST, OTHERS_FIRST],
    waits: 1,
  },
  { what: 'for EC2 to release it: that is no turn', entries: [asked('eni-1 is being detached')], waits: 0 },
])('counts the waits of a node that waits $what', ({ entries, waits }) => {
  expect(waitsAfter({ type: 'entered', state: 'Take the node' }, ...entries)).toBe(waits);
});
