/**
 * What Holdfast is compared with: a script that does the same cold replacement with fixed polls, on the same simulated EC2. It
 * is what pause-then-resume, an SDK's waiters, or a lifecycle hook come to.
 */
import {
  CreateNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { defaultAccount, type DefaultAccount } from '../../simulator/ec2/default-account';
import { SimulatedEc2 } from '../../simulator/ec2/ec2';
import { VirtualClock } from '../../simulator/time/clock';
import { Random } from '../../simulator/time/random';
import { mean, percentile } from './statistics';

export interface BaselineRequest {
  readonly name: string;
  readonly nodes: number;
  /** How often each state is polled. An SDK's waiters for instances poll every 15 s. */
  readonly pollMs: number;
}

export interface Baseline extends BaselineRequest {
  /** Seconds from the warnings until the instances run with their interfaces. */
  readonly median: number;
  readonly last: number;
  /** The share of calls that EC2 refused for its rate limits. */
  readonly throttled: number;
  readonly callsANode: number;
}

interface Node {
  readonly interfaceId: string;
  instanceId: string;
}

/** The pauses of an exponential back-off with full jitter, in milliseconds. */
const BACK_OFF = { base: 1_000, most: 20_000 };
const CREATION_INTERVAL_MS = 1_000;

/** @param seeds each is one run; the figures are over all of them */
export async function measureBaseline(request: BaselineRequest, seeds: number): Promise<Baseline> {
  const runs: Run[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) runs.push(await new Script(request, seed).run());
  const seconds = runs.flatMap((run) => run.seconds);
  const calls = runs.reduce((sum, run) => sum + run.calls, 0);
  return {
    ...request,
    median: percentile(seconds, 50),
    last: mean(runs.map((run) => Math.max(...run.seconds))),
    throttled: runs.reduce((sum, { throttled }) => sum + throttled, 0) / calls,
    callsANode: calls / (seeds * request.nodes),
  };
}

interface Run {
  readonly seconds: readonly number[];
  readonly calls: number;
  readonly throttled: number;
}

class Script {
  private readonly clock = new VirtualClock();
  private readonly random: Random;
  private readonly ec2: SimulatedEc2;
  private readonly account: DefaultAccount;
  private readonly subnetId: string;
  private calls = 0;
  private throttled = 0;

  constructor(
    private readonly request: BaselineRequest,
    seed: number,
  ) {
    const { clock } = this;
    this.random = new Random(`${seed}/baseline`);
    this.ec2 = new SimulatedEc2({
      clock,
      seed,
      onCall: ({ outcome }) => {
        this.calls += 1;
        if (outcome === 'RequestLimitExceeded') this.throttled += 1;
      },
    });
    this.account = defaultAccount(this.ec2);
    const { vpcId, availabilityZones } = this.account;
    this.subnetId = this.ec2.addSubnet({ vpcId, cidrBlock: '10.0.64.0/18', availabilityZone: availabilityZones[0] });
  }

  async run(): Promise<Run> {
    const nodes: Node[] = [];
    for (let index = 0; index < this.request.nodes; index += 1) {
      nodes.push(await this.clock.settle(this.create()));
      await this.clock.advance(CREATION_INTERVAL_MS);
    }
    await this.clock.advance(5 * 60_000);
    [this.calls, this.throttled] = [0, 0];
    const warnedAt = this.clock.now();
    const seconds = await this.clock.settle(
      Promise.all(
        nodes.map(async (node) => {
          this.ec2.interruptSpotInstance(node.instanceId);
          await this.replace(node);
          return (this.clock.now() - warnedAt) / 1_000;
        }),
      ),
    );
    const { calls, throttled } = this;
    return { seconds, calls, throttled };
  }

  private async create(): Promise<Node> {
    const command = new CreateNetworkInterfaceCommand({
      SubnetId: this.subnetId,
      Groups: [this.account.securityGroupId],
    });
    const { NetworkInterface } = await this.call(() => this.ec2.client.send(command));
    const interfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
    return { interfaceId, instanceId: await this.launch(interfaceId) };
  }

  private async replace(node: Node): Promise<void> {
    const { ec2 } = this;
    const ids = { InstanceIds: [node.instanceId] };
    await this.call(() => ec2.client.send(new TerminateInstancesCommand(ids)));
    await this.until('terminated', () => this.stateOf(node.instanceId));
    await this.until('available', () => this.statusOf(node.interfaceId));
    node.instanceId = await this.launch(node.interfaceId);
    await this.until('running', () => this.stateOf(node.instanceId));
  }

  private async launch(interfaceId: string): Promise<string> {
    const command = new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      ImageId: this.account.arm64ImageId,
      InstanceType: 'm7g.large',
      InstanceMarketOptions: { MarketType: 'spot' },
      NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: interfaceId, DeleteOnTermination: false }],
    });
    const { Instances = [] } = await this.call(() => this.ec2.client.send(command));
    return Instances[0]?.InstanceId ?? '';
  }

  private async stateOf(instanceId: string): Promise<string | undefined> {
    const command = new DescribeInstancesCommand({ InstanceIds: [instanceId] });
    const { Reservations = [] } = await this.call(() => this.ec2.client.send(command));
    return Reservations[0]?.Instances?.[0]?.State?.Name;
  }

  private async statusOf(interfaceId: string): Promise<string | undefined> {
    const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
    const { NetworkInterfaces = [] } = await this.call(() => this.ec2.client.send(command));
    return NetworkInterfaces[0]?.Status;
  }

  private async until(wanted: string, look: () => Promise<string | undefined>): Promise<void> {
    while ((await look()) !== wanted) await this.clock.sleep(this.request.pollMs);
  }

  /** Every refusal is passing here: a rate limit, an id that is not visible yet, an interface that is not free yet. */
  private async call<T>(send: () => Promise<T>): Promise<T> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await send();
      } catch {
        await this.clock.sleep(this.random.next() * Math.min(BACK_OFF.most, BACK_OFF.base * 2 ** tried));
      }
    }
  }
}
