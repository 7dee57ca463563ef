/** What must hold once everything has come to rest: each invariant answers the ways in which it does not. */
import { surplusClaims, addressesWanted } from '../../domain/node/claims';
import { attachmentOf, type NodeConfig } from '../../domain/config/node-config';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Attachment, Instance, NetworkInterface, World } from '../../simulator/ec2/world';
import type { NodeFacts } from '../play/known-facts';
import { isAlive, isEndedByCall, isLeft, nodeTag } from '../play/world-facts';
import type { View } from './invariants';

/** Two minutes after its launch, and for two minutes; the reconciler's next run, and the rest that it disturbs. */
const HEALED_WITHIN_MS = 195_000;

/** Of the nodes: where more fail their checks, none is replaced for that. */
const DOUBTFUL_SHARE = 0.2;

export const REST_INVARIANTS: Readonly<Record<string, (view: View) => readonly string[]>> = {
  'every operation comes to an end': ({ nodes, running }) => [
    ...running.map(({ stateMachineName, name, history }) => {
      const last = history.at(-1);
      return `${stateMachineName} ${name} is still in ${last?.state ?? 'nothing'} (${last?.type ?? ''})`;
    }),
    ...each(nodes, ({ id, operation }) =>
      operation === undefined ? [] : [`operation ${operation.generation} (${operation.kind}) of ${id} never ended`],
    ),
  ],

  'nothing that was asked for is left waiting': ({ nodes }) =>
    each(nodes, ({ id, intents, errorReason }) =>
      errorReason !== undefined ? [] : intents.map(({ kind, reason }) => `${id} still holds: ${kind} (${reason})`),
    ),

  'every node is as it was asked to be, or says why not': ({ nodes, facts }) =>
    [...facts.nodes.values()].flatMap((asked) => statusFaults(asked, nodes.get(asked.id), facts.lost.size > 0)),

  'a node at rest has exactly its addresses': (view) => each(view.nodes, (node) => addressFaults(view, node)),

  'a node at rest has one instance or none': ({ nodes, world, facts }) =>
    each(nodes, ({ id, instance, failure }) => {
      const alive = [...world.instances.values()].filter(
        (seen) => nodeTag(seen) === id && isAlive(seen) && !isLeft(seen) && !isNoOnes(facts, instance, seen.id),
      );
      // One that has ended is replaced when its failure says.
      const isAwaited = failure?.nextTryAt !== undefined && alive.length === 0;
      return isAwaited || alive.map((seen) => seen.id).join() === (instance?.id ?? '')
        ? []
        : [
            `${id} has ${instance?.id ?? 'no instance'}, and alive are ${alive.map((seen) => seen.id).join(', ') || 'none'}`,
          ];
    }),

  'no instance or interface is left without a node': ({ nodes, world, facts }) =>
    orphansIn(world, nodes, facts).map((entity) => `${entity.id} of ${nodeTag(entity)} serves nothing`),

  'nothing is left given up': ({ nodes }) =>
    each(nodes, ({ id, givenUp = [] }) =>
      givenUp.map((entry) => `${id} still has given up ${'id' in entry ? entry.id : entry.clientToken}`),
    ),

  'a lost table costs nobody anything': ({ world, facts, nodes }) =>
    // What the records that were rebuilt name may be replaced from then on.
    [...facts.lost]
      .filter((id) => isRemoved(world, id) && !facts.history.knows(world, id) && nodes.size > 0)
      .map((id) => `${id} was there when the table was lost, and is gone`),

  'what is a stranger’s is as it was': ({ world, facts }) =>
    [...facts.strangers]
      .filter((id) => isRemoved(world, id))
      .map((id) => `${id}, which somebody has made to look like a node’s, is gone`),

  'an instance that fails its checks does not stay': ({ nodes, world, nowMs }) => {
    const impairedSince = ({ instance }: StatefulNode) => world.instances.get(instance?.id ?? '')?.impairment?.since;
    const impaired = [...nodes.values()].filter((node) => impairedSince(node) !== undefined);
    // Checks that fail on many nodes at once are in doubt, and left to a person.
    if (impaired.length > Math.max(1, nodes.size * DOUBTFUL_SHARE)) return [];
    return each(nodes, (node) => {
      const { id, instance, status, errorReason, failure } = node;
      const since = impairedSince(node) ?? Infinity;
      const isCalm = status === 'ACTIVE' && errorReason === undefined && failure === undefined;
      return isCalm && nowMs - since > HEALED_WITHIN_MS ? [`${id}: ${instance?.id} has failed them for long`] : [];
    });
  },

  'exactly the addresses that are needed are claimed': ({ nodes, claims, facts }) => [
    ...[...claims]
      .filter(([address, holder]) => nodes.get(holder)?.heldClaims.includes(address) !== true)
      // Of a creation that was struck before its record was written: whoever asks next takes it over.
      .filter(([, holder]) => facts.nodes.has(holder) || !facts.causes.excuse(['call'], holder, 0))
      .map(([address, holder]) => `${address} is claimed for ${holder}, which does not hold it`),
    ...each(nodes, (node) => claimFaults(node, claims)),
  ],
};

/** Whether a call has ended it, rather than EC2 or its guest. */
function isRemoved({ instances, networkInterfaces }: World, id: string): boolean {
  const instance = instances.get(id);
  if (id.startsWith('eni-')) return !networkInterfaces.has(id);
  return instance !== undefined && !isAlive(instance) && isEndedByCall(instance);
}

/** What no record needs to name: a stranger's, or what an operation was making when the table was lost. */
function isNoOnes(
  { strangers, lost }: Pick<View['facts'], 'strangers' | 'lost'>,
  own: StatefulNode['instance'],
  id: string,
): boolean {
  return strangers.has(id) || (lost.has(id) && own?.id !== id);
}

/** What carries a node's tag and is no stranger's, and no record names. */
export function orphansIn(
  world: World,
  nodes: View['nodes'],
  facts: Pick<View['facts'], 'strangers' | 'lost'>,
): readonly (Instance | NetworkInterface)[] {
  const named = new Set([...nodes.values()].flatMap(({ identity, instance }) => [identity.interfaceId, instance?.id]));
  return [...[...world.instances.values()].filter(isAlive), ...world.networkInterfaces.values()].filter(
    (entity) =>
      nodeTag(entity) !== undefined &&
      !named.has(entity.id) &&
      !isLeft(entity) &&
      !isNoOnes(facts, undefined, entity.id),
  );
}

/** In what ways an ACTIVE node is not carried by a running instance with its addresses. */
export function driftIn(view: View, node: StatefulNode): readonly string[] {
  const state = view.world.instances.get(node.instance?.id ?? '')?.state;
  const isRunning = state === 'running';
  return [...(isRunning ? [] : [`${node.id}: its instance is ${state ?? 'gone'}`]), ...addressFaults(view, node)];
}

function each(nodes: View['nodes'], faults: (node: StatefulNode) => readonly string[]): readonly string[] {
  return [...nodes.values()].flatMap(faults);
}

function statusFaults(
  { id, wishes }: NodeFacts,
  node: StatefulNode | undefined,
  isRebuilt: boolean,
): readonly string[] {
  if (node === undefined) return wishes.includes('deleted') ? [] : [`${id} is gone, and nobody asked for that`];
  // Whether that is so was judged when it was written.
  if (node.errorReason !== undefined) return [];
  // Records that are rebuilt go by what there is: a node whose instance has ended meanwhile is one without an instance.
  if (isRebuilt && node.status === 'PAUSED') return [];
  const status = node.deletion !== undefined ? 'deleted' : WISH_OF[node.status];
  return status !== undefined && status !== 'deleted' && wishes.includes(status)
    ? []
    : [`${id} is ${node.status}${node.deletion ? ' (being deleted)' : ''}, and asked for was ${wishes.join(' or ')}`];
}

const WISH_OF: Readonly<Partial<Record<StatefulNode['status'], 'running' | 'paused'>>> = {
  ACTIVE: 'running',
  PAUSED: 'paused',
};

function addressFaults(view: View, node: StatefulNode): readonly string[] {
  if (node.errorReason !== undefined) return [];
  return [...interfaceFaults(view, node), ...elasticIpFaults(view, node)];
}

function interfaceFaults({ world, facts }: View, node: StatefulNode): readonly string[] {
  const { id, identity, instance, status } = node;
  const eni = world.networkInterfaces.get(identity.interfaceId ?? '');
  // A node that was paused before its first launch had come to an interface has none.
  if (eni === undefined) return status === 'ACTIVE' ? [`${id} has no interface`] : [];
  const launchedFor = facts.nodes.get(id)?.launchedFor;
  const compared = [
    ['the private IP', eni.privateIpAddress, identity.privateIp],
    ['the instance', eni.attachment?.instanceId, instance?.id],
    ...(status === 'ACTIVE' ? activeParts(node, eni, launchedFor) : []),
    ...(instance === undefined || eni.attachment === undefined
      ? []
      : attachedParts(eni.attachment, world.instances.get(instance.id), launchedFor)),
  ] as const;
  return compared
    .filter(([, is, wanted]) => is !== wanted)
    .map(([what, is, wanted]) => `${id}: ${what} of ${eni.id} is ${String(is)}, not ${String(wanted)}`);
}

/** What it is called, what it is, and what it has to be. */
type Part = readonly [what: string, is: unknown, wanted: unknown];

function activeParts(
  { config, identity }: StatefulNode,
  eni: NetworkInterface,
  launchedFor?: NodeConfig,
): readonly Part[] {
  const groups = [...new Set(config.compute.launchSpecification.securityGroupIds)].sort().join();
  return [
    ['the private IP', eni.privateIpAddress, launchedFor?.compute.privateIp ?? identity.privateIp],
    ['the security groups', [...eni.groupIds].sort().join(), groups],
  ];
}

function attachedParts(attachment: Attachment, on: Instance | undefined, launchedFor?: NodeConfig): readonly Part[] {
  const { status, deleteOnTermination, deviceIndex } = attachment;
  return [
    ['the state of the instance', on?.state, 'running'],
    ['the attachment', status, 'attached'],
    ['DeleteOnTermination', deleteOnTermination, false],
    ...(launchedFor === undefined
      ? []
      : [['that it is the primary one', deviceIndex === 0, attachmentOf(launchedFor) === 'cold'] as const]),
  ];
}

function elasticIpFaults({ world }: View, { id, config, identity, status }: StatefulNode): readonly string[] {
  const wanted = config.compute.elasticIp;
  const on = [...world.elasticIps.values()].filter(
    ({ association }) => association !== undefined && association.networkInterfaceId === identity.interfaceId,
  );
  const names = on.map((address) => address.id).join(', ');
  if (names === (wanted ?? '')) return [];
  if (identity.interfaceId === undefined && status === 'PAUSED') return [];
  return [`${id} is to have ${wanted ?? 'no Elastic IP'}, and on its interface is ${names || 'none'}`];
}

function claimFaults(node: StatefulNode, claims: View['claims']): readonly string[] {
  const { id, config, heldClaims } = node;
  const surplus = surplusClaims(node);
  return [
    ...addressesWanted(config)
      .filter(({ address }) => claims.get(address) !== id)
      .map(({ address }) => `${id} wants ${address}, which is claimed for ${claims.get(address) ?? 'nobody'}`),
    ...heldClaims.filter((address) => claims.get(address) !== id).map((address) => `${id} holds ${address} in vain`),
    ...surplus.map((address) => `${id} still holds ${address}, which it does not need`),
  ];
}
