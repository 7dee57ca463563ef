import { areMany, isAhead, isUnknown, type Origin, type Tagged } from '../../../domain/reconciliation/unknown';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { aBusyNode, aLaunch, aNode, INTERFACE_ID, NODE_ID, NOW, OLD_INSTANCE_ID, someRemains } from '../builders';

/** An instance of the node that its record does not name. */
function aStray(origin: Partial<Origin> = {}, id = 'i-stray'): Tagged {
  return { kind: 'instance', id, origin: { nodeId: NODE_ID, generation: 3, isLeft: false, ...origin } };
}

const token = 'smi-0a1b2c3d-3-0';

describe('isUnknown', () => {
  it.each<{ name: string; found: Tagged; node?: Partial<StatefulNode> | undefined; is: boolean }>([
    { name: 'what the record does not name', found: aStray(), is: true },
    { name: 'what has no record', found: aStray(), node: undefined, is: true },
    {
      name: "the node's instance, if there is no record",
      found: aStray({}, OLD_INSTANCE_ID),
      node: undefined,
      is: true,
    },
    { name: "the node's instance", found: aStray({}, OLD_INSTANCE_ID), is: false },
    { name: "the node's interface", found: aStray({}, INTERFACE_ID), is: false },
    { name: 'what was left on purpose', found: aStray({ isLeft: true }), node: undefined, is: false },
    { name: 'what an operation under way may be making', found: aStray(), node: aBusyNode(), is: false },
    {
      name: 'what a failed operation left for the next try',
      found: aStray(),
      node: {
        failure: {
          operation: 'replace',
          count: 1,
          remains: someRemains({ launch: aLaunch({ instanceId: 'i-stray' }) }),
        },
      },
      is: false,
    },
    {
      name: 'what was given up',
      found: aStray(),
      node: { givenUp: [{ kind: 'instance', since: NOW, id: 'i-stray' }] },
      is: false,
    },
    {
      name: 'what was given up by its token',
      found: aStray({ clientToken: token }),
      node: { givenUp: [{ kind: 'instance', since: NOW, clientToken: token }] },
      is: false,
    },
    {
      name: 'what another token has made',
      found: aStray({ clientToken: 'smi-0a1b2c3d-2-0' }),
      node: { givenUp: [{ kind: 'instance', since: NOW, clientToken: token }] },
      is: true,
    },
    {
      name: 'what nothing says the token of',
      found: aStray(),
      node: { givenUp: [{ kind: 'instance', since: NOW, clientToken: token }] },
      is: true,
    },
  ])('$name: $is', ({ found, is, ...row }) => {
    const isWithout = 'node' in row && row.node === undefined;

    expect(isUnknown(found, isWithout ? undefined : aNode(row.node))).toBe(is);
  });
});

describe('isAhead', () => {
  const deletion = { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: false };

  it.each<{ name: string; found: Tagged; node?: Partial<StatefulNode> | undefined; is: boolean }>([
    { name: 'made by the latest operation', found: aStray({ generation: 3 }), is: false },
    { name: 'made by an operation before', found: aStray({ generation: 2 }), is: false },
    { name: 'made by an operation that the record does not know', found: aStray({ generation: 4 }), is: true },
    { name: 'the same, without a record', found: aStray({ generation: 4 }), node: undefined, is: false },
    { name: 'not made by Holdfast', found: aStray({ generation: undefined }), is: false },
    {
      name: 'left by a deletion that the record does not know',
      found: aStray({ isLeft: true }, INTERFACE_ID),
      is: true,
    },
    {
      name: 'left by the deletion under way',
      found: aStray({ isLeft: true }, INTERFACE_ID),
      node: { deletion },
      is: false,
    },
    { name: 'left, and not of this record', found: aStray({ isLeft: true }), is: false },
  ])('$name: $is', ({ found, is, ...row }) => {
    const isWithout = 'node' in row && row.node === undefined;

    expect(isAhead(found, isWithout ? undefined : aNode(row.node))).toBe(is);
  });
});

describe('areMany', () => {
  it.each([
    { unknown: 0, nodes: 0, are: false },
    { unknown: 2, nodes: 0, are: false },
    { unknown: 3, nodes: 0, are: true },
    { unknown: 2, nodes: 1, are: false },
    { unknown: 3, nodes: 29, are: true },
    { unknown: 3, nodes: 30, are: false },
    { unknown: 4, nodes: 30, are: true },
    { unknown: 100, nodes: 1000, are: false },
    { unknown: 101, nodes: 1000, are: true },
  ])('$unknown of $nodes nodes: $are', ({ unknown, nodes, are }) => {
    expect(areMany(unknown, nodes)).toBe(are);
  });
});
