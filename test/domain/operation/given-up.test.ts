import {
  decideGivenUp,
  decideGivenUpTemplate,
  givenUpOf,
  idsNamedBy,
  tokensNamedBy,
  withGivenUp,
  withoutGone,
  type GivenUpDecision,
  type SeenGivenUp,
} from '../../../domain/operation/given-up';
import type { InstanceState, SeenInstance, SeenInterface } from '../../../domain/node/observations';
import type {
  GivenUp,
  GivenUpResource,
  GivenUpTemplate,
  Remains,
  StatefulNode,
} from '../../../domain/node/stateful-node';
import {
  aBusyNode,
  aLaunch,
  anAttachedInterface,
  anExhaustedLaunch,
  aNextLaunch,
  anInstance,
  anInterface,
  aNode,
  aRequestedLaunch,
  INTERFACE_ID,
  NOW,
  OLD_INSTANCE_ID,
  REPLACEMENT_ID,
  someRemains,
  SUBNET_A,
} from '../builders';

const EARLIER = '2026-11-03T09:00:00.000Z';
const instanceById = (id: string, since = NOW): GivenUpResource => ({ kind: 'instance', since, id });
const interfaceById = (id: string, since = NOW): GivenUpResource => ({ kind: 'interface', since, id });
const instanceByToken = (clientToken: string, since = NOW): GivenUpResource => ({
  kind: 'instance',
  since,
  clientToken,
});
const interfaceByToken = (clientToken: string, since = NOW): GivenUpResource => ({
  kind: 'interface',
  since,
  clientToken,
});
const requested = aRequestedLaunch({ clientToken: 'launch-token' });
const interfaceRequest = {
  clientToken: 'interface-token',
  subnetId: SUBNET_A,
  withIpv6Address: false,
  securityGroupIds: [],
  tags: [],
};

const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };

describe('The record of what is given up', () => {
  it.each<{
    name: string;
    before: readonly GivenUp[] | undefined;
    more: readonly GivenUp[];
    after: object | undefined;
  }>([
    { name: 'nothing to nothing', before: undefined, more: [], after: undefined },
    { name: 'the first', before: undefined, more: [instanceById('i-1')], after: [instanceById('i-1')] },
    {
      name: 'another',
      before: [instanceById('i-1')],
      more: [interfaceById('eni-1')],
      after: [instanceById('i-1'), interfaceById('eni-1')],
    },
    {
      name: 'the same again: the first time counts',
      before: [instanceById('i-1', EARLIER)],
      more: [instanceById('i-1')],
      after: [instanceById('i-1', EARLIER)],
    },
    {
      name: 'the same token again',
      before: [instanceByToken('t', EARLIER)],
      more: [instanceByToken('t')],
      after: [instanceByToken('t', EARLIER)],
    },
    {
      name: 'the same token of another kind',
      before: [instanceByToken('t')],
      more: [interfaceByToken('t')],
      after: [instanceByToken('t'), interfaceByToken('t')],
    },
  ])('grows by $name', ({ before, more, after }) => {
    expect(withGivenUp(aNode(before && { givenUp: before }), more).givenUp).toEqual(after);
  });

  it.each<{
    name: string;
    before: readonly GivenUp[] | undefined;
    gone: readonly GivenUp[];
    after: object | undefined;
  }>([
    { name: 'nothing of nothing', before: undefined, gone: [instanceById('i-1')], after: undefined },
    {
      name: 'one of two',
      before: [instanceById('i-1'), instanceByToken('t')],
      gone: [instanceByToken('t', EARLIER)],
      after: [instanceById('i-1')],
    },
    {
      name: 'none that it does not name',
      before: [instanceById('i-1')],
      gone: [instanceById('i-2')],
      after: [instanceById('i-1')],
    },
  ])('forgets $name', ({ before, gone, after }) => {
    expect(withoutGone(aNode(before && { givenUp: before }), gone).givenUp).toEqual(after);
  });

  it('has no list if nothing is left', () => {
    expect(withoutGone(aNode({ givenUp: [instanceById('i-1')] }), [instanceById('i-1')])).toStrictEqual(aNode());
  });
});

describe('What an operation has made, or may have made', () => {
  it.each<{ name: string; remains: Partial<Remains>; givenUp: readonly GivenUp[] }>([
    { name: 'nothing', remains: {}, givenUp: [] },
    { name: 'a replacement', remains: { launch: aLaunch() }, givenUp: [instanceById(REPLACEMENT_ID)] },
    {
      name: 'a launch whose response was lost',
      remains: { launch: requested },
      givenUp: [instanceByToken('launch-token')],
    },
    {
      name: 'a pool that was only chosen',
      remains: { launch: aNextLaunch() },
      givenUp: [],
    },
    {
      name: 'a round that has ended',
      remains: { launch: anExhaustedLaunch() },
      givenUp: [],
    },
    { name: 'an old instance', remains: { oldInstanceId: OLD_INSTANCE_ID }, givenUp: [instanceById(OLD_INSTANCE_ID)] },
    {
      name: 'retired interfaces',
      remains: { retiredInterfaceIds: ['eni-1', 'eni-2'] },
      givenUp: [interfaceById('eni-1'), interfaceById('eni-2')],
    },
    {
      name: 'an interface request whose response was lost',
      remains: { interfaceRequest },
      givenUp: [interfaceByToken('interface-token')],
    },
  ])('$name', ({ remains, givenUp }) => {
    expect(givenUpOf(someRemains(remains), NOW)).toEqual(givenUp);
  });
});

describe('decideGivenUp', () => {
  const stray = anInstance({ id: 'i-stray' });
  const ofInstance = (seen: SeenInstance | undefined): SeenGivenUp => ({ kind: 'instance', seen });
  const ofInterface = (seen: SeenInterface | undefined, holder?: SeenInstance): SeenGivenUp => ({
    kind: 'interface',
    seen,
    holder,
  });

  it.each<{
    name: string;
    entry?: GivenUpResource;
    seen: SeenGivenUp;
    node?: Partial<StatefulNode>;
    own?: SeenInterface;
    decision: GivenUpDecision;
  }>([
    { name: 'an instance that runs', seen: ofInstance(stray), decision: { kind: 'terminate', instanceId: 'i-stray' } },
    {
      name: 'an instance that starts',
      seen: ofInstance({ ...stray, state: 'pending' }),
      decision: { kind: 'terminate', instanceId: 'i-stray' },
    },
    {
      name: 'an instance that is stopped',
      seen: ofInstance({ ...stray, state: 'stopped' }),
      decision: { kind: 'terminate', instanceId: 'i-stray' },
    },
    {
      name: 'an instance that ends',
      seen: ofInstance({ ...stray, state: 'shutting-down' }),
      decision: { kind: 'forget' },
    },
    {
      name: 'an instance that has ended',
      seen: ofInstance({ ...stray, state: 'terminated' }),
      decision: { kind: 'forget' },
    },
    {
      name: "the node's own instance",
      seen: ofInstance(anInstance({ id: OLD_INSTANCE_ID })),
      decision: { kind: 'wait', because: `${OLD_INSTANCE_ID} serves the node` },
    },
    {
      name: 'the replacement that a failed operation left to the next try',
      seen: ofInstance(anInstance()),
      node: { failure: { operation: 'replace', count: 1, remains: someRemains({ launch: aLaunch() }) } },
      decision: { kind: 'wait', because: `${REPLACEMENT_ID} serves the node` },
    },
    {
      name: 'an instance that has the interface as a secondary one',
      seen: ofInstance(stray),
      own: anAttachedInterface({ instanceId: 'i-stray', deviceIndex: 1 }),
      decision: { kind: 'wait', because: 'i-stray still has the interface' },
    },
    {
      name: 'an instance that has the interface of a node that is being deleted',
      seen: ofInstance(stray),
      own: anAttachedInterface({ instanceId: 'i-stray', deviceIndex: 1, id: 'eni-attach-stray' }),
      node: { deletion },
      decision: { kind: 'detach', attachmentId: 'eni-attach-stray' },
    },
    {
      name: 'the same, and the detachment has begun',
      seen: ofInstance(stray),
      own: anAttachedInterface({ instanceId: 'i-stray', deviceIndex: 1, status: 'detaching' }),
      node: { deletion },
      decision: { kind: 'terminate', instanceId: 'i-stray' },
    },
    {
      name: 'an instance that has it as its primary: only its end frees that',
      seen: ofInstance(stray),
      own: anAttachedInterface({ instanceId: 'i-stray', deviceIndex: 0 }),
      decision: { kind: 'terminate', instanceId: 'i-stray' },
    },
    {
      name: 'an instance, and the interface is on another',
      seen: ofInstance(stray),
      own: anAttachedInterface({ instanceId: OLD_INSTANCE_ID, deviceIndex: 1 }),
      decision: { kind: 'terminate', instanceId: 'i-stray' },
    },
    {
      name: 'a free interface',
      seen: ofInterface(anInterface({ id: 'eni-stray' })),
      decision: { kind: 'delete', interfaceId: 'eni-stray' },
    },
    {
      name: 'an interface that something holds',
      seen: ofInterface(anAttachedInterface({}, { id: 'eni-stray' })),
      decision: { kind: 'wait', because: 'eni-stray is in-use' },
    },
    {
      name: 'an interface that still shows an attachment',
      seen: ofInterface(anAttachedInterface({}, { id: 'eni-stray', status: 'available' })),
      decision: { kind: 'wait', because: 'eni-stray is available' },
    },
    {
      name: 'an interface that is on its way',
      seen: ofInterface(anInterface({ id: 'eni-stray', status: 'pending' })),
      decision: { kind: 'wait', because: 'eni-stray is pending' },
    },
    {
      name: "the node's own interface",
      seen: ofInterface(anInterface()),
      decision: { kind: 'wait', because: `${INTERFACE_ID} serves the node` },
    },
    {
      name: 'what EC2 does not show, given up less than ten minutes ago',
      entry: instanceByToken('t', '2026-11-03T09:50:00.001Z'),
      seen: ofInstance(undefined),
      decision: { kind: 'wait', because: 'EC2 does not show it' },
    },
    {
      name: 'what EC2 does not show, given up ten minutes ago',
      entry: instanceByToken('t', '2026-11-03T09:50:00.000Z'),
      seen: ofInstance(undefined),
      decision: { kind: 'forget' },
    },
    ...[
      {
        name: 'an interface that hangs for ten minutes',
        since: '2026-11-03T09:50:00.000Z',
        deviceIndex: 1,
        is: 'force',
      },
      {
        name: 'an interface that has hung for less time',
        since: '2026-11-03T09:50:00.001Z',
        deviceIndex: 1,
        is: 'wait',
      },
      { name: 'a primary interface, which only EC2 can detach', since: EARLIER, deviceIndex: 0, is: 'wait' },
    ].map(({ name, since, deviceIndex, is }) => {
      const seen = anAttachedInterface({ deviceIndex, status: 'detaching' });
      const attachmentId = seen.attachment?.id ?? '';
      const decision =
        is === 'force'
          ? ({ kind: 'force', attachmentId } as const)
          : ({ kind: 'wait', because: `${seen.id} is ${seen.status}` } as const);
      return {
        name,
        entry: interfaceById(seen.id, since),
        seen: ofInterface(seen),
        node: { identity: { settled: false } as const },
        decision,
      };
    }),
    ...[
      {
        name: 'a primary interface that its terminated instance has not released',
        state: 'terminated',
        since: EARLIER,
      },
      { name: 'one that has been given up just now', state: 'terminated', since: NOW },
      { name: 'one whose instance still runs', state: 'running', since: EARLIER },
      { name: 'one whose instance has not ended yet', state: 'shutting-down', since: EARLIER },
    ].map(({ name, state, since }) => {
      const seen = anAttachedInterface({ instanceId: 'i-holder', deviceIndex: 0 });
      const holder = anInstance({ id: 'i-holder', state: state as InstanceState });
      const decision =
        state === 'terminated' && since === EARLIER
          ? ({ kind: 'force', attachmentId: seen.attachment?.id ?? '' } as const)
          : ({ kind: 'wait', because: `${seen.id} is ${seen.status}` } as const);
      return {
        name,
        entry: interfaceById(seen.id, since),
        decision,
        seen: ofInterface(seen, holder),
        node: { identity: { settled: false } as const },
      };
    }),
  ])('$name: $decision.kind', ({ entry = instanceById('i-stray'), seen, node, own, decision }) => {
    expect(decideGivenUp(entry, seen, aNode(node), own, NOW)).toEqual(decision);
  });
});

describe('decideGivenUpTemplate', () => {
  const aDeletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
  const template: GivenUpTemplate = { kind: 'launch-template', since: NOW, id: 'holdfast-smi-1-a' };
  const remove = { kind: 'delete-template', name: template.id, since: NOW };

  it.each([
    { name: 'is of an earlier configuration', node: aNode({ launchTemplate: 'holdfast-smi-1-b' }), decision: remove },
    { name: 'was a hot node’s that is cold now', node: aNode(), decision: remove },
    { name: 'is the present one again', node: aNode({ launchTemplate: template.id }), decision: { kind: 'forget' } },
    {
      name: 'may be about to be the present one again',
      node: aBusyNode(),
      decision: { kind: 'wait', because: 'an operation is under way' },
    },
    { name: 'is of a node that is being deleted', node: aBusyNode({ deletion: aDeletion }), decision: remove },
  ])('a template that $name: $decision.kind', ({ node, decision }) => {
    expect(decideGivenUpTemplate(template, node)).toEqual(decision);
  });
});

describe('What the record needs', () => {
  const adoption = {
    migrationId: 'smg-0a1b2c3d',
    originalInstanceId: 'i-original',
    shouldKeepPrivateIp: true,
    shouldTerminateInstance: true,
    deletedOnTermination: false,
  };
  const remains = someRemains({
    launch: aLaunch({ instanceId: 'i-left' }),
    oldInstanceId: 'i-old',
    retiredInterfaceIds: ['eni-left'],
    interfaceRequest,
  });

  it.each<{ name: string; node: StatefulNode; ids: readonly string[] }>([
    { name: 'at rest', node: aNode(), ids: [OLD_INSTANCE_ID, INTERFACE_ID] },
    { name: 'before its first launch', node: aNode({ instance: undefined, identity: { settled: false } }), ids: [] },
    { name: 'being imported', node: aNode({ adoption, instance: undefined }), ids: [INTERFACE_ID, 'i-original'] },
    {
      name: 'under way',
      node: aBusyNode({ instance: undefined }, { launch: aLaunch(), retiredInterfaceIds: ['eni-retired'] }),
      ids: [INTERFACE_ID, OLD_INSTANCE_ID, REPLACEMENT_ID, 'eni-retired'],
    },
    {
      name: 'with something left for the next try',
      node: aNode({ instance: undefined, failure: { operation: 'replace', count: 1, remains } }),
      ids: [INTERFACE_ID, 'i-old', 'i-left', 'eni-left'],
    },
    {
      name: 'with something given up, which it has no use for',
      node: aNode({ instance: undefined, givenUp: [instanceById('i-1')] }),
      ids: [INTERFACE_ID],
    },
  ])('by id: $name', ({ node, ids }) => {
    expect(idsNamedBy(node)).toEqual(ids);
  });

  it.each<{ name: string; node: StatefulNode; tokens: readonly string[] }>([
    { name: 'at rest', node: aNode(), tokens: [] },
    {
      name: 'under way',
      node: aBusyNode({}, { launch: requested, interfaceRequest }),
      tokens: ['launch-token', 'interface-token'],
    },
    {
      name: 'with something left for the next try',
      node: aNode({ failure: { operation: 'launch', count: 1, remains: someRemains({ interfaceRequest }) } }),
      tokens: ['interface-token'],
    },
    {
      name: 'with something given up',
      node: aNode({ givenUp: [instanceById('i-1'), interfaceByToken('t')] }),
      tokens: ['t'],
    },
  ])('by token: $name', ({ node, tokens }) => {
    expect(tokensNamedBy(node)).toEqual(tokens);
  });
});
