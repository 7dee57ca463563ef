/**
 * EC2, simulated at the AWS SDK's `send()`: real commands in, real outputs and errors out, by EC2's rules and with
 * EC2's latencies. Every rule has a test in test/simulator.
 *
 * It does not deliver events: `emit` receives them at the moment they happen. It does not retry as the SDK's own client
 * would. It throws `NotSimulated` for everything that it does not support, rather than ignore it.
 */
import type { EC2Client } from '@aws-sdk/client-ec2';
import { shuffleLists } from './requests/response-order';
import { Attachments } from './network/attachments';
import {
  Catalogue,
  type NewImage,
  type NewInstanceType,
  type NewSecurityGroup,
  type NewSnapshot,
  type NewSubnet,
} from './catalogue';
import { AccountConditions } from './account-conditions';
import type { Clock } from '../time/clock';
import { ec2Error, NotSimulated } from './requests/ec2-error';
import { ElasticIps } from './network/elastic-ips';
import type { EventBridgeEvent, InterruptionAction } from '../events';
import type { Fault, FaultSchedule } from './injected-faults';
import { AuthorizationRequests } from './requests/authorization-requests';
import type { Authorize } from '../iam/authorization-request';
import { InstanceShapes } from './instances/instance-shape';
import { DEFAULT_LATENCIES, latenessOf, type Lateness, type Latencies } from './latencies';
import { Fleets } from './instances/fleets';
import { Launch } from './instances/launch';
import { LaunchTemplates } from './instances/launch-templates';
import { LaunchRequests } from './instances/launch-request';
import { Lifecycle } from './instances/lifecycle';
import { NetworkInterfaces } from './network/network-interfaces';
import { operationsOf, type Operation } from './operations';
import { Random } from '../time/random';
import { Simulation, type TransitionRecord } from './ec2-state';
import { SpotPrices } from './instances/spot-prices';
import { requestLimitExceeded, Throttling } from './requests/throttling';
import { trailEvent, type Caller } from './trail';
import { Volumes } from './instances/volumes';
import { emptyWorld, type Transition, type World } from './world';

export interface SimulatedEc2Options extends Partial<Lateness> {
  readonly clock: Clock;
  /** The same seed gives the same ids, addresses and latencies. */
  readonly seed: number | string;
  /** A world to continue, from `worldFromJson`. It keeps its own Region and account. @default an empty world */
  readonly world?: World;
  /** @default us-east-1 */
  readonly region?: string;
  /** @default 123456789012 */
  readonly accountId?: string;
  /** Receives every event at the moment it happens, and decides how to deliver it: late, twice or not at all. */
  readonly emit?: (event: EventBridgeEvent) => void;
  /** These replace the defaults. */
  readonly latencies?: Partial<Latencies>;
  /** The maximum number of entities in a response to an unpaginated request. @default 1000 */
  readonly pageSize?: number;
  /** The share of filtered pages that hold fewer entities than requested, from 0 to 1. @default 0.1 */
  readonly shortPageShare?: number;
  /** Elastic IPs per Region. @default 5, AWS's default */
  readonly elasticIpQuota?: number;
  /** Whether a retained interface keeps its Elastic IP when its instance ends. AWS does not document it. @default false */
  readonly elasticIpSurvivesTermination?: boolean;
  /**
   * Whether AWSServiceRoleForEC2Spot exists. Spot Instances need it. The first Spot launch creates it if the caller's
   * policies allow that; `createSpotServiceLinkedRole` creates it too.
   * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
   * @default true; ignored if `world` is given
   */
  readonly spotServiceLinkedRole?: boolean;
  /** The error code for an interface in use; EC2 returns either. @default InvalidNetworkInterface.InUse */
  readonly interfaceInUseCode?: 'InvalidNetworkInterface.InUse' | 'InvalidParameterValue';
  /** Whether CloudTrail sends events for calls that take an interface or an address away. @default false */
  readonly trail?: boolean;
  /** The role that calls through `client`, for CloudTrail. @default - a role of another caller */
  readonly callerRoleArn?: () => string | undefined;
  /** IAM's decision on every resource of a call through `client`. @default - everything is allowed */
  readonly authorize?: Authorize;
  /**
   * Whether the answer to a repeated `CreateFleet` lists the instances and errors of the first. AWS does not document it.
   * @default true
   */
  readonly fleetRepeatsAreComplete?: boolean;
  /** Whether a missing resource is unauthorized instead of not found. AWS does not document it. @default false */
  readonly goneIsUnauthorized?: boolean;
  /** Whether the token buckets refuse calls. @default true */
  readonly throttling?: boolean;
  /** The share of each rate that is left, from 0 to 1: others in the account use the rest. @default 1 */
  readonly rateShare?: number;
  /** Called before every call. @default no faults */
  readonly faults?: FaultSchedule;
  /** Called when a fault crashes the caller. The caller's current call never settles. */
  readonly onCrash?: () => void;
  readonly onCall?: (record: CallRecord) => void;
  readonly onTransition?: (record: TransitionRecord) => void;
}

const DEFAULT_SHORT_PAGE_SHARE = 0.1;
/** The calls that return when an instance is launched. */
const LAUNCHES = ['RunInstances', 'CreateFleet'];
const PERSON: Caller = { kind: 'person', userName: 'operator' };

/** One completed call, for timelines and traces. */
export interface CallRecord {
  /** When the call was sent, in milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly command: string;
  readonly input: unknown;
  /** `ok`, EC2's error code, or the kind of crash. */
  readonly outcome: string;
  /** Whether the call was made through `personClient`. */
  readonly byPerson?: true;
}

export type Ec2Port = Pick<EC2Client, 'send'>;

export class SimulatedEc2 extends AccountConditions {
  /** Replaces an `EC2Client`. */
  readonly client: Ec2Port;
  /** The same EC2 for a console user: no injected faults and no IAM. */
  readonly personClient: Ec2Port;
  readonly world: World;

  protected readonly simulation: Simulation;
  private readonly catalogue: Catalogue;
  private readonly lifecycle: Lifecycle;
  private readonly attachments: Attachments;
  private readonly throttling: Throttling;
  private readonly authorizationRequests: AuthorizationRequests;
  private readonly operations: ReadonlyMap<unknown, Operation>;
  private calls = 0;

  constructor(private readonly options: SimulatedEc2Options) {
    super();
    const { clock, region = 'us-east-1', accountId = '123456789012', emit, onTransition } = options;
    this.world = options.world ?? emptyWorld(region, accountId);
    if (options.world === undefined) this.world.hasSpotRole = options.spotServiceLinkedRole ?? true;
    this.simulation = new Simulation({
      world: this.world,
      clock,
      random: new Random(options.seed),
      latencies: { ...DEFAULT_LATENCIES, ...options.latencies },
      lateness: latenessOf(options),
      shortPageShare: options.shortPageShare ?? DEFAULT_SHORT_PAGE_SHARE,
      emit: emit ?? (() => undefined),
      onTransition: onTransition ?? (() => undefined),
    });
    const { simulation } = this;
    const elasticIps = new ElasticIps(simulation, options.elasticIpQuota ?? 5);
    const inUseCode = options.interfaceInUseCode ?? 'InvalidNetworkInterface.InUse';
    const interfaces = new NetworkInterfaces(simulation, elasticIps, inUseCode);
    const attachments = new Attachments(simulation, interfaces);
    const elasticIpSurvivesTermination = options.elasticIpSurvivesTermination ?? false;
    const volumes = new Volumes(simulation);
    const ending = { interfaces, attachments, elasticIps, volumes, elasticIpSurvivesTermination };
    const lifecycle = new Lifecycle(simulation, ending);
    const shapes = new InstanceShapes(simulation, attachments, elasticIps, volumes);
    const requests = new LaunchRequests(simulation, interfaces, attachments);
    const launch = new Launch(simulation, { requests, interfaces, attachments, lifecycle, shapes, volumes });
    this.throttling = new Throttling(() => clock.now(), options.rateShare);
    const templates = new LaunchTemplates(simulation);
    const fleets = new Fleets(simulation, {
      launch,
      templates,
      admitInstance: () => (this.isThrottling ? this.throttling.admitFleetInstance() : undefined),
      repeatsAreComplete: options.fleetRepeatsAreComplete ?? true,
    });
    const catalogue = new Catalogue(simulation);
    const spotPrices = new SpotPrices(simulation);
    const parts = {
      simulation,
      launch,
      templates,
      fleets,
      lifecycle,
      shapes,
      interfaces,
      attachments,
      elasticIps,
      catalogue,
      volumes,
      spotPrices,
    };
    this.operations = operationsOf(parts, options.pageSize ?? 1000);
    this.catalogue = catalogue;
    this.lifecycle = lifecycle;
    this.attachments = attachments;
    this.authorizationRequests = new AuthorizationRequests(simulation, options.goneIsUnauthorized ?? false);
    this.client = { send: (command: object) => this.send(command, this.callerRole()) };
    this.personClient = { send: (command: object) => this.send(command, PERSON) };
    simulation.start((transition) => this.performTransition(transition));
  }

  addVpc(vpc: { readonly cidrBlock: string; readonly tags?: Readonly<Record<string, string>> }): string {
    return this.catalogue.addVpc(vpc);
  }

  /** Without a VPC the gateway is detached. */
  addInternetGateway(vpcId?: string): string {
    return this.catalogue.addInternetGateway(vpcId);
  }

  addSubnet(subnet: NewSubnet): string {
    return this.catalogue.addSubnet(subnet);
  }

  addSecurityGroup(group: NewSecurityGroup): string {
    return this.catalogue.addSecurityGroup(group);
  }

  addImage(image: NewImage): string {
    return this.catalogue.addImage(image);
  }

  addSnapshot(snapshot: NewSnapshot): string {
    return this.catalogue.addSnapshot(snapshot);
  }

  addKeyPair(name: string): void {
    this.catalogue.addKeyPair(name);
  }

  addInstanceType(type: NewInstanceType): void {
    this.catalogue.addInstanceType(type);
  }

  /** Returns US dollars per hour under Linux in this Region, or undefined for a type without a price. */
  onDemandUsdPerHour(instanceType: string): number | undefined {
    return this.world.instanceTypes.get(instanceType)?.usdPerHour;
  }

  /** EC2 interrupts a Spot instance: the warning now, the end 120 s later. */
  interruptSpotInstance(instanceId: string, action: InterruptionAction = 'terminate'): void {
    this.lifecycle.interrupt(instanceId, action);
  }

  /** Interrupts without the warning, because events are best effort. A caller may put the warning on the bus itself. */
  reclaimSpotInstance(instanceId: string, action: InterruptionAction = 'terminate'): void {
    this.lifecycle.reclaim(instanceId, action);
  }

  /** EC2 recommends to replace a Spot instance that is at risk. */
  recommendRebalance(instanceId: string): void {
    this.lifecycle.recommendRebalance(instanceId);
  }

  /** Half of a call's latency passes before it takes effect, half before the caller gets the response. */
  private async send(command: object, caller: Caller): Promise<unknown> {
    const operation = this.operations.get(command.constructor);
    if (operation === undefined) throw new NotSimulated(`the command ${command.constructor.name}`);
    const { clock, onCall } = this.options;
    const input = structuredClone((command as { input: object }).input);
    const call = { command: operation.name, input, ...(caller.kind === 'person' && { byPerson: true as const }) };
    const at = clock.now();
    const report = (outcome: string) => onCall?.({ at, durationMs: clock.now() - at, ...call, outcome });
    const fault = caller.kind === 'person' ? undefined : this.faultOf(call);
    if (fault?.kind === 'crash-before') return this.crash(report, fault);

    const latencyMs = this.simulation.latencyMs(LAUNCHES.includes(operation.name) ? 'runInstances' : 'call');
    const untilEffectMs = Math.floor(latencyMs / 2);
    await this.pass(untilEffectMs);
    const outcome = this.execute(operation, input, fault, caller);
    await this.pass(latencyMs - untilEffectMs);

    if (fault?.kind === 'crash-after') return this.crash(report, fault);
    if (outcome.kind === 'error') {
      report(outcome.error instanceof Error ? outcome.error.name : 'Error');
      throw outcome.error;
    }
    report('ok');
    return outcome.output;
  }

  private get isThrottling(): boolean {
    return this.options.throttling ?? true;
  }

  private callerRole(): Caller {
    const { accountId } = this.world;
    return { kind: 'role', roleArn: this.options.callerRoleArn?.() ?? `arn:aws:iam::${accountId}:role/another-caller` };
  }

  private faultOf(call: { readonly command: string; readonly input: object }): Fault | undefined {
    this.calls += 1;
    return this.options.faults?.({ ...call, number: this.calls });
  }

  private execute(operation: Operation, input: object, fault: Fault | undefined, caller: Caller): Outcome {
    try {
      refuseBy(fault);
      if (this.isThrottling) this.throttling.admit(operation.name, input);
      if (caller.kind === 'role') this.authorize(operation.name, input);
      if ('DryRun' in input && input.DryRun === true) {
        throw ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
      }
      const output = this.ordered(operation.perform(input));
      const $metadata = this.metadata();
      // CloudTrail records what EC2 did, even if the caller gets an error.
      if (this.options.trail ?? false) this.recordInTrail(operation.name, input, caller, $metadata.requestId);
      if (fault?.kind === 'error-after') throw internalError(fault.code);
      return { kind: 'output', output: { $metadata, ...output } };
    } catch (error) {
      return { kind: 'error', error };
    }
  }

  private ordered(output: object): object {
    return this.simulation.lateness.shuffleAnswers
      ? shuffleLists(output, this.simulation.drawn('answer/order'))
      : output;
  }

  /** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
  private authorize(operation: string, input: object): void {
    const { authorize } = this.options;
    if (authorize === undefined) return;
    for (const request of this.authorizationRequests.of(operation, input)) {
      const refusal = authorize(request);
      if (refusal === undefined) continue;
      throw ec2Error('UnauthorizedOperation', `You are not authorized to perform this operation. ${refusal.message}`);
    }
    const spotRole = this.authorizationRequests.ofSpotRole(operation, input);
    if (spotRole !== undefined && authorize(spotRole) === undefined) this.createSpotServiceLinkedRole();
  }

  private recordInTrail(operation: string, input: object, caller: Caller, requestId: string): void {
    const { region, accountId } = this.world;
    const eventId = this.simulation.newUuid('id/trail');
    const atMs = this.simulation.now();
    const event = trailEvent({ operation, input, caller, requestId, eventId, region, accountId, atMs });
    if (event !== undefined) this.simulation.emit(event);
  }

  private metadata() {
    const requestId = this.simulation.newUuid('id/request');
    return { httpStatusCode: 200, requestId, attempts: 1, totalRetryDelay: 0 };
  }

  private crash(report: (outcome: string) => void, fault: Fault): Promise<never> {
    report(fault.kind);
    this.options.onCrash?.();
    return new Promise(() => undefined);
  }

  private async pass(durationMs: number): Promise<void> {
    if (durationMs > 0) await this.options.clock.sleep(durationMs);
  }

  private performTransition(transition: Transition): void {
    const { lifecycle, attachments } = this;
    switch (transition.kind) {
      case 'instance-running':
        lifecycle.completeBoot(transition.instanceId);
        break;
      case 'instance-stopped':
        lifecycle.completeStop(transition.instanceId);
        break;
      case 'instance-terminated':
        lifecycle.completeTermination(transition.instanceId);
        break;
      case 'instance-forgotten':
        lifecycle.forget(transition.instanceId);
        break;
      case 'instance-interrupted':
        lifecycle.completeInterruption(transition.instanceId, transition.action);
        break;
      case 'guest-shut-down':
        lifecycle.guestShutDown(transition.instanceId);
        break;
      case 'interface-attached':
        attachments.completeAttach(transition.interfaceId, transition.attachmentId);
        break;
      case 'interface-detached':
        attachments.completeDetach(transition.interfaceId, transition.attachmentId);
        break;
    }
  }
}

/** @throws the error of a fault that prevents the call's effect */
function refuseBy(fault: Fault | undefined): void {
  if (fault?.kind === 'error-before') throw internalError(fault.code);
  if (fault?.kind === 'refuse') throw ec2Error(fault.code, fault.message);
  if (fault?.kind === 'throttle') throw requestLimitExceeded();
}

function internalError(code = 'InternalError'): Error {
  return ec2Error(code, 'An internal error has occurred');
}

type Outcome =
  { readonly kind: 'output'; readonly output: object } | { readonly kind: 'error'; readonly error: unknown };
