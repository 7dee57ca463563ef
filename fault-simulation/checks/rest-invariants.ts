/** The invariants of a run at rest. Each returns its violations, one sentence each. */
import { surplusClaims, addressesWanted } from '../../domain/node/claims';
import { attachmentOf, type NodeConfig } from '../../domain/config/node-config';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Attachment, Instance, NetworkInterface, World } from '../../simulator/ec2/world';
import type { NodeFacts } from '../facts/known-facts';
import { isAlive, isEndedByCall, isLeft, nodeTag } from '../facts/world-facts';
import type { View } from './invariants';

/**
 * Checks must fail for two minutes, and count from two minutes after the launch. The rest is for the reconciler's next
 * run, and for the wait for rest that it interrupts.
 */
const HEALED_WITHIN_MS = 195_000;

/** If more than this share of the nodes fail their checks, none is replaced for that. */
const DOUBTFUL_SHARE = 0.2;

export const REST_INVARIANTS: Readonly<Record<string, (view: View) => readonly string[]>> = {
  'every operation ends': ({ nodes, running }) => [
    ...running.map(({ stateMachineName, name, history }) => {
      const last = history.at(-1);
      return `${stateMachineName} ${name} is still in ${last?.state ?? 'nothing'} (${last?.type ?? ''})`;
    }),
    ...each(nodes, ({ id, operation }) =>
      operation === undefined ? [] : [`operation ${operation.generation} (${operation.kind}) of ${id} never ended`],
    ),
  ],

  'no request is left waiting': ({ nodes }) =>
    each(nodes, ({ id, intents, errorReason }) =>
      errorReason !== undefined
        ? []
        : intents.map(({ kind, reason }) => `${id} still has the intent ${kind} (${reason})`),
    ),

  'every node is in its desired state, or gives a reason': ({ nodes, facts }) =>
    [...facts.nodes.values()].flatMap((known) => statusViolations(known, nodes.get(known.id), facts.lost.size > 0)),

  'a node at rest has exactly its addresses': (view) => each(view.nodes, (node) => addressViolations(view, node)),

  'a node at rest has one instance or none': ({ nodes, world, facts }) =>
    each(nodes, ({ id, instance, failure, adoption }) => {
      const alive = [...world.instances.values()].filter(
        (seen) => nodeTag(seen) === id && isAlive(seen) && !isLeft(seen) && !isUnowned(facts, instance, seen.id),
      );
      // A node that was paused before its import was done keeps the original running until the resume ends the import.
      if (instance === undefined && alive.map((seen) => seen.id).join() === adoption?.originalInstanceId) return [];
      // An ended instance is replaced at the time that the node's failure names.
      const isAwaited = failure?.nextTryAt !== undefined && alive.length === 0;
      return isAwaited || alive.map((seen) => seen.id).join() === (instance?.id ?? '')
        ? []
        : [
            `${id} names ${instance?.id ?? 'no instance'}, alive are ${alive.map((seen) => seen.id).join(', ') || 'none'}`,
          ];
    }),

  'no instance or interface is left without a node': ({ nodes, world, facts }) =>
    orphansIn(world, nodes, facts).map((entity) => `${entity.id} with the tag of ${nodeTag(entity)} is in no record`),

  'every launch template is its node’s, and each node has one at most': ({ nodes, world, facts }) => {
    // The records of a lost table named templates that nothing names any more, even if they named nothing else.
    if (facts.tableChangedMs > 0) return [];
    return [...world.launchTemplates.values()].flatMap((template) => {
      const nodeId = nodeTag(template);
      const named = nodes.get(nodeId ?? '')?.launchTemplate;
      // If the answer was lost, the record does not name the template, until the same one is made again.
      const isUnanswered = named === undefined && facts.causes.excuse(['call'], nodeId ?? '', 0);
      return named === template.name || (isUnanswered && nodes.has(nodeId ?? ''))
        ? []
        : [`${template.name} is left, and ${nodeId} names ${named ?? 'none'}`];
    });
  },

  'everything that was given up is removed': ({ nodes }) =>
    each(nodes, ({ id, givenUp = [] }) =>
      givenUp.map((entry) => `${id} still has given up ${'id' in entry ? entry.id : entry.clientToken}`),
    ),

  'a lost table removes no resource': ({ world, facts, nodes }) =>
    // Resources that the rebuilt records name may be replaced later.
    [...facts.lost]
      .filter((id) => isRemoved(world, id) && !facts.history.knows(world, id) && nodes.size > 0)
      .map((id) => `${id} was there when the table was lost, and is gone`),

  'lookalikes are left alone': ({ world, facts }) =>
    [...facts.lookalikes]
      .filter((id) => isRemoved(world, id))
      .map((id) => `${id}, a lookalike of a node’s resource, is gone`),

  'an instance that fails its status checks is replaced': ({ nodes, world, nowMs }) => {
    const impairedSince = ({ instance }: StatefulNode) => world.instances.get(instance?.id ?? '')?.impairment?.since;
    const impaired = [...nodes.values()].filter((node) => impairedSince(node) !== undefined);
    // If checks fail on many nodes at once, the checks are in doubt, and a person must decide.
    if (impaired.length > Math.max(1, nodes.size * DOUBTFUL_SHARE)) return [];
    return each(nodes, (node) => {
      const { id, instance, status, errorReason, failure } = node;
      const since = impairedSince(node) ?? Infinity;
      const isCalm = status === 'ACTIVE' && errorReason === undefined && failure === undefined;
      return isCalm && nowMs - since > HEALED_WITHIN_MS ? [`${id}: ${instance?.id} has failed them for too long`] : [];
    });
  },

  'the claims are exactly the addresses that are needed': ({ nodes, claims, facts }) => [
    ...[...claims]
      .filter(([address, holder]) => nodes.get(holder)?.heldClaims.includes(address) !== true)
      // A creation that was faulted before it wrote its record leaves a claim. The next request for the address takes
      // it over.
      .filter(([, holder]) => facts.nodes.has(holder) || !facts.causes.excuse(['call'], holder, 0))
      .map(([address, holder]) => `${address} is claimed for ${holder}, which does not hold it`),
    ...each(nodes, (node) => claimViolations(node, claims, nodes)),
  ],
};

/** Whether a call removed it, rather than EC2 or the guest. */
function isRemoved({ instances, networkInterfaces }: World, id: string): boolean {
  const instance = instances.get(id);
  if (id.startsWith('eni-')) return !networkInterfaces.has(id);
  return instance !== undefined && !isAlive(instance) && isEndedByCall(instance);
}

/** Whether no record has to name it: a lookalike, or a resource from before the table was lost. */
function isUnowned(
  { lookalikes, lost }: Pick<View['facts'], 'lookalikes' | 'lost'>,
  own: StatefulNode['instance'],
  id: string,
): boolean {
  return lookalikes.has(id) || (lost.has(id) && own?.id !== id);
}

/** Resources with a node's tag that are no lookalikes and that no record names. */
export function orphansIn(
  world: World,
  nodes: View['nodes'],
  facts: Pick<View['facts'], 'lookalikes' | 'lost'>,
): readonly (Instance | NetworkInterface)[] {
  const named = new Set(
    [...nodes.values()].flatMap(({ identity, instance, adoption }) => [
      identity.interfaceId,
      instance?.id,
      adoption?.originalInstanceId,
    ]),
  );
  return [...[...world.instances.values()].filter(isAlive), ...world.networkInterfaces.values()].filter(
    (entity) =>
      nodeTag(entity) !== undefined &&
      !named.has(entity.id) &&
      !isLeft(entity) &&
      !isUnowned(facts, undefined, entity.id),
  );
}

/** How an ACTIVE node differs from a running instance with all its addresses, one sentence each. */
export function driftIn(view: View, node: StatefulNode): readonly string[] {
  const state = view.world.instances.get(node.instance?.id ?? '')?.state;
  const isRunning = state === 'running';
  return [...(isRunning ? [] : [`${node.id}: its instance is ${state ?? 'gone'}`]), ...addressViolations(view, node)];
}

function each(nodes: View['nodes'], check: (node: StatefulNode) => readonly string[]): readonly string[] {
  return [...nodes.values()].flatMap(check);
}

function statusViolations(
  { id, desiredStates }: NodeFacts,
  node: StatefulNode | undefined,
  isRebuilt: boolean,
): readonly string[] {
  if (node === undefined) return desiredStates.includes('deleted') ? [] : [`${id} is gone without a request`];
  // The reason was checked when it was written.
  if (node.errorReason !== undefined) return [];
  // Rebuilt records follow EC2: a node whose instance has ended in the meantime is rebuilt as PAUSED.
  if (isRebuilt && node.status === 'PAUSED') return [];
  const status = node.deletion !== undefined ? 'deleted' : DESIRED_STATE_OF[node.status];
  return status !== undefined && status !== 'deleted' && desiredStates.includes(status)
    ? []
    : [`${id} is ${node.status}${node.deletion ? ' (being deleted)' : ''}, not ${desiredStates.join(' or ')}`];
}

const DESIRED_STATE_OF: Readonly<Partial<Record<StatefulNode['status'], 'running' | 'paused'>>> = {
  ACTIVE: 'running',
  PAUSED: 'paused',
};

function addressViolations(view: View, node: StatefulNode): readonly string[] {
  if (node.errorReason !== undefined) return [];
  return [...interfaceViolations(view, node), ...elasticIpViolations(view, node)];
}

function interfaceViolations({ world, facts }: View, node: StatefulNode): readonly string[] {
  const { id, identity, instance, status } = node;
  const eni = world.networkInterfaces.get(identity.interfaceId ?? '');
  // A node that was paused before its first launch created an interface has none.
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

/** A compared property: its name, its value, and the value that it must have. */
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

function elasticIpViolations(
  { world, facts }: View,
  { id, config, identity, status }: StatefulNode,
): readonly string[] {
  const wanted = config.compute.elasticIp;
  const on = [...world.elasticIps.values()]
    .filter(({ association }) => association !== undefined && association.networkInterfaceId === identity.interfaceId)
    // Holdfast leaves alone what no record names: it cannot tell this address from one that a person has put there.
    .filter((address) => !facts.forgottenElasticIps.has(address.id));
  const names = on.map((address) => address.id).join(', ');
  if (names === (wanted ?? '')) return [];
  if (identity.interfaceId === undefined && status === 'PAUSED') return [];
  return [`${id} must have ${wanted ?? 'no Elastic IP'}, and on its interface is ${names || 'none'}`];
}

function claimViolations(node: StatefulNode, claims: View['claims'], nodes: View['nodes']): readonly string[] {
  const { id, config, heldClaims, deletion } = node;
  // A deletion releases them before it removes what may be refused: volumes and launch templates.
  const isReleased = (address: string): boolean => deletion !== undefined && !heldClaims.includes(address);
  // The claims of a node that is being deleted may belong to a new node that waits for it.
  const isTakenOver = (address: string): boolean =>
    nodes.get(claims.get(address) ?? '')?.awaitedNodeIds?.includes(id) === true;
  const surplus = surplusClaims(node);
  return [
    ...addressesWanted(config)
      .filter(({ address }) => claims.get(address) !== id && !isTakenOver(address) && !isReleased(address))
      .map(({ address }) => `${id} needs ${address}, which is claimed for ${claims.get(address) ?? 'no node'}`),
    ...heldClaims
      .filter((address) => claims.get(address) !== id && !isTakenOver(address))
      .map((address) => `${id} names the claim of ${address}, which does not exist`),
    ...surplus.map((address) => `${id} still holds ${address}, which it does not need`),
  ];
}
