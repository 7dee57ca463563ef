/**
 * A scenario: a small world, the nodes in it, and a list of happenings. A happening is anything that a run does to the
 * system: a request, an event in EC2, a manual change at the console, or an injected fault. A scenario is plain data,
 * so that it can be stored, minimised and replayed even after the code that generated it has changed.
 */
import type { EniAttachment, LifeCycle } from '../../domain/config/node-config';
import type { OperationKind } from '../../domain/node/stateful-node';

export interface Scenario {
  /** The seed of ids, latencies and everything else that the scenario does not fix. */
  readonly seed: number;
  readonly world: WorldPlan;
  readonly nodes: readonly NodePlan[];
  readonly happenings: readonly Happening[];
}

export interface WorldPlan {
  /** Whether a retained interface keeps its Elastic IP when its instance ends. AWS does not document this. */
  readonly elasticIpSurvivesTermination: boolean;
  readonly interfaceInUseCode: 'InvalidNetworkInterface.InUse' | 'InvalidParameterValue';
  /**
   * `tails`: EC2's rare, slow latencies occur more often than measured. `steady`: they never occur. `quick`: they never
   * occur, and instances start and end so fast that it happens while a step looks at them.
   */
  readonly latencies: 'measured' | 'tails' | 'steady' | 'quick';
  /** Whether events arrive at once, even before the response to the call that caused them. */
  readonly promptEvents: boolean;
  /** The share of a listing's pages that are shorter than requested, from 0 to 1. */
  readonly shortPageShare: number;
  /** Whether functions have cold starts. */
  readonly coldStarts: boolean;
  /**
   * Whether transitions, invocations and calls of other services than EC2 take time, the SDK retries, and DynamoDB limits the
   * writes of an item and a partition (simulator/time/modelled-time.ts).
   */
  readonly modelledTime: boolean;
  /** How far a function's clock may be ahead or behind, in milliseconds. */
  readonly clockErrorMs: number;
  /** The longest latency of a call to the table, in milliseconds. */
  readonly tableLatencyMs: number;
  /** Whether a CloudTrail trail reports the changes of console users at once. */
  readonly trail: boolean;
  /** The longest time until EC2's describe calls show a change, in milliseconds. */
  readonly describeLagMs: number;
  /** Whether the lists in EC2's responses come in random order. */
  readonly shuffledLists: boolean;
}

export interface NodePlan {
  /** When its creation is requested, in seconds from the start of the run. */
  readonly atSeconds: number;
  readonly attachment: EniAttachment;
  readonly lifeCycle: LifeCycle;
  readonly hasElasticIp: boolean;
  /** @default - EC2 chooses one */
  readonly privateIp?: string;
  readonly persistPrivateIp: boolean;
  /** How many of the account's three subnets its configuration lists. */
  readonly subnets: 1 | 2 | 3;
  readonly fallbackToOd: boolean;
  readonly drainingSeconds: number;
  readonly rebalance: 'ignore' | 'replace';
  /** Whether its instances have a volume that outlives them. */
  readonly keepsVolumes: boolean;
  /** Never together with `keepsVolumes`, which the API refuses. */
  readonly skipsOsShutdown: boolean;
  /**
   * The import that creates the node from an instance that a user launched.
   * @default - an ordinary creation by the API
   */
  readonly importing?: ImportPlan;
}

export interface ImportPlan {
  readonly shouldKeepPrivateIp: boolean;
  readonly shouldTerminateInstance: boolean;
}

/** The steps of the state machines. */
export const STEPS = [
  'take-node',
  'ensure-eni',
  'detach-eni',
  'associate-eip',
  'launch-instance',
  'terminate-instance',
  'await-termination',
  'await-instance',
  'attach-eni',
  'confirm-node',
  'settle-pause',
  'apply-settings',
  'release-identity',
  'fail-operation',
  'wind-up',
  'drain-instance',
  'adopt-instance',
] as const;

/** The phases of a node: the steps, the wait for capacity, and rest. */
export const PHASES = [...STEPS, 'waiting-for-capacity', 'at-rest'] as const;
export type Phase = (typeof PHASES)[number];

/** A state of an operation's state machine. */
export interface StateOf {
  readonly machine: OperationKind;
  readonly state: string;
}

/** When something happens: at a time, or from that time on when the node's operation enters a phase or a state. */
export interface Timing {
  /** Seconds from the start of the run. */
  readonly atSeconds: number;
  readonly during?: Phase;
  /** The state, which the happening meets before the state's step has made its first call. @default - any */
  readonly entering?: StateOf;
  /** Milliseconds after the start of the phase or the state. */
  readonly afterMs?: number;
}

/** The index of the node in the scenario. */
interface OfNode {
  readonly node: number;
}

export type Happening = Timing &
  (
    | ActionHappening
    | InstanceHappening
    | CallFault
    | EventFault
    | ExecutionAbort
    | TakeOver
    | SlowInterface
    | CapacityLoss
    | ActionFault
    | LaunchFault
    | TableFault
    | ManualChange
    | StormHappening
  );

export type ActionHappening =
  | ({ readonly kind: 'pause' | 'resume' | 'recycle' } & OfNode)
  | { readonly kind: 'pause-all' | 'resume-all' }
  | ({ readonly kind: 'update'; readonly change: Change } & OfNode)
  | ({ readonly kind: 'delete'; readonly instance: boolean; readonly interfaces: boolean } & OfNode);

/** What an update changes; each is a patch in `documents.ts`. */
export type Change =
  | { readonly field: 'name' | 'tag'; readonly value: string }
  | { readonly field: 'security-group' | 'instance-types'; readonly value: 'first' | 'second' | 'both' }
  | { readonly field: 'elastic-ip'; readonly value: 'own' | 'other' | 'none' }
  | { readonly field: 'private-ip'; readonly value: string }
  | { readonly field: 'draining'; readonly value: number }
  | { readonly field: 'attachment'; readonly value: EniAttachment };

export type InstanceHappening =
  /** The warning now and the end of the instance two minutes later. */
  | ({ readonly kind: 'interrupt' } & OfNode)
  /** The same for the instance that the present operation launched. */
  | ({ readonly kind: 'interrupt-replacement' } & OfNode)
  /** The same with a second warning some seconds later. */
  | ({ readonly kind: 'interrupt-twice'; readonly afterSeconds: number } & OfNode)
  /** The end two minutes later, without a warning. */
  | ({ readonly kind: 'reclaim' } & OfNode)
  | ({ readonly kind: 'rebalance' } & OfNode)
  /** The instance runs and fails its status checks. */
  | ({ readonly kind: 'impair'; readonly check: 'instance' | 'system' } & OfNode)
  /** A user protects it from termination until the faults stop. A Spot Instance cannot be protected. */
  | ({ readonly kind: 'protect' } & OfNode);

export const SERVICES = ['ec2', 'dynamodb', 'sfn', 'events'] as const;
export type Service = (typeof SERVICES)[number];

/**
 * - `error-before`, `throttle`: the call is refused and has no effect.
 * - `error-after`: the call takes effect and returns an error.
 * - `repeated`: the call takes effect, its response is lost, and it is made again, as the SDK does by itself.
 * - `crash-before`, `crash-after`: the function crashes before the call, or when the call returns.
 * - `hang-before`, `hang-after`: the call never returns, and the function runs into its time limit.
 */
export const CALL_FAULTS = [
  'error-before',
  'throttle',
  'error-after',
  'repeated',
  'crash-before',
  'crash-after',
  'hang-before',
  'hang-after',
] as const;
/** `delayed`: the call takes effect 20 seconds late. Only features of transitions need it. */
export type CallFaultKind = (typeof CALL_FAULTS)[number] | 'delayed';

/** The functions that are not steps. */
export const OTHER_FUNCTIONS = ['api', 'wake-waiter', 'reconciler'] as const;
type OtherFunction = (typeof OTHER_FUNCTIONS)[number];

/** Hits the nth matching call from `atSeconds` on: a call to the service, in the step. */
export interface CallFault {
  readonly kind: 'call-fault';
  readonly service: Service;
  readonly fault: CallFaultKind;
  /** @default - any function except `api` and `wake-waiter` */
  readonly step?: Phase | OtherFunction;
  /** The only command whose calls match. @default - any */
  readonly command?: string;
  /** Counts from 1. */
  readonly nth: number;
  /** How many matching calls in a row it hits. @default 1 */
  readonly count?: number;
}

/** Hits the next `count` deliveries of events of this type. */
export interface EventFault {
  readonly kind: 'event-fault';
  readonly of: 'state-change' | 'warning';
  readonly fault: 'lost' | 'doubled' | 'delayed' | 'reordered';
  readonly count: number;
}

export interface ExecutionAbort extends OfNode {
  readonly kind: 'abort-execution';
}

/**
 * A second execution takes the node's operation over while the first one still runs, as the reconciler does if it reads
 * that the first one has ended. Step Functions' reads are eventually consistent.
 */
export interface TakeOver extends OfNode {
  readonly kind: 'take-over';
}

/** From now on, detaching the node's interface takes this long, unless it is detached by force. */
export interface SlowInterface extends OfNode {
  readonly kind: 'slow-interface';
  readonly seconds: number;
}

/** An interface this slow is stuck: no operation waits for so long. */
export const STUCK_SECONDS = 2_400;

export interface CapacityLoss {
  readonly kind: 'no-capacity';
  /** `preferred`: the first instance type of the nodes, as Spot. `zone`: everything in the first zone. */
  readonly of: 'preferred' | 'spot' | 'all' | 'zone';
  readonly seconds: number;
}

/** The EC2 actions of the steps and the reconciler. */
export const EC2_ACTIONS = [
  'DescribeInstances',
  'DescribeNetworkInterfaces',
  'DescribeAddresses',
  'DescribeInstanceStatus',
  'CreateNetworkInterface',
  'DeleteNetworkInterface',
  'ModifyNetworkInterfaceAttribute',
  'AttachNetworkInterface',
  'DetachNetworkInterface',
  'AssociateAddress',
  'DisassociateAddress',
  'RunInstances',
  'CreateFleet',
  'CreateLaunchTemplate',
  'DeleteLaunchTemplate',
  'TerminateInstances',
  'CreateTags',
  'DeleteTags',
] as const;
export type Ec2Action = (typeof EC2_ACTIONS)[number];

/** Faults of EC2 actions for all functions. They start in the node's phase, but affect every node. */
export type ActionFault =
  /** EC2 refuses the action until the faults stop. */
  | ({ readonly kind: 'refusal'; readonly action: Ec2Action } & OfNode)
  /** The account's rate limits throttle all describe calls (looks), or all other calls (changes), for a while. */
  | ({ readonly kind: 'throttled'; readonly actions: 'looks' | 'changes'; readonly seconds: number } & OfNode);

/** Faults of the next launches, of any node. */
export type LaunchFault =
  /** The instances fail while they are pending. */
  | ({ readonly kind: 'launch-deaths'; readonly count: number } & OfNode)
  /** Their guests shut the instances down `afterSeconds` after they started to run. */
  | ({ readonly kind: 'crash-loop'; readonly afterSeconds: number; readonly count: number } & OfNode);

/**
 * Losses of the table. It is replaced by a new empty table, by another deployment's table, or by a backup of
 * `backSeconds` ago.
 */
export type TableFault =
  | { readonly kind: 'table'; readonly how: 'emptied' | 'foreign' }
  | { readonly kind: 'table'; readonly how: 'rolled-back'; readonly backSeconds: number };

/** What happens to all nodes at once, and only in a storm's scenario (`storm.ts`). */
export type StormHappening =
  /** The warnings of all nodes at rest come within a second. */
  | { readonly kind: 'storm' }
  /** Another program of the account uses half of EC2's rates for launches, terminations and looks. */
  | { readonly kind: 'noisy-neighbour'; readonly seconds: number }
  /** The functions cannot read the pacer's item. Somebody wrote to it by hand, and deletes it in the end. */
  | { readonly kind: 'unreadable-turns'; readonly seconds: number };

/** What console users do to a node's resources without Holdfast. */
export const MANUAL_CHANGES = [
  'terminate',
  'stop',
  'detach-interface',
  'delete-interface',
  'attach-interface-elsewhere',
  'disassociate-address',
  'move-address',
  'release-address',
  'change-security-groups',
  'delete-on-termination',
  'take-private-ip',
  'copy-interface-tags',
  'copy-instance-tags',
  'hang-detachment',
  'move-to-other-index',
  'stick-interface',
] as const;
export interface ManualChange extends OfNode {
  readonly kind: 'manual-change';
  readonly how: (typeof MANUAL_CHANGES)[number];
}

/** The happening's kind with its variant, as in coverage and traces. */
export function kindOf(happening: Happening): string {
  switch (happening.kind) {
    case 'call-fault':
      return `${happening.service} ${happening.fault}`;
    case 'event-fault':
      return `${happening.of} ${happening.fault}`;
    case 'manual-change':
      return `manual: ${happening.how}`;
    case 'update':
      return `update ${happening.change.field}`;
    case 'no-capacity':
      return `no capacity: ${happening.of}`;
    case 'refusal':
      return `refused: ${happening.action}`;
    case 'throttled':
      return `throttled: ${happening.actions}`;
    case 'table':
      return `table ${happening.how}`;
    case 'slow-interface':
      return happening.seconds >= STUCK_SECONDS ? 'stuck interface' : 'slow interface';
    default:
      return happening.kind;
  }
}
