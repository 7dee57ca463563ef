/**
 * The ports on EC2, in each of their implementations: in memory, and the adapters on the simulated EC2 under a virtual
 * clock. Each of the two also runs on an EC2 that shows every change late, because EC2 is eventually consistent:
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
import type { SeenInstance, SeenInterface } from '../../domain/node/observations';
import type { InterfaceRequest, LaunchPool, LaunchRequest, RefusalReason } from '../../domain/node/stateful-node';
import { ec2Account } from '../../lambdas/adapters/ec2-account';
import { ec2ElasticIps } from '../../lambdas/adapters/ec2-addresses';
import { ec2Fleet } from '../../lambdas/adapters/ec2-fleet';
import { ec2Instances } from '../../lambdas/adapters/ec2-instances';
import { ec2LaunchTemplates } from '../../lambdas/adapters/ec2-launch-templates';
import { ec2NetworkInterfaces } from '../../lambdas/adapters/ec2-network-interfaces';
import { ec2Originals } from '../../lambdas/adapters/ec2-originals';
import { ec2Tags } from '../../lambdas/adapters/ec2-tags';
import { ec2Volumes } from '../../lambdas/adapters/ec2-volumes';
import type { Ports } from '../../lambdas/ports';
import {
  anAccount,
  anInstance,
  anInterface,
  aPool,
  aPoolRefusal,
  aSubnet,
  SUBNET_A,
  SUBNET_B,
  VPC_ID,
} from '../domain/builders';
import { anOriginal, aPrimary } from '../domain/import-builders';
import { InMemoryPorts } from '../lambdas/in-memory-ports';
import { newId } from '../../exploration/state';
import { exploredEc2 } from './explored';
import { Lab } from '../simulator/ec2/lab';

export const NODE_ID = 'smi-0a1b2c3d';
export const DEPLOYMENT = 'Holdfast';

/** Well-formed ids of things that do not exist. */
export const UNKNOWN = {
  instance: 'i-00000000000000bad',
  interface: 'eni-00000000000000bad',
  attachment: 'eni-attach-00000000000000bad',
  allocation: 'eipalloc-00000000000000bad',
  association: 'eipassoc-00000000000000bad',
  volume: 'vol-00000000000000bad',
} as const;

type Ec2Ports = Pick<
  Ports,
  'instances' | 'interfaces' | 'elasticIps' | 'tags' | 'volumes' | 'templates' | 'account' | 'originals' | 'fleet'
>;

/** What the account has at the start. */
interface Surroundings {
  readonly vpcId: string;
  /** The first subnet has an IPv6 range. */
  readonly subnetIds: readonly [string, string];
  readonly imageId: string;
  /** The security groups of the VPC. */
  readonly securityGroupIds: readonly [string, string];
  readonly keyPair: string;
}

/** An account, the ports on it, and what can happen there without a call of the ports. */
interface Ec2Account extends Surroundings {
  readonly ports: Ec2Ports;
  /** Lets EC2 finish and show everything that it was asked for. */
  settle(): Promise<void>;
  /** Makes an Elastic IP without an interface. Returns its allocation id. */
  allocate(): Promise<string>;
  /** Returns a pool whose next launch EC2 refuses. */
  refusedPool(because: RefusalReason): LaunchPool;
  /** Returns a subnet without a free address. */
  fullSubnet(): Promise<string>;
  /** Launches an instance that stays pending until EC2 settles. */
  launchPending(request: LaunchRequest): Promise<string>;
  /** From now on the detachment of the interface does not end by itself. */
  stick(interfaceId: string): void;
  /** Makes a volume that is attached to the instance and outlives it. Returns its id. */
  volumeOf(instanceId: string): string;
  /** Makes a snapshot. Returns its id. */
  addSnapshot(sizeGib: number): string;
  /** Makes an instance that this deployment has not launched, with an interface that is deleted with it. Returns their ids. */
  addOriginal(): Promise<{ readonly instanceId: string; readonly interfaceId: string }>;
  /** Makes a status check of the instance fail from now on, or pass again. */
  impair(instanceId: string, isImpaired: boolean): void;
}

const IMPLEMENTATIONS = [
  { implementation: 'in memory', open: () => openInMemory(false) },
  { implementation: 'in memory, shown late', open: () => openInMemory(true) },
  { implementation: 'the EC2 adapter', open: () => openOnEc2() },
  { implementation: 'the EC2 adapter, shown late', open: () => openOnEc2(LATE) },
];

/** The explorer's EC2 knows no volumes, no originals and few tags, so only some suites run on it. */
const EXPLORED = { implementation: 'explored', open: () => openExplored() };

/**
 * Runs one suite over every implementation. Each test has its own account.
 * @param isExplored whether the suite also runs on the explorer's EC2
 */
export function ec2Contract(port: string, promises: (account: () => Ec2Scene) => void, isExplored = false): void {
  describe.each(isExplored ? [...IMPLEMENTATIONS, EXPLORED] : IMPLEMENTATIONS)(
    `${port}, $implementation`,
    ({ open }) => {
      let scene: Ec2Scene;
      beforeEach(() => {
        scene = new Ec2Scene(open());
      });
      promises(() => scene);
    },
  );
}

/** An account, and the few port calls that most tests start with. Each ends when EC2 shows its effect. */
export class Ec2Scene {
  readonly ports: Ec2Ports;
  private requests = 0;

  constructor(readonly account: Ec2Account) {
    this.ports = account.ports;
  }

  settle(): Promise<void> {
    return this.account.settle();
  }

  private nextToken(): string {
    this.requests += 1;
    return `request-${this.requests}`;
  }

  /** A request for a Spot Instance that makes its own primary interface. */
  launchRequest(overrides: Partial<LaunchRequest> = {}): LaunchRequest {
    const { subnetIds, imageId, securityGroupIds } = this.account;
    return {
      clientToken: this.nextToken(),
      pool: { instanceType: 'm7g.large', subnetId: subnetIds[0], lifeCycle: 'spot' },
      imageId,
      securityGroupIds: [securityGroupIds[0]],
      tags: [{ key: 'holdfast:node-id', value: NODE_ID }],
      volumeTags: [{ key: 'holdfast:node-id', value: NODE_ID }],
      ...overrides,
    };
  }

  interfaceRequest(overrides: Partial<InterfaceRequest> = {}): InterfaceRequest {
    const { subnetIds, securityGroupIds } = this.account;
    return {
      clientToken: this.nextToken(),
      subnetId: subnetIds[0],
      withIpv6Address: false,
      securityGroupIds: [securityGroupIds[0]],
      tags: [{ key: 'holdfast:node-id', value: NODE_ID }],
      ...overrides,
    };
  }

  async launched(overrides: Partial<LaunchRequest> = {}): Promise<SeenInstance> {
    const outcome = await this.ports.instances.launch(this.launchRequest(overrides));
    if (outcome.kind !== 'launched') throw new Error(`the launch returned ${outcome.kind}`);
    await this.settle();
    return this.instance(outcome.instance.id);
  }

  async made(overrides: Partial<InterfaceRequest> = {}): Promise<SeenInterface> {
    const outcome = await this.ports.interfaces.create(this.interfaceRequest(overrides));
    if (outcome.kind !== 'made') throw new Error(`the request returned ${outcome.kind}`);
    await this.settle();
    return this.interface(outcome.interface.id);
  }

  /** An interface that is attached to a running instance, at index 1. */
  async attached(): Promise<{
    readonly instanceId: string;
    readonly interfaceId: string;
    readonly attachmentId: string;
  }> {
    const { id: instanceId } = await this.launched();
    const { id: interfaceId } = await this.made();
    await this.ports.interfaces.attach(interfaceId, instanceId, 1);
    await this.settle();
    return { instanceId, interfaceId, attachmentId: await this.attachmentIdOf(interfaceId) };
  }

  async attachmentIdOf(interfaceId: string): Promise<string> {
    const { attachment } = await this.interface(interfaceId);
    if (attachment === undefined) throw new Error(`${interfaceId} is not attached`);
    return attachment.id;
  }

  /** As EC2 shows it. @throws Error if it shows none */
  async instance(instanceId: string): Promise<SeenInstance> {
    const seen = await this.ports.instances.observe(instanceId);
    if (seen === undefined) throw new Error(`${instanceId} is not shown`);
    return seen;
  }

  /** As EC2 shows it. @throws Error if it shows none */
  async interface(interfaceId: string): Promise<SeenInterface> {
    const seen = await this.ports.interfaces.observe(interfaceId);
    if (seen === undefined) throw new Error(`${interfaceId} is not shown`);
    return seen;
  }

  async terminated(instanceId: string): Promise<void> {
    await this.ports.instances.terminate(instanceId);
    await this.settle();
  }
}

const IN_MEMORY: Surroundings = {
  vpcId: VPC_ID,
  subnetIds: [SUBNET_A, SUBNET_B],
  imageId: 'ami-00000000000000001',
  securityGroupIds: ['sg-00000000000000001', 'sg-00000000000000002'],
  keyPair: 'operator',
};

function openInMemory(showsLate: boolean): Ec2Account {
  const ec2 = new InMemoryPorts();
  ec2.showsLate = showsLate;
  const { securityGroupIds, keyPair } = IN_MEMORY;
  ec2.seenAccount = anAccount({
    subnets: [aSubnet({ hasIpv6: true }), aSubnet({ id: SUBNET_B, cidrBlock: '10.0.1.0/24' })],
    securityGroups: securityGroupIds.map((id) => ({ id, vpcId: VPC_ID })),
    keyPairs: [keyPair],
    elasticIp: undefined,
  });
  let made = 0;
  const newId = (prefix: string): string => `${prefix}-${String((made += 1)).padStart(17, '0')}`;
  return {
    ...IN_MEMORY,
    ports: ec2,
    settle: async () => ec2.settle(),
    allocate: async () => {
      const elasticIp = { allocationId: newId('eipalloc'), publicIp: `198.51.100.${made}` };
      ec2.seenElasticIps.set(elasticIp.allocationId, elasticIp);
      ec2.listedElasticIps.push(elasticIp);
      return elasticIp.allocationId;
    },
    refusedPool: (because) => {
      const outcome = { kind: 'refused', refusal: aPoolRefusal({ because }) } as const;
      ec2.launchOutcomes.push(outcome);
      ec2.fleetOutcomes.push(outcome);
      return aPool();
    },
    fullSubnet: async () => {
      const refusal = aPoolRefusal({ of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' });
      ec2.launchOutcomes.push({ kind: 'refused', refusal });
      ec2.fleetOutcomes.push({ kind: 'refused', refusal });
      ec2.createOutcomes.push({ kind: 'refused', refusal });
      return 'subnet-0000000000000000f';
    },
    launchPending: async (request) => {
      const outcome = await ec2.instances.launch(request);
      ec2.settle();
      if (outcome.kind !== 'launched') throw new Error(outcome.kind);
      ec2.seenInstances.set(outcome.instance.id, { ...outcome.instance, state: 'pending' });
      return outcome.instance.id;
    },
    stick: (interfaceId) => void ec2.stuckInterfaceIds.add(interfaceId),
    volumeOf: (instanceId) => {
      const id = newId('vol');
      ec2.seenVolumes.set(id, {
        id,
        state: 'in-use',
        nodeId: NODE_ID,
        instanceIds: [instanceId],
        deleteOnTermination: false,
      });
      return id;
    },
    addSnapshot: (sizeGib) => {
      const snapshot = { id: newId('snap'), state: 'completed', sizeGib };
      ec2.seenAccount = { ...ec2.seenAccount, snapshots: [...ec2.seenAccount.snapshots, snapshot] };
      return snapshot.id;
    },
    addOriginal: async () => {
      const [instanceId, interfaceId] = [newId('i'), newId('eni')];
      const primary = aPrimary({ id: interfaceId });
      ec2.seenInstances.set(instanceId, anInstance({ id: instanceId, lifeCycle: 'on_demand' }));
      ec2.seenInterfaces.set(
        interfaceId,
        anInterface({
          id: interfaceId,
          status: 'in-use',
          attachment: {
            id: newId('eni-attach'),
            instanceId,
            deviceIndex: 0,
            status: 'attached',
            deleteOnTermination: true,
          },
        }),
      );
      const tags = [{ key: 'Name', value: 'ledger' }];
      ec2.seenOriginals.set(
        instanceId,
        anOriginal({ id: instanceId, keyPair, userData: 'aGVsbG8=', tags, interfaces: [primary] }),
      );
      return { instanceId, interfaceId };
    },
    impair: (instanceId, isImpaired) => {
      ec2.impairments = isImpaired ? [{ instanceId, since: '2026-11-03T10:00:00.000Z' }] : [];
    },
  };
}

function openExplored(): Ec2Account {
  const { state, ports, settle } = exploredEc2();
  const { volumes, templates, account, originals } = new InMemoryPorts();
  const refuse = (): never => {
    throw new Error('the explorer does not play this');
  };
  return {
    ...IN_MEMORY,
    ports: { ...ports, volumes, templates, account, originals },
    settle,
    allocate: async () => {
      const allocationId = newId(state, 'eipalloc');
      state.ec2.elasticIps[allocationId] = { allocationId, publicIp: `198.51.100.${state.next}` };
      return allocationId;
    },
    refusedPool: (because) => {
      const pool = { instanceType: 'm7g.large', subnetId: SUBNET_A, lifeCycle: 'spot' } as const;
      state.ec2.refusals = [{ subnetId: SUBNET_A, lifeCycle: 'spot', refusal: aPoolRefusal({ because }) }];
      return pool;
    },
    fullSubnet: async () => {
      const refusal = aPoolRefusal({ of: 'subnet', code: 'InsufficientFreeAddressesInSubnet' });
      state.ec2.refusals = [{ subnetId: SUBNET_A, refusal }];
      return SUBNET_A;
    },
    launchPending: async (request) => {
      const outcome = await ports.instances.launch(request);
      if (outcome.kind !== 'launched') throw new Error(outcome.kind);
      return outcome.instance.id;
    },
    stick: (interfaceId) => {
      state.ec2.interfaces[interfaceId] = { ...state.ec2.interfaces[interfaceId]!, heldUntil: '9999' };
    },
    volumeOf: refuse,
    addSnapshot: refuse,
    addOriginal: async () => refuse(),
    impair: refuse,
  };
}

const LATE = {
  describeLagMs: 1_500,
  detachedShownShare: 1,
  shuffleAnswers: true,
  shortPageShare: 0.5,
  latencies: { newResourceVisible: 2_000, tagsVisible: 2_000, associationVisible: 1_000 },
};

/** Longer than anything takes in the simulated EC2, and shorter than it shows an instance that has ended. */
const SETTLED_SECONDS = 120;

function openOnEc2(options: ConstructorParameters<typeof Lab>[0] = {}): Ec2Account {
  const lab = new Lab(options);
  const { account, ec2 } = lab;
  const client = { send: lab.send };
  const ports: Ec2Ports = {
    instances: ec2Instances(client, DEPLOYMENT),
    interfaces: ec2NetworkInterfaces(client, DEPLOYMENT),
    elasticIps: ec2ElasticIps(client),
    tags: ec2Tags(client),
    volumes: ec2Volumes(client, DEPLOYMENT),
    templates: ec2LaunchTemplates(client, DEPLOYMENT),
    account: ec2Account(client, { region: 'us-east-1', instanceRoleArns: [], subnetOwnerAccounts: [] }),
    originals: ec2Originals(client),
    fleet: ec2Fleet(client, DEPLOYMENT),
  };
  const [subnetId] = account.subnetIds;
  const [availabilityZone, elsewhere] = account.availabilityZones;
  const settle = () => lab.passSeconds(SETTLED_SECONDS);
  return {
    vpcId: account.vpcId,
    subnetIds: [account.subnetIds[0], account.subnetIds[1]],
    imageId: account.arm64ImageId,
    securityGroupIds: [account.securityGroupId, ec2.addSecurityGroup({ vpcId: account.vpcId, name: 'others' })],
    keyPair: account.keyName,
    ports,
    settle,
    allocate: async () => {
      const allocationId = await lab.allocate();
      await settle();
      return allocationId;
    },
    refusedPool: (because) => {
      const pool = { instanceType: 'm7g.large', subnetId, lifeCycle: 'spot' } as const;
      if (because === 'capacity') ec2.setCapacity({ ...pool, availabilityZone }, 0);
      if (because === 'quota') ec2.setVcpuQuota('spot', 0);
      if (because !== 'unsuitable') return pool;
      const type = { type: 'm9g.large', vcpus: 2, architectures: ['arm64'], maximumNetworkInterfaces: 3 } as const;
      ec2.addInstanceType({ ...type, availabilityZones: [elsewhere] });
      return { ...pool, instanceType: 'm9g.large' };
    },
    fullSubnet: async () => {
      const { vpcId } = account;
      const fullId = ec2.addSubnet({ vpcId, cidrBlock: '10.0.9.0/28', availabilityZone });
      // AWS reserves five of the sixteen addresses.
      for (let address = 0; address < 11; address += 1) await lab.makeInterface({ SubnetId: fullId });
      return fullId;
    },
    launchPending: async (request) => {
      const outcome = await ports.instances.launch(request);
      if (outcome.kind !== 'launched') throw new Error(outcome.kind);
      await lab.passSeconds(3);
      return outcome.instance.id;
    },
    stick: (interfaceId) => ec2.slowRelease(interfaceId, Infinity),
    volumeOf: (instanceId) => {
      const volumes = [...ec2.world.volumes.values()];
      return volumes.find(({ attachment }) => attachment?.instanceId === instanceId)?.id ?? '';
    },
    addSnapshot: (sizeGib) => ec2.addSnapshot({ sizeGib }),
    addOriginal: async () => {
      const instanceId = await lab.launch({
        InstanceMarketOptions: undefined,
        KeyName: account.keyName,
        SecurityGroupIds: [account.securityGroupId],
        UserData: 'aGVsbG8=',
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'ledger' }] }],
      });
      await settle();
      const primary = await lab.primaryOf(instanceId);
      return { instanceId, interfaceId: primary.NetworkInterfaceId ?? '' };
    },
    impair: (instanceId, isImpaired) => {
      if (isImpaired) ec2.impairInstance(instanceId);
      else ec2.healInstance(instanceId);
    },
  };
}
