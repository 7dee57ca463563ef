/**
 * From what EC2 shows back to the records: for a table that was emptied, restored to an earlier time, or lost. The
 * interface is the identity, so every node has one to begin with; what carries it tells how it was configured.
 */
import { applyPatch } from './config-update';
import { launchSpecificationOf, withoutUndefined } from './import-document';
import { identityOn } from './network-interface';
import { attachmentOf, tagKeysOf, type EniAttachment, type NodeConfig } from './node-config';
import type { SeenElasticIp, SeenInterface, SeenOriginal } from './observations';
import type { NetworkIdentity, NodeInstance, StatefulNode } from './stateful-node';
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

/** The nodes that EC2 shows, each by its interface. @param tagged what carries this deployment's tag */
export function foundNodes(tagged: readonly Tagged[], interfaces: readonly TaggedInterface[]): readonly FoundNode[] {
  const ofNodes = tagged.filter(({ origin }) => !origin.isLeft && /^smi-[0-9a-f]{8}$/.test(origin.nodeId));
  const ids = [...new Set(ofNodes.map(({ origin }) => origin.nodeId))].sort();
  return ids.flatMap((nodeId) => {
    const mine = ofNodes.filter(({ origin }) => origin.nodeId === nodeId);
    const [identity] = interfaces.filter(({ id }) => mine.some((each) => each.id === id)).sort(byLikelihood);
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

/** One that an instance has comes before one that is free, and a newer one before an older one. */
function byLikelihood(one: TaggedInterface, other: TaggedInterface): number {
  const attached = Number(other.attachment !== undefined) - Number(one.attachment !== undefined);
  return attached === 0 ? (other.origin.generation ?? 0) - (one.origin.generation ?? 0) : attached;
}

/** What cannot be read from EC2, and so is at its default until a person says otherwise. */
const UNREAD = [
  ...(['description', 'strategy', 'healthCheck', 'persistence.shouldKeepElasticIpOnPause', 'compute.product'] as const),
  ...(['compute.launchSpecification.creditSpecification', 'compute.launchSpecification.blockDeviceMappings'] as const),
];
/** Of which EC2 shows only what the node has come to. */
const UNREAD_CHOICES = ['compute.subnetIds', 'compute.launchSpecification.instanceTypes'];
/** What only an instance tells. */
const UNREAD_WITHOUT_INSTANCE = ['compute.launchSpecification'];

/** The configuration as far as it can be read, as a document to be checked like any other, and what could not be read. */
export function documentOfFound(
  { nodeId, interface: eni }: FoundNode,
  carrier: SeenOriginal | undefined,
  region: string,
): { readonly document: unknown; readonly unread: readonly string[] } {
  const document = withoutUndefined({
    name: eni.origin.nodeName ?? nodeId,
    region,
    ...(carrier?.lifeCycle === 'on_demand' && { strategy: { lifeCycle: 'on_demand' } }),
    persistence: { persistPrivateIp: true, eniAttachment: attachmentOn(eni) },
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
  const choices = carrier === undefined ? UNREAD_WITHOUT_INSTANCE : UNREAD_CHOICES;
  return { document, unread: [...UNREAD, ...choices] };
}

/** The document with what a person says of it, which wins. */
export function withConfiguration(document: unknown, configuration: unknown): unknown {
  return configuration === undefined ? document : applyPatch(document as NodeConfig, configuration);
}

/** A free interface does not show how it was carried. */
function attachmentOn({ attachment }: SeenInterface): EniAttachment | undefined {
  if (attachment === undefined) return undefined;
  return attachment.deviceIndex === 0 ? 'cold' : 'hot';
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
  const instance = carrier && instanceOn(carrier, attachmentOn(found.interface) ?? attachmentOf(config));
  return {
    id: found.nodeId,
    version: 1,
    config,
    eligibleSubnetIds,
    status: instance === undefined ? 'PAUSED' : 'ACTIVE',
    identity: identityOf(found, { settled: true }, elasticIp),
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

/** Is the record right about what EC2 shows? One whose operation is under way says so itself. */
export function isRight(node: StatefulNode, { interface: eni, tagged }: FoundNode): boolean {
  if (tagged.some((each) => isAhead(each, node))) return false;
  if (node.operation !== undefined || node.deletion !== undefined) return true;
  return node.identity.interfaceId === eni.id && node.instance?.id === eni.attachment?.instanceId;
}

/**
 * The record put right by what EC2 shows: its configuration stays, and what it says of operations under way, failures and
 * wishes goes, because it is from another time.
 */
export function correctedNode(
  node: StatefulNode,
  found: FoundNode,
  carrier: SeenOriginal | undefined,
  elasticIp: SeenElasticIp | undefined,
  now: string,
): StatefulNode {
  const { operation: _o, failure: _f, errorReason: _e, instance: _i, givenUp: _g, deletion: _d, ...kept } = node;
  const attachment = attachmentOn(found.interface) ?? attachmentOf(node.config);
  return {
    ...kept,
    status: carrier === undefined ? 'PAUSED' : 'ACTIVE',
    identity: identityOf(found, { ...node.identity, settled: true }, elasticIp),
    ...(carrier !== undefined && { instance: instanceOn(carrier, attachment) }),
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
    allocationId: isOn ? elasticIp.allocationId : undefined,
    publicIp: isOn ? elasticIp.publicIp : undefined,
  };
}

function instanceOn(carrier: SeenOriginal, attachment: EniAttachment): NodeInstance {
  const { id, imageId, instanceType, subnetId, launchedAt } = carrier;
  const lifeCycle = carrier.lifeCycle === 'spot' ? 'spot' : 'on_demand';
  return { id, imageId, instanceType, lifeCycle, subnetId, launchedAt, attachment };
}
