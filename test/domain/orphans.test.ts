import { decideOrphan, type Origin, type OrphanDecision, type Tagged } from '../../domain/orphans';
import type { StatefulNode } from '../../domain/stateful-node';
import { aBusyNode, aNode, INTERFACE_ID, NODE_ID, NOW, OLD_INSTANCE_ID } from './builders';

const TEN_MINUTES_AGO = '2026-11-03T09:50:00.000Z';
const LESS_THAN_TEN_MINUTES_AGO = '2026-11-03T09:50:00.001Z';

/** An instance that Holdfast has launched and that no record names. */
function aStray(origin: Partial<Origin> = {}, overrides: Partial<Omit<Tagged, 'origin'>> = {}): Tagged {
  return {
    id: 'i-stray',
    isFree: true,
    ...overrides,
    origin: { nodeId: NODE_ID, isOurMaking: true, isLeft: false, ...origin },
  };
}

describe('decideOrphan', () => {
  it.each<{ name: string; found: Tagged; node?: StatefulNode | undefined; decision: OrphanDecision }>([
    { name: 'what the node does not know', found: aStray(), decision: 'mark' },
    { name: 'what belongs to no node any more', found: aStray(), node: undefined, decision: 'mark' },
    { name: 'what is not of our making is marked as well', found: aStray({ isOurMaking: false }), decision: 'mark' },
    { name: 'what is held by something is marked as well', found: aStray({}, { isFree: false }), decision: 'mark' },
    { name: 'marked just now', found: aStray({ unclaimedSince: NOW }), decision: 'nothing' },
    {
      name: 'marked less than ten minutes ago',
      found: aStray({ unclaimedSince: LESS_THAN_TEN_MINUTES_AGO }),
      decision: 'nothing',
    },
    { name: 'marked ten minutes ago', found: aStray({ unclaimedSince: TEN_MINUTES_AGO }), decision: 'remove' },
    {
      name: 'marked ten minutes ago, and its node is gone',
      found: aStray({ unclaimedSince: TEN_MINUTES_AGO }),
      node: undefined,
      decision: 'remove',
    },
    {
      name: 'marked ten minutes ago, and not of our making',
      found: aStray({ unclaimedSince: TEN_MINUTES_AGO, isOurMaking: false }),
      decision: 'nothing',
    },
    {
      name: 'marked ten minutes ago, and held by something',
      found: aStray({ unclaimedSince: TEN_MINUTES_AGO }, { isFree: false }),
      decision: 'nothing',
    },
    {
      name: 'marked at a time that nobody can read',
      found: aStray({ unclaimedSince: 'yesterday' }),
      decision: 'nothing',
    },
    { name: 'left on purpose', found: aStray({ isLeft: true }), node: undefined, decision: 'nothing' },
    {
      name: 'left on purpose, and marked before that',
      found: aStray({ isLeft: true, unclaimedSince: TEN_MINUTES_AGO }),
      node: undefined,
      decision: 'unmark',
    },
    { name: "the node's instance", found: aStray({}, { id: OLD_INSTANCE_ID }), decision: 'nothing' },
    { name: "the node's interface", found: aStray({}, { id: INTERFACE_ID, isFree: false }), decision: 'nothing' },
    {
      name: "the node's instance, which was marked",
      found: aStray({ unclaimedSince: TEN_MINUTES_AGO }, { id: OLD_INSTANCE_ID }),
      decision: 'unmark',
    },
    {
      name: "the node's interface, which was marked",
      found: aStray({ unclaimedSince: TEN_MINUTES_AGO }, { id: INTERFACE_ID }),
      decision: 'unmark',
    },
    {
      name: 'something that an operation under way may have made',
      found: aStray(),
      node: aBusyNode(),
      decision: 'nothing',
    },
    {
      name: 'something that was marked, and that an operation under way may use',
      found: aStray({ unclaimedSince: TEN_MINUTES_AGO }),
      node: aBusyNode(),
      decision: 'unmark',
    },
    {
      name: 'an instance of before, of a node that has none',
      found: aStray({}, { id: OLD_INSTANCE_ID }),
      node: aNode({ instance: undefined }),
      decision: 'mark',
    },
    {
      name: 'an interface, where the node has none',
      found: aStray({}, { id: INTERFACE_ID }),
      node: aNode({ identity: { settled: false } }),
      decision: 'mark',
    },
  ])('$name: $decision', ({ found, decision, ...row }) => {
    expect(decideOrphan(found, 'node' in row ? row.node : aNode(), NOW)).toBe(decision);
  });
});
