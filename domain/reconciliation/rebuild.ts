/**
 * From what EC2 shows back to the records: for a table that was emptied, restored to an earlier time, or lost. The
 * interface is the identity, so every node has one to begin with; what carries it tells how it was configured.
 */
import { idsNamedBy, tokensNamedBy } from '../operation/given-up';
import { applyPatch } from '../config/config-update';
import { launchSpecificationOf, withoutUndefined } from '../import/import-document';
import { identityOn } from '../operation/network-interface';
import { attachmentOf, tagKeysOf, type EniAttachment, type NodeConfig } from '../config/node-config';
import type { SeenElasticIp, SeenInterface, SeenOriginal } from '../node/observations';
import type { NetworkIdentity, NodeInstance, StatefulNode } from '../node/stateful-node';
import { isAhead, type Origin, type Tagged } from './unknown';

/** What EC2 shows of one node. */
export interface FoundNode {
  readonly nodeId: string;
  /** The interface that is the node's identity. */
  readonly interface: SeenInterface & { readonly origin: Origin };
  /** The newest operation that has made anything of it. */
  readonly generation: number;
  /** What else carries the node's tag, by id: shown, and left as it is. */
  readonly others: readonly string[];
  /** All that was found, as the reconciler judges it. */
  readonly tagged: readonly Tagged[];
}

type TaggedInterface = SeenInterface & { readonly origin: Origin };

/**
 * The nodes that EC2 shows, each by its interface.
 * @param tagged what carries this deployment's tag
 * @param records what the table still says: of two interfaces that are alike otherwise, the one that it names is the node's
 */
export function foundNodes(
  tagged: readonly Tagged[],
  interfaces: readonly TaggedInterface[],
  records: readonly StatefulNode[],
): readonly FoundNode[] {
  const named = new Set(records.map(({ identity }) => identity.interfaceId));
  const ofNodes = tagged.filter(({ origin }) => !origin.isLeft && /^smi-[0-9a-f]{8}$/.test(origin.nodeId));
  const ids = [...new Set(ofNodes.map(({ origin }) => origin.nodeId))].sort();
  return ids.flatMap((nodeId) => {
    const mine = ofNodes.filter(({ origin }) => origin.nodeId === nodeId);
    const [identity] = interfaces.filter(({ id }) => mine.some((each) => each.id === id)).sort(byLikelihood(named));
    if (identity === undefined) return [];
    const known = [identity.id, identity.attachment?.instanceId];
    return [
      {
        nodeId,
        interface: identity,
        generation: Math.max(0, ...mine.map(({ origin }) => origin.generation ?? 0)),
        others: mine.map(({ id }) => id).filter((id) => !known.includes(id)),
        tagged: mine,
      },
    ];
  });
}

/**
 * One that an instance has comes before one that is free, a newer one before an older one, and one that a record names
 * before a copy of its tags.
 */
function byLikelihood(named: ReadonlySet<string | undefined>) {
  const rank = ({ id, attachment, origin }: TaggedInterface): readonly number[] => [
    Number(attachment !== undefined),
    origin.generation ?? 0,
    Number(named.has(id)),
  ];
  return (one: TaggedInterface, other: TaggedInterface): number => {
    const [mine, theirs] = [rank(one), rank(other)];
    return theirs.map((each, index) => each - (mine[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  };
}

/** What EC2 shows of no node, and what is at its default therefore until a person says otherwise. */
const UNREAD: readonly string[] = [
  ...['description', 'strategy', 'healthCheck', 'compute.product'],
  ...['persistence.persistPrivateIp', 'persistence.shouldKeepElasticIpOnPause'],
];
/** What an instance shows only in part: what the node has come to, and not what else it might have. */
const UNREAD_OF_INSTANCE: readonly string[] = [
  ...['compute.subnetIds', 'compute.launchSpecification.instanceTypes'],
  ...['creditSpecification', 'blockDeviceMappings', 'networkInterfaces'].map((f) => `compute.launchSpecification.${f}`),
];
/** What only an instance shows. */
const UNREAD_WITHOUT_INSTANCE: readonly string[] = [
  ...['persistence.eniAttachment', 'compute.subnetIds', 'compute.launchSpecification'],
];

function unreadOf({ interface: eni }: FoundNode, carrier: SeenOriginal | undefined): readonly string[] {
  return [
    // An interface that came with an import does not bear the name of its node.
    ...(eni.origin.nodeName === undefined ? ['name'] : []),
    ...UNREAD,
    // A pause may have taken it off.
    ...(carrier === undefined && eni.allocationId === undefined ? ['compute.elasticIp'] : []),
    ...(carrier === undefined ? UNREAD_WITHOUT_INSTANCE : UNREAD_OF_INSTANCE),
  ];
}

/** The configuration as far as it can be read, as a document to be checked like any other, and what could not be read. */
export function documentOfFound(
  found: FoundNode,
  carrier: SeenOriginal | undefined,
  region: string,
): { readonly document: unknown; readonly unread: readonly string[] } {
  const { nodeId, interface: eni } = found;
  const document = withoutUndefined({
    name: eni.origin.nodeName ?? nodeId,
    region,
    ...(carrier?.lifeCycle === 'on_demand' && { strategy: { lifeCycle: 'on_demand' } }),
    persistence: withoutUndefined({ persistPrivateIp: true, eniAttachment: attachmentOn(found) }),
    compute: withoutUndefined({
      vpcId: eni.vpcId,
      subnetIds: [eni.subnetId],
      privateIp: eni.privateIp,
      elasticIp: eni.allocationId,
      launchSpecification:
        carrier === undefined
          ? { securityGroupIds: eni.securityGroupIds }
          : launchSpecificationOf(carrier, {
              instanceTypes: [carrier.instanceType],
              carried: eni,
              elasticIp: eni.allocationId,
            }),
    }),
  });
  return { document, unread: unreadOf(found, carrier) };
}

/** The document with what a person says of it, which wins: an address that does not persist is none of the document's. */
export function withConfiguration(document: unknown, configuration: unknown): unknown {
  if (configuration === undefined) return document;
  const { compute, ...rest } = document as NodeConfig;
  const { privateIp: _read, ...others } = compute;
  const { persistence } = (configuration ?? {}) as { readonly persistence?: Partial<NodeConfig['persistence']> };
  const isPersistent = persistence?.persistPrivateIp !== false;
  return applyPatch({ ...rest, compute: isPersistent ? compute : others }, configuration);
}

/**
 * The instance of the node that has its interface. One without the node's tag is somebody else's, however it came by the
 * interface: were it taken for the node's, the next replacement would end it.
 */
export function carrierIdOf({ interface: { attachment }, tagged }: FoundNode): string | undefined {
  return tagged.find(({ kind, id }) => kind === 'instance' && id === attachment?.instanceId)?.id;
}

/** An interface that no instance of the node has does not show how it was carried. */
function attachmentOn(found: FoundNode): EniAttachment | undefined {
  if (carrierIdOf(found) === undefined) return undefined;
  return found.interface.attachment?.deviceIndex === 0 ? 'cold' : 'hot';
}

export interface RebuiltParts {
  readonly config: NodeConfig;
  readonly eligibleSubnetIds: readonly string[];
  readonly heldClaims: readonly string[];
  readonly elasticIp: SeenElasticIp | undefined;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** The record of a node that has none. */
export function rebuiltNode(found: FoundNode, carrier: SeenOriginal | undefined, parts: RebuiltParts): StatefulNode {
  const { config, eligibleSubnetIds, heldClaims, elasticIp, now } = parts;
  const instance = carrier && instanceOn(carrier, attachmentOn(found) ?? attachmentOf(config));
  return {
    id: found.nodeId,
    version: 1,
    config,
    eligibleSubnetIds,
    status: instance === undefined ? 'PAUSED' : 'ACTIVE',
    identity: identityOf(found, { settled: false }, elasticIp),
    ...(instance !== undefined && { instance }),
    // Never that of an operation before: its client tokens are spent.
    generation: found.generation,
    intents: [],
    configRevision: 1,
    appliedRevision: 1,
    appliedTagKeys: tagKeysOf(config),
    heldClaims,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Does EC2 show nothing that contradicts the record? One whose operation is under way says so itself. An interface that is
 * free does not: the instance that the record names may have ended, or lost it, and the reconciler sees to both.
 */
export function isRight(node: StatefulNode, found: FoundNode): boolean {
  if (found.tagged.some((each) => isAhead(each, node))) return false;
  if (node.deletion !== undefined) return true;
  const carrierId = carrierIdOf(found);
  if (node.operation !== undefined) return carrierId === undefined || knows(node, carrierId);
  const hasInterface = node.identity.interfaceId === found.interface.id;
  return hasInterface && (carrierId === undefined || node.instance?.id === carrierId);
}

/** Whether the operation goes on with the instance: by its id, or once EC2 is asked what its token has made. */
function knows(node: StatefulNode, instanceId: string): boolean {
  return idsNamedBy(node).includes(instanceId) || tokensNamedBy(node).length > 0;
}

/** Was the node deleted after its record was written? A deletion marks what it leaves before it removes the record. */
export function wasDeleted(node: StatefulNode, tagged: readonly Tagged[]): boolean {
  return node.deletion === undefined && tagged.some(({ origin }) => origin.isLeft && origin.nodeId === node.id);
}

/**
 * The record put right by what EC2 shows: its configuration stays, and what it says of operations under way, failures and
 * user intents goes, because it is from another time. Where no instance has the interface, the one that the record names stays:
 * the reconciler puts it right, or replaces it.
 */
export function correctedNode(
  node: StatefulNode,
  found: FoundNode,
  carrier: SeenOriginal | undefined,
  elasticIp: SeenElasticIp | undefined,
  now: string,
): StatefulNode {
  const { operation: _o, failure: _f, errorReason: _e, givenUp: _g, deletion: _d, ...kept } = node;
  const instance =
    carrier === undefined ? node.instance : instanceOn(carrier, attachmentOn(found) ?? attachmentOf(node.config));
  return {
    ...kept,
    status: instance === undefined ? 'PAUSED' : 'ACTIVE',
    identity: identityOf(found, node.identity, elasticIp),
    ...(instance !== undefined && { instance }),
    generation: Math.max(node.generation, found.generation),
    intents: [],
    updatedAt: now,
  };
}

function identityOf(
  { interface: eni }: FoundNode,
  before: NetworkIdentity,
  elasticIp: SeenElasticIp | undefined,
): NetworkIdentity {
  const isOn = elasticIp?.interfaceId === eni.id;
  return {
    ...identityOn(eni, before),
    settled: true,
    allocationId: isOn ? elasticIp.allocationId : undefined,
    publicIp: isOn ? elasticIp.publicIp : undefined,
  };
}

function instanceOn(carrier: SeenOriginal, attachment: EniAttachment): NodeInstance {
  const { id, imageId, instanceType, subnetId, launchedAt } = carrier;
  const lifeCycle = carrier.lifeCycle === 'spot' ? 'spot' : 'on_demand';
  return { id, imageId, instanceType, lifeCycle, subnetId, launchedAt, attachment };
}
