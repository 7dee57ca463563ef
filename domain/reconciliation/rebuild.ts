/**
 * Rebuilds records from what EC2 shows, for a table that was emptied, restored to an earlier time, or lost. The
 * interface is the identity, so a node is found by its interface. The instance that carries the interface shows the
 * configuration.
 */
import { idsNamedBy, tokensNamedBy } from '../operation/given-up';
import type { CompleteConfig } from '../config/complete-config';
import { applyPatch } from '../config/config-update';
import { idPattern } from '../config/ids';
import { launchSpecificationOf, withoutUndefined } from '../import/import-document';
import { identityOn } from '../operation/network-interface';
import { attachmentOf, type EniAttachment, type NodeConfig } from '../config/node-config';
import { isReserved, keysOf } from '../node/applied-tags';
import type { SeenElasticIp, SeenInterface, SeenOriginal, SeenVolume } from '../node/observations';
import type { NetworkIdentity, NodeInstance, StatefulNode } from '../node/stateful-node';
import { isAhead, isUnknown, type Origin, type Tagged } from './unknown';

const NODE_ID = idPattern('smi');

/** What EC2 shows of one node. */
export interface FoundNode {
  readonly nodeId: string;
  /** The interface that is the node's identity. */
  readonly interface: SeenInterface & { readonly origin: Origin };
  /** The generation of the newest operation that has made anything for the node. */
  readonly generation: number;
  /** The ids of other things with the node's tag. They are reported and not changed. */
  readonly others: readonly string[];
  /** Everything that was found with the node's tag. */
  readonly tagged: readonly Tagged[];
}

type TaggedInterface = SeenInterface & { readonly origin: Origin };

/**
 * The nodes that EC2 shows, each with its interface.
 * @param tagged everything with this deployment's tag
 * @param records the records that still exist: they decide between two equally likely interfaces
 */
export function foundNodes(
  tagged: readonly Tagged[],
  interfaces: readonly TaggedInterface[],
  records: readonly StatefulNode[],
): readonly FoundNode[] {
  const named = new Set(records.map(({ identity }) => identity.interfaceId));
  const recordOf = new Map(records.map((node) => [node.id, node]));
  const ofNodes = tagged.filter(({ origin }) => !origin.isLeft && NODE_ID.test(origin.nodeId));
  const nodeIds = [...new Set(ofNodes.map(({ origin }) => origin.nodeId))].sort();
  return nodeIds.flatMap((nodeId) => {
    const mine = ofNodes.filter(({ origin }) => origin.nodeId === nodeId);
    const its = mine.filter((each) => !isForeignTo(recordOf.get(nodeId), each));
    const [identity] = interfaces.filter(({ id }) => its.some((each) => each.id === id)).sort(byLikelihood(named));
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
 * Whether the thing has copied tags: the record was at rest after the operation that the tags name, and does not account
 * for the thing.
 */
function isForeignTo(node: StatefulNode | undefined, each: Tagged): boolean {
  const isOfRecordedTime = node !== undefined && (each.origin.generation ?? Infinity) <= node.generation;
  return isOfRecordedTime && isUnknown(each, node);
}

/**
 * An attached interface comes before a free one, a newer one before an older one, and one that a record names before
 * one with copied tags.
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

/** Fields that EC2 never shows. They have their defaults until a person sets them. */
const UNREAD: readonly string[] = [
  'description',
  'strategy',
  'healthCheck',
  'compute.product',
  'persistence.persistPrivateIp',
  'persistence.shouldKeepElasticIpOnPause',
];
/** Fields that an instance shows only in part: the choice that was made, and not the alternatives. */
const UNREAD_OF_INSTANCE: readonly string[] = [
  'compute.subnetIds',
  'compute.launchSpecification.instanceTypes',
  'compute.launchSpecification.creditSpecification',
  'compute.launchSpecification.blockDeviceMappings',
  'compute.launchSpecification.networkInterfaces',
];
/** Fields that only an instance shows. */
const UNREAD_WITHOUT_INSTANCE: readonly string[] = [
  'persistence.eniAttachment',
  'compute.subnetIds',
  'compute.launchSpecification',
];

function unreadOf({ interface: eni }: FoundNode, carrier: SeenOriginal | undefined): readonly string[] {
  return [
    // An imported interface does not have the name of its node in a tag.
    ...(eni.origin.nodeName === undefined ? ['name'] : []),
    ...UNREAD,
    // A pause may have disassociated it.
    ...(carrier === undefined && eni.allocationId === undefined ? ['compute.elasticIp'] : []),
    ...(carrier === undefined ? UNREAD_WITHOUT_INSTANCE : UNREAD_OF_INSTANCE),
  ];
}

/** The configuration as a document, which is validated like any other, and the fields that EC2 does not show. */
export function documentOfFound(
  found: FoundNode,
  carrier: SeenOriginal | undefined,
  region: string,
  volumes: readonly SeenVolume[],
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
          : withoutUndefined({
              ...launchSpecificationOf(carrier, {
                instanceTypes: [carrier.instanceType],
                carried: eni,
                elasticIp: eni.allocationId,
                metadataOptions: carrier.metadataOptions,
              }),
              resourceTagSpecification: tagSpecificationOf(carrier, eni, volumes),
            }),
    }),
  });
  return { document, unread: unreadOf(found, carrier) };
}

/** The configured tags are those of the instance. What else has all of them, with their values, was given them. */
function tagSpecificationOf({ id, tags }: SeenOriginal, eni: SeenInterface, volumes: readonly SeenVolume[]): unknown {
  const configured = tags.filter(({ key }) => !isReserved(key));
  const used = volumes.filter(({ instanceIds }) => instanceIds.includes(id));
  const hasAll = ({ tags: found = [] }: Pick<SeenInterface, 'tags'>): boolean =>
    configured.every((tag) => found.some(({ key, value }) => key === tag.key && value === tag.value));
  const given = (all: readonly Pick<SeenInterface, 'tags'>[]): unknown =>
    configured.length > 0 && all.length > 0 && all.every(hasAll) ? { shouldTag: true } : undefined;
  const [enis, ofVolumes] = [given([eni]), given(used)];
  return enis === undefined && ofVolumes === undefined ? undefined : withoutUndefined({ volumes: ofVolumes, enis });
}

/**
 * The document with a person's fields, which win. If the private IP is not persisted, the document must not name one.
 */
export function withConfiguration(document: unknown, configuration: unknown): unknown {
  if (configuration === undefined) return document;
  const { compute, ...rest } = document as NodeConfig;
  const { privateIp: _read, ...others } = compute;
  const { persistence } = (configuration ?? {}) as { readonly persistence?: Partial<NodeConfig['persistence']> };
  const isPersistent = persistence?.persistPrivateIp !== false;
  return applyPatch({ ...rest, compute: isPersistent ? compute : others }, configuration);
}

/**
 * The instance of the node that has its interface. An instance without the node's tag is not the node's, even if it has
 * the interface: otherwise the next replacement would terminate it.
 */
export function carrierIdOf({ interface: { attachment }, tagged }: FoundNode): string | undefined {
  return tagged.find(({ kind, id }) => kind === 'instance' && id === attachment?.instanceId)?.id;
}

/** Undefined if no instance of the node has the interface: then nothing shows how it was attached. */
function attachmentOn(found: FoundNode): EniAttachment | undefined {
  if (carrierIdOf(found) === undefined) return undefined;
  return found.interface.attachment?.deviceIndex === 0 ? 'cold' : 'hot';
}

export interface RebuiltParts extends CompleteConfig {
  readonly eligibleSubnetIds: readonly string[];
  readonly heldClaims: readonly string[];
  readonly elasticIp: SeenElasticIp | undefined;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** The record of a node that has none. */
export function rebuiltNode(found: FoundNode, carrier: SeenOriginal | undefined, parts: RebuiltParts): StatefulNode {
  const { config, impliedFields, eligibleSubnetIds, heldClaims, elasticIp, now } = parts;
  const instance = carrier && instanceOn(carrier, attachmentOn(found) ?? attachmentOf(config));
  return {
    id: found.nodeId,
    version: 1,
    config,
    eligibleSubnetIds,
    status: instance === undefined ? 'PAUSED' : 'ACTIVE',
    identity: identityOf(found, { settled: false }, elasticIp),
    ...(instance !== undefined && { instance }),
    // Not a lower generation: the client tokens of earlier operations are used up.
    generation: found.generation,
    intents: [],
    configRevision: 1,
    appliedRevision: 1,
    ...keysOf(config),
    ...(impliedFields !== undefined && { impliedFields }),
    heldClaims,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Whether nothing that EC2 shows contradicts the record. An operation under way names what it has launched. A free
 * interface is no contradiction: the recorded instance may have ended or lost it, and the reconciler repairs both.
 */
export function isRight(node: StatefulNode, found: FoundNode): boolean {
  if (found.tagged.some((each) => isAhead(each, node))) return false;
  if (node.deletion !== undefined) return true;
  const carrierId = carrierIdOf(found);
  if (node.operation !== undefined) return carrierId === undefined || knows(node, carrierId);
  const hasInterface = node.identity.interfaceId === found.interface.id;
  return hasInterface && (carrierId === undefined || node.instance?.id === carrierId);
}

/** Whether the operation will continue with the instance: it names its id, or may find it by a client token. */
function knows(node: StatefulNode, instanceId: string): boolean {
  return idsNamedBy(node).includes(instanceId) || tokensNamedBy(node).length > 0;
}

/**
 * Whether the node was deleted after its record was written. A deletion tags what it leaves, then removes the record.
 */
export function wasDeleted(node: StatefulNode, tagged: readonly Tagged[]): boolean {
  return node.deletion === undefined && tagged.some(({ origin }) => origin.isLeft && origin.nodeId === node.id);
}

/**
 * The record, corrected by what EC2 shows. The configuration stays. Operations, failures and intents are removed,
 * because they are out of date. If no instance has the interface, the recorded instance stays: the reconciler repairs
 * or replaces it.
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
