/**
 * A simulated EC2 under a virtual clock, and the steps that most of its tests start with. Tests of rules use only the
 * client, as they would against EC2 itself.
 */
import {
  AllocateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type Address,
  type CreateNetworkInterfaceCommandInput,
  type EC2Client,
  type Instance,
  type NetworkInterface,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { VirtualClock } from '../../../simulator/time/clock';
import { defaultAccount, type DefaultAccount } from '../../../simulator/ec2/default-account';
import { SimulatedEc2, type CallRecord, type SimulatedEc2Options } from '../../../simulator/ec2/ec2';
import type { EventBridgeEvent } from '../../../simulator/events';
import { NO_LATENCY, type Latencies } from '../../../simulator/ec2/latencies';
import type { TransitionRecord } from '../../../simulator/ec2/ec2-state';

/** Calls return at once, and describe calls show everything at once. EC2's own changes take a round time. */
export const FIXED_LATENCIES: Latencies = {
  ...NO_LATENCY,
  instanceRunning: 10_000,
  instanceReachable: 15_000,
  instanceStopped: 20_000,
  instanceTerminated: 30_000,
  instanceTerminatedAbruptly: 5_000,
  interfaceAttachedAtLaunch: 1_000,
  interfaceAttached: 2_000,
  interfaceDetached: 3_000,
  interfaceForcedOff: 1_000,
  interfaceFreedAfterTermination: 4_000,
  tagsGone: 600_000,
};

const USER_GUIDE = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide';
const API_REFERENCE = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference';
const DEVELOPER_GUIDE = 'https://docs.aws.amazon.com/ec2/latest/devguide';

/** The pages on which AWS documents the rules. */
export const PAGES = {
  api: (action: string) => `${API_REFERENCE}/API_${action}.html`,
  errors: `${API_REFERENCE}/errors-overview.html`,
  filters: `${API_REFERENCE}/API_Filter.html`,
  attachments: `${USER_GUIDE}/network-interface-attachments.html`,
  interfaces: `${USER_GUIDE}/using-eni.html`,
  elasticIps: `${USER_GUIDE}/elastic-ip-addresses-eip.html`,
  publicIps: `${USER_GUIDE}/using-instance-addressing.html`,
  lifecycle: `${USER_GUIDE}/ec2-instance-lifecycle.html`,
  stateEvents: `${USER_GUIDE}/monitoring-instance-state-changes.html`,
  interruptions: `${USER_GUIDE}/spot-instance-termination-notices.html`,
  rebalance: `${USER_GUIDE}/rebalance-recommendations.html`,
  spotStop: `${USER_GUIDE}/spot-requests.html`,
  tags: `${USER_GUIDE}/Using_Tags.html`,
  userData: `${USER_GUIDE}/user-data.html`,
  terminating: `${USER_GUIDE}/terminating-instances.html`,
  subnetSizing: 'https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html',
  idempotency: `${DEVELOPER_GUIDE}/ec2-api-idempotency.html`,
  consistency: `${DEVELOPER_GUIDE}/eventual-consistency.html`,
  throttling: `${DEVELOPER_GUIDE}/ec2-api-throttling.html`,
  pagination: `${API_REFERENCE}/Query-Requests.html#api-pagination`,
} as const;

/** A test of one of EC2's rules, with the page that states it. */
export function rule(statement: string, page: string, body: () => Promise<void>): void {
  test(`${statement} [${page}]`, body);
}

/** A call that EC2 refuses: its name, the page that documents it, the code, and the call itself. */
export interface Refusal {
  readonly refused: string;
  readonly page: string;
  readonly code: string;
  readonly call: (lab: Lab) => Promise<unknown>;
}

/** One test per refusal. */
export function refusals(rows: readonly Refusal[]): void {
  test.each(rows)('$refused: $code [$page]', async ({ code, call }) => {
    expect(await codeOf(call(new Lab()))).toBe(code);
  });
}

/** Returns the name of a call's error, or `ok`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return (error as Error).name;
  }
}

export class Lab {
  readonly clock = new VirtualClock();
  readonly events: EventBridgeEvent[] = [];
  readonly calls: CallRecord[] = [];
  readonly transitions: TransitionRecord[] = [];
  readonly ec2: SimulatedEc2;
  readonly account: DefaultAccount;
  readonly subnetId: string;
  readonly send: EC2Client['send'];

  constructor(options: Partial<SimulatedEc2Options> = {}) {
    this.ec2 = new SimulatedEc2({
      clock: this.clock,
      seed: 1,
      emit: (event) => this.events.push(event),
      onCall: (record) => this.calls.push(record),
      onTransition: (record) => this.transitions.push(record),
      throttling: false,
      shortPageShare: 0,
      ...options,
      latencies: { ...FIXED_LATENCIES, ...options.latencies },
    });
    this.account = defaultAccount(this.ec2);
    this.subnetId = this.account.subnetIds[0];
    this.send = (command: never) => this.settle(this.ec2.client.send(command));
  }

  /** Moves virtual time until the promise settles. */
  settle<T>(promise: Promise<T>): Promise<T> {
    return this.clock.settle(promise);
  }

  passSeconds(seconds: number): Promise<void> {
    return this.clock.advance(seconds * 1000);
  }

  async makeInterface(input: Partial<CreateNetworkInterfaceCommandInput> = {}): Promise<string> {
    const command = new CreateNetworkInterfaceCommand({ SubnetId: this.subnetId, ...input });
    const { NetworkInterface: made } = await this.send(command);
    return made?.NetworkInterfaceId ?? '';
  }

  /** The minimal input for a launch of one Spot instance, except for a network. */
  launchInput(input: Partial<RunInstancesCommandInput> = {}): RunInstancesCommandInput {
    return {
      ImageId: this.account.arm64ImageId,
      InstanceType: 'm7g.large',
      MinCount: 1,
      MaxCount: 1,
      InstanceMarketOptions: { MarketType: 'spot' },
      ...input,
    };
  }

  async launch(input: Partial<RunInstancesCommandInput> = {}): Promise<string> {
    const network = input.NetworkInterfaces === undefined ? { SubnetId: this.subnetId } : {};
    const { Instances: [instance] = [] } = await this.send(
      new RunInstancesCommand(this.launchInput({ ...network, ...input })),
    );
    return instance?.InstanceId ?? '';
  }

  async launchRunning(input: Partial<RunInstancesCommandInput> = {}): Promise<string> {
    const instanceId = await this.launch(input);
    await this.passSeconds(10);
    return instanceId;
  }

  launchOnDemand(): Promise<string> {
    return this.launchRunning({ InstanceMarketOptions: undefined });
  }

  /** Launches an instance with an existing interface as the primary one. */
  launchWith(interfaceId: string): Promise<string> {
    return this.launch({ NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: interfaceId }] });
  }

  async attach(interfaceId: string, instanceId: string, deviceIndex = 1): Promise<string> {
    const { AttachmentId } = await this.send(
      new AttachNetworkInterfaceCommand({
        NetworkInterfaceId: interfaceId,
        InstanceId: instanceId,
        DeviceIndex: deviceIndex,
      }),
    );
    return AttachmentId ?? '';
  }

  terminate(instanceId: string) {
    return this.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  }

  async allocate(): Promise<string> {
    const { AllocationId } = await this.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    return AllocationId ?? '';
  }

  async instance(instanceId: string): Promise<Instance> {
    const response = await this.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    return response.Reservations![0]!.Instances![0]!;
  }

  async interface(interfaceId: string): Promise<NetworkInterface> {
    const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
    return (await this.send(command)).NetworkInterfaces![0]!;
  }

  async primaryOf(instanceId: string): Promise<NetworkInterface> {
    const { NetworkInterfaces: [primary] = [] } = await this.instance(instanceId);
    return this.interface(primary?.NetworkInterfaceId ?? '');
  }

  async address(allocationId: string): Promise<Address> {
    const { Addresses: [address] = [] } = await this.send(
      new DescribeAddressesCommand({ AllocationIds: [allocationId] }),
    );
    return address!;
  }
}
