/** Records for tests: each complete and ordinary, so that a test names only what it is about. */
import { UnreadableRecord } from '../../domain/errors';
import type { NodeConfig } from '../../domain/config/node-config';
import type {
  SeenAccount,
  SeenAttachment,
  SeenElasticIp,
  SeenImage,
  SeenInstance,
  SeenInstanceType,
  SeenInterface,
  SeenSubnet,
  SeenVolume,
} from '../../domain/node/observations';
import type { PoolRefusal } from '../../domain/capacity/pool-refusal';
import type {
  ExhaustedLaunch,
  InterfaceIdentity,
  LaunchedLaunch,
  LaunchPool,
  LaunchRequest,
  LaunchRound,
  NextLaunch,
  Operation,
  OwnedNode,
  Remains,
  RequestedLaunch,
  StatefulNode,
} from '../../domain/node/stateful-node';

export const NODE_ID = 'smi-0a1b2c3d';
export const EXECUTION_ID = 'arn:aws:states:eu-west-1:123456789012:execution:ReplaceNode:first';
export const OLD_INSTANCE_ID = 'i-0000000000000001d';
export const REPLACEMENT_ID = 'i-0000000000000002e';
export const INTERFACE_ID = 'eni-00000000000000001';
export const SUBNET_A = 'subnet-0000000000000000a';
export const SUBNET_B = 'subnet-0000000000000000b';
export const ALLOCATION_ID = 'eipalloc-00000000000000001';
export const VPC_ID = 'vpc-00000000000000001';
export const NOW = '2026-11-03T10:00:00.000Z';

type Compute = NodeConfig['compute'];
type LaunchSpecification = Compute['launchSpecification'];

export interface ConfigOverrides {
  readonly region?: string;
  readonly strategy?: NodeConfig['strategy'];
  readonly persistence?: NodeConfig['persistence'];
  readonly healthCheck?: NodeConfig['healthCheck'];
  readonly compute?: Partial<Omit<Compute, 'launchSpecification'>>;
  readonly launchSpecification?: Partial<LaunchSpecification>;
}

export function aConfig(overrides: ConfigOverrides = {}): NodeConfig {
  return {
    name: 'ledger',
    region: overrides.region ?? 'eu-west-1',
    strategy: overrides.strategy ?? { lifeCycle: 'spot', fallbackToOd: true },
    persistence: overrides.persistence ?? { persistPrivateIp: true },
    ...(overrides.healthCheck && { healthCheck: overrides.healthCheck }),
    compute: {
      subnetIds: [SUBNET_A, SUBNET_B],
      vpcId: VPC_ID,
      ...overrides.compute,
      launchSpecification: {
        instanceTypes: { preferredType: 'm7g.large', types: ['m7g.large', 'm6g.large'] },
        imageId: 'ami-00000000000000001',
        securityGroupIds: ['sg-00000000000000001'],
        ...overrides.launchSpecification,
      },
    },
  };
}

/** Of a node that has been ACTIVE. */
export function anIdentity(overrides: Partial<InterfaceIdentity> = {}): InterfaceIdentity {
  return {
    interfaceId: INTERFACE_ID,
    subnetId: SUBNET_A,
    availabilityZone: 'eu-west-1a',
    privateIp: '10.0.0.10',
    macAddress: '02:00:00:00:00:01',
    settled: true,
    ...overrides,
  };
}

/** A node's record that cannot be read. */
export function anUnreadableRecord(nodeId = NODE_ID): UnreadableRecord {
  return new UnreadableRecord({ kind: 'NODE', id: nodeId }, 'identity.privateIp', 'expected string, received number');
}

/** A node at rest on its instance, its identity settled. */
export function aNode(overrides: Partial<StatefulNode> = {}): StatefulNode {
  return {
    id: NODE_ID,
    version: 7,
    config: aConfig(),
    eligibleSubnetIds: [SUBNET_A, SUBNET_B],
    status: 'ACTIVE',
    identity: anIdentity(),
    instance: {
      id: OLD_INSTANCE_ID,
      imageId: 'ami-0123456789abcdef0',
      instanceType: 'm7g.large',
      lifeCycle: 'spot',
      subnetId: SUBNET_A,
      launchedAt: '2026-11-01T08:00:00.000Z',
      attachment: 'cold',
    },
    generation: 3,
    intents: [],
    configRevision: 1,
    appliedRevision: 1,
    appliedTagKeys: [],
    heldClaims: [],
    createdAt: '2026-10-01T08:00:00.000Z',
    updatedAt: '2026-11-01T08:00:30.000Z',
    ...overrides,
  };
}

export function anOperation(overrides: Partial<Operation> = {}): Operation {
  return {
    kind: 'replace',
    executionId: EXECUTION_ID,
    generation: 4,
    startedAt: NOW,
    reason: 'spot interruption warning (terminate)',
    configRevision: 1,
    config: aConfig(),
    eligibleSubnetIds: [SUBNET_A, SUBNET_B],
    oldInstanceId: OLD_INSTANCE_ID,
    retiredInterfaceIds: [],
    ...overrides,
  };
}

/** What a failed replacement left behind if it launched nothing. */
export function someRemains(overrides: Partial<Remains> = {}): Remains {
  const { config, configRevision, eligibleSubnetIds } = anOperation();
  return { config, configRevision, eligibleSubnetIds, retiredInterfaceIds: [], ...overrides };
}

/** The operation of a node, with the configuration that the node has now. */
export function anOperationOf(node: StatefulNode, overrides: Partial<Operation> = {}): Operation {
  const { config, eligibleSubnetIds } = node;
  return anOperation({ config, eligibleSubnetIds, ...overrides });
}

/** A node that an operation owns. */
export function aBusyNode(
  overrides: Partial<StatefulNode> = {},
  operation: Partial<Operation> = {},
): StatefulNode & { readonly operation: Operation } {
  const node = aNode({ status: 'RECYCLING', ...overrides });
  const owner = anOperationOf(node, operation);
  return { ...node, generation: owner.generation, operation: owner };
}

export function anOwnedNode(overrides: Partial<StatefulNode> = {}, operation: Partial<Operation> = {}): OwnedNode {
  const node = aBusyNode(overrides, operation);
  return { node, operation: node.operation };
}

export function aLaunchRequest(overrides: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    clientToken: `${NODE_ID}-4-0`,
    pool: aPool(),
    imageId: 'ami-00000000000000001',
    securityGroupIds: ['sg-00000000000000001'],
    interfaceId: INTERFACE_ID,
    tags: [
      { key: 'holdfast:node-id', value: NODE_ID },
      { key: 'holdfast:generation', value: '4' },
    ],
    volumeTags: [
      { key: 'holdfast:node-id', value: NODE_ID },
      { key: 'holdfast:generation', value: '4' },
    ],
    ...overrides,
  };
}

/** The first pool of `aConfig`. */
export function aPool(overrides: Partial<LaunchPool> = {}): LaunchPool {
  return { instanceType: 'm7g.large', subnetId: SUBNET_A, lifeCycle: 'spot', ...overrides };
}

/** EC2's refusal of a pool that has no capacity. */
export function aPoolRefusal(overrides: Partial<PoolRefusal> = {}): PoolRefusal {
  return {
    because: 'capacity',
    of: 'pool',
    code: 'InsufficientInstanceCapacity',
    message: 'There is no capacity.',
    ...overrides,
  };
}

function aRound(overrides: Partial<LaunchRound>): LaunchRound {
  return {
    subnetIds: [SUBNET_A],
    poolIndex: 0,
    pool: aPool(),
    attempt: 0,
    refusals: [],
    rounds: 1,
    losses: 0,
    ...overrides,
  };
}

const LAUNCH_TOKEN = `${NODE_ID}-4-0`;

/** A launch for which EC2 has returned `REPLACEMENT_ID`. */
export function aLaunch(overrides: Partial<LaunchedLaunch> = {}): LaunchedLaunch {
  const answer = { clientToken: LAUNCH_TOKEN, instanceId: REPLACEMENT_ID, launchedAt: NOW };
  return { ...aRound({}), state: 'launched', ...answer, ...overrides };
}

/** A launch to which EC2 has not responded. */
export function aRequestedLaunch(overrides: Partial<RequestedLaunch> = {}): RequestedLaunch {
  return { ...aRound({}), state: 'requested', clientToken: LAUNCH_TOKEN, ...overrides };
}

/** A launch that was not requested yet. */
export function aNextLaunch(overrides: Partial<LaunchRound> = {}): NextLaunch {
  return { ...aRound(overrides), state: 'next' };
}

/** A launch that every pool has refused. */
export function anExhaustedLaunch(overrides: Partial<LaunchRound> = {}): ExhaustedLaunch {
  return { ...aRound(overrides), state: 'exhausted' };
}

export function anInstance(overrides: Partial<SeenInstance> = {}): SeenInstance {
  return {
    id: REPLACEMENT_ID,
    state: 'running',
    imageId: 'ami-0123456789abcdef0',
    instanceType: 'm7g.large',
    lifeCycle: 'spot',
    subnetId: SUBNET_A,
    availabilityZone: 'eu-west-1a',
    launchedAt: '2026-11-03T10:00:20.000Z',
    ...overrides,
  };
}

/** A free interface. */
export function anInterface(overrides: Partial<SeenInterface> = {}): SeenInterface {
  return {
    id: INTERFACE_ID,
    status: 'available',
    subnetId: SUBNET_A,
    availabilityZone: 'eu-west-1a',
    privateIp: '10.0.0.10',
    macAddress: '02:00:00:00:00:01',
    securityGroupIds: ['sg-00000000000000001'],
    ...overrides,
  };
}

export function anAttachment(overrides: Partial<SeenAttachment> = {}): SeenAttachment {
  return {
    id: 'eni-attach-00000000000000001',
    instanceId: REPLACEMENT_ID,
    deviceIndex: 0,
    status: 'attached',
    deleteOnTermination: false,
    ...overrides,
  };
}

/** An interface in use. */
export function anAttachedInterface(
  attachment: Partial<SeenAttachment> = {},
  overrides: Partial<SeenInterface> = {},
): SeenInterface {
  return anInterface({ status: 'in-use', attachment: anAttachment(attachment), ...overrides });
}

export function anElasticIp(overrides: Partial<SeenElasticIp> = {}): SeenElasticIp {
  return { allocationId: ALLOCATION_ID, publicIp: '198.51.100.7', interfaceId: INTERFACE_ID, ...overrides };
}

/** A volume that an instance of the node has left. */
export function aVolume(overrides: Partial<SeenVolume> = {}): SeenVolume {
  const id = 'vol-0123456789abcdef0';
  return { id, state: 'available', nodeId: NODE_ID, instanceIds: [], deleteOnTermination: false, ...overrides };
}

export function aSubnet(overrides: Partial<SeenSubnet> = {}): SeenSubnet {
  return {
    id: SUBNET_A,
    vpcId: VPC_ID,
    availabilityZone: 'eu-west-1a',
    cidrBlock: '10.0.0.0/24',
    hasIpv6: false,
    ...overrides,
  };
}

/** An account that has everything that `aConfig` names, and a free Elastic IP. */
export function anAccount(overrides: Partial<SeenAccount> = {}): SeenAccount {
  return {
    region: 'eu-west-1',
    instanceRoleArns: [],
    vpcIds: [VPC_ID],
    subnets: [aSubnet(), aSubnet({ id: SUBNET_B, cidrBlock: '10.0.1.0/24' })],
    privateIpHolders: [],
    elasticIp: anElasticIp({ interfaceId: undefined }),
    hasInternetGateway: true,
    image: anImage(),
    instanceTypes: ['m7g.large', 'm6g.large'].map((name) => anInstanceType({ name })),
    securityGroups: [{ id: 'sg-00000000000000001', vpcId: VPC_ID }],
    keyPairs: [],
    snapshots: [],
    ...overrides,
  };
}

export function anImage(overrides: Partial<SeenImage> = {}): SeenImage {
  return {
    architecture: 'arm64',
    state: 'available',
    deviceNames: ['/dev/xvda'],
    platform: 'Linux/UNIX',
    ...overrides,
  };
}

export function anInstanceType(overrides: Partial<SeenInstanceType> = {}): SeenInstanceType {
  return { name: 'm7g.large', architectures: ['arm64'], maximumInterfaces: 3, isBurstable: false, ...overrides };
}
