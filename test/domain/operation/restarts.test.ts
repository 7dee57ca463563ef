import { heldBack, rowAfterLoss } from '../../../domain/operation/restarts';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { aNode, NOW, OLD_INSTANCE_ID } from '../builders';

const SHORT = '2026-11-03T09:50:00.001Z';
const LASTING = '2026-11-03T09:50:00.000Z';

function aNodeActiveSince(activeAt: string | undefined, restarts?: number): StatefulNode {
  const instance = { ...aNode().instance!, ...(activeAt !== undefined && { activeAt }) };
  return aNode({ instance, ...(restarts !== undefined && { restarts }) });
}

/** A node whose operation has failed after the launch of its instance. */
function failing(launchedAt: string, restarts: number): StatefulNode {
  const failure = { operation: 'replace' as const, count: 1 };
  return aNode({ instance: { ...aNode().instance!, launchedAt }, restarts, failure, status: 'ERROR' });
}

describe('The instances in a row that did not last', () => {
  it.each([
    { name: 'less than ten minutes', node: aNodeActiveSince(SHORT), after: 1 },
    { name: 'less than ten minutes, again', node: aNodeActiveSince(SHORT, 4), after: 5 },
    { name: 'ten minutes, which ends the row', node: aNodeActiveSince(LASTING, 4), after: 0 },
    { name: 'no time that is known: it was never ACTIVE', node: aNodeActiveSince(undefined, 4), after: 4 },
    { name: 'no time, with none before', node: aNodeActiveSince(undefined), after: 0 },
    { name: 'nothing, if there is none', node: aNode({ instance: undefined, restarts: 2 }), after: 2 },
    { name: 'less than ten minutes since its launch, whose operation failed', node: failing(SHORT, 2), after: 3 },
    { name: 'ten minutes since its launch, whose operation failed', node: failing(LASTING, 2), after: 0 },
  ])('one that lasted $name: $after', ({ node, after }) => {
    expect(rowAfterLoss(node, NOW).restarts).toBe(after);
  });

  it('count one instance once, however often an operation finds it lost', () => {
    const node = aNodeActiveSince(SHORT, 1);
    const once = { ...node, ...rowAfterLoss(node, NOW) };
    const next = { ...once, instance: { ...once.instance!, id: 'i-00000000000000099' } };

    expect(once).toMatchObject({ restarts: 2, lastLostInstanceId: OLD_INSTANCE_ID });
    expect(rowAfterLoss(once, NOW)).toEqual({ restarts: 2, lastLostInstanceId: OLD_INSTANCE_ID });
    expect(rowAfterLoss(next, NOW)).toEqual({ restarts: 3, lastLostInstanceId: 'i-00000000000000099' });
  });
});

describe('A node whose instance is lost', () => {
  it.each([
    { restarts: 0, nextTryAt: undefined },
    { restarts: 1, nextTryAt: undefined },
    { restarts: 2, nextTryAt: '2026-11-03T10:01:00.000Z' },
    { restarts: 3, nextTryAt: '2026-11-03T10:02:00.000Z' },
    { restarts: 4, nextTryAt: '2026-11-03T10:05:00.000Z' },
    { restarts: 5, nextTryAt: '2026-11-03T10:10:00.000Z' },
    { restarts: 99, nextTryAt: '2026-11-03T10:10:00.000Z' },
  ])('waits after $restarts before it until $nextTryAt', ({ restarts, nextTryAt }) => {
    expect(heldBack(aNodeActiveSince(SHORT, restarts), 'lost', NOW)?.failure?.nextTryAt).toBe(nextTryAt);
  });

  it.each([
    { name: 'one that lasted, after any number that did not', node: aNodeActiveSince(LASTING, 99) },
    { name: 'a node without an instance', node: aNode({ instance: undefined, restarts: 99 }) },
  ])('does not wait: $name', ({ node }) => {
    expect(heldBack(node, 'lost', NOW)).toBeUndefined();
  });

  it('says if the operation that launched the instance failed', () => {
    expect(heldBack(failing(SHORT, 2), `${OLD_INSTANCE_ID} is terminated`, NOW)?.errorReason).toContain(
      '3 instances in a row did not last ten minutes after their launch, and the operation that launched the last one ' +
        "failed (the node's log says why)",
    );
  });

  it('says what happened, what is retained and when the next try is, and keeps the rest', () => {
    const node = aNodeActiveSince(SHORT, 2);
    const { config, configRevision, eligibleSubnetIds } = node;

    expect(heldBack(node, `${OLD_INSTANCE_ID} is terminated`, NOW)).toEqual({
      ...node,
      status: 'ERROR',
      restarts: 3,
      lastLostInstanceId: OLD_INSTANCE_ID,
      errorReason:
        `replace failed: InstancesKeepEnding: ${OLD_INSTANCE_ID} is terminated. 3 instances in a row did not last ten ` +
        'minutes after the node had become ACTIVE on them: look at the AMI, the user data and the log of the guest. ' +
        'eni-00000000000000001 (10.0.0.10) is retained. Next try: 2026-11-03T10:01:00.000Z.',
      failure: {
        operation: 'replace',
        errorName: 'InstancesKeepEnding',
        count: 3,
        nextTryAt: '2026-11-03T10:01:00.000Z',
        remains: { config, configRevision, eligibleSubnetIds, oldInstanceId: OLD_INSTANCE_ID, retiredInterfaceIds: [] },
      },
      updatedAt: NOW,
    });
  });
});
