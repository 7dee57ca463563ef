/**
 * A scenario: a small world, the nodes in it, and what happens to them and when. It is plain data, so that it can
 * be written down, made smaller and played again, whatever becomes of the code that drew it.
 */
import type { EniAttachment, LifeCycle } from '../../domain/config/node-config';

export interface Scenario {
  /** Draws ids, latencies and everything else that the scenario leaves open. */
  readonly seed: number;
  readonly world: WorldPlan;
  readonly nodes: readonly NodePlan[];
  readonly happenings: readonly Happening[];
}

export interface WorldPlan {
  /** Whether a retained interface keeps its Elastic IP when its instance ends: AWS says neither. */
  readonly elasticIpSurvivesTermination: boolean;
  readonly interfaceInUseCode: 'InvalidNetworkInterface.InUse' | 'InvalidParameterValue';
  /**
   * `tails`: every latency of EC2 is at its rare, slow end more often than measured; `steady`: never. `quick`: the
   * same, and instances start and end so fast that it happens while somebody looks.
   */
  readonly latencies: 'measured' | 'tails' | 'steady' | 'quick';
  /** Whether events arrive at once, before what set them off has been answered. */
  readonly promptEvents: boolean;
  /** Of the pages of a listing, the share that is shorter than asked for, from 0 to 1. */
  readonly shortPageShare: number;
  /** Whether function instances take their time to start. */
  readonly coldStarts: boolean;
  /** How far a function's clock may be off, either way, in milliseconds. */
  readonly clockErrorMs: number;
  /** The longest that one call of the table takes, in milliseconds. */
  readonly tableLatencyMs: number;
  /** Whether CloudTrail tells at once of what people take away by hand. */
  readonly trail: boolean;
  /** How far EC2's answers lag what happened, at the most, in milliseconds. */
  readonly describeLagMs: number;
  /** Whether the lists in EC2's answers come in any order. */
  readonly shuffledAnswers: boolean;
}

export interface NodePlan {
  /** When its creation is asked for, in seconds from the beginning. */
  readonly atSeconds: number;
  readonly attachment: EniAttachment;
  readonly lifeCycle: LifeCycle;
  readonly hasElasticIp: boolean;
  /** Absent: EC2 chooses one. */
  readonly privateIp?: string;
  readonly persistPrivateIp: boolean;
  /** How many of the account's three subnets it may live in. */
  readonly subnets: 1 | 2 | 3;
  readonly fallbackToOd: boolean;
  readonly drainingSeconds: number;
  readonly rebalance: 'ignore' | 'replace';
  /** Whether its instances leave a volume behind. */
  readonly keepsVolumes: boolean;
  /** Where it comes from an instance that a person has launched. Absent: the API is asked to create it. */
  readonly importing?: ImportPlan;
}

export interface ImportPlan {
  readonly shouldKeepPrivateIp: boolean;
  readonly shouldTerminateInstance: boolean;
}

/** The steps of the machines. */
export const STEPS = [
  ...(['take-node', 'ensure-eni', 'detach-eni', 'associate-eip', 'launch-instance', 'terminate-instance'] as const),
  ...(['await-instance', 'attach-eni', 'confirm-node', 'settle-pause', 'apply-settings'] as const),
  ...(['release-identity', 'fail-operation', 'wind-up', 'drain-instance', 'adopt-instance'] as const),
] as const;

/** The steps, and what lies between them. */
export const PHASES = [...STEPS, 'waiting-for-capacity', 'at-rest'] as const;
export type Phase = (typeof PHASES)[number];

/** When something happens: at a time, or, from that time on, when the node's operation comes to a phase. */
export interface Timing {
  /** Seconds from the beginning. */
  readonly atSeconds: number;
  readonly during?: Phase;
  /** Milliseconds after the phase has begun. */
  readonly afterMs?: number;
}

/** Which of the scenario's nodes, by index. */
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
    | InterfaceTrouble
    | CapacityLoss
    | ActionTrouble
    | LaunchTrouble
    | TableTrouble
    | Meddling
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
  /** The warning now and the end two minutes later. */
  | ({ readonly kind: 'interrupt' } & OfNode)
  /** The same of the instance that an operation has just launched. */
  | ({ readonly kind: 'interrupt-replacement' } & OfNode)
  /** The same with a second warning, seconds later. */
  | ({ readonly kind: 'interrupt-twice'; readonly afterSeconds: number } & OfNode)
  /** The end two minutes later, and no warning ever. */
  | ({ readonly kind: 'reclaim' } & OfNode)
  | ({ readonly kind: 'rebalance' } & OfNode)
  /** It runs, and fails its status checks. */
  | ({ readonly kind: 'impair'; readonly check: 'instance' | 'system' } & OfNode)
  /** Somebody protects it from termination, until faults cease. A Spot Instance takes no protection. */
  | ({ readonly kind: 'protect' } & OfNode);

export const SERVICES = ['ec2', 'dynamodb', 'sfn', 'events'] as const;
export type Service = (typeof SERVICES)[number];

/**
 * - `error-before`, `throttle`: refused, and nothing was done.
 * - `error-after`: done, and answered with an error.
 * - `repeated`: done, the answer lost, and asked again, as the SDK does by itself.
 * - `crash-before`, `crash-after`: the function dies before the call, or with its answer.
 * - `hang-before`, `hang-after`: the call never answers, and the function runs into its time limit.
 */
export const CALL_FAULTS = [
  ...(['error-before', 'throttle', 'error-after', 'repeated'] as const),
  ...(['crash-before', 'crash-after', 'hang-before', 'hang-after'] as const),
] as const;
export type CallFaultKind = (typeof CALL_FAULTS)[number];

/** The functions that are no steps. */
export const FUNCTIONS_BESIDE = ['api', 'wake-waiter', 'reconciler'] as const;
type FunctionBeside = (typeof FUNCTIONS_BESIDE)[number];

/** Strikes the nth call of the service from `atSeconds` on, of those that a function makes in the step. */
export interface CallFault {
  readonly kind: 'call-fault';
  readonly service: Service;
  readonly fault: CallFaultKind;
  /** Absent: in any function but the API's. */
  readonly step?: Phase | FunctionBeside;
  /** From 1. */
  readonly nth: number;
}

/** Befalls the next so many deliveries of an event to a target. */
export interface EventFault {
  readonly kind: 'event-fault';
  readonly of: 'state-change' | 'warning';
  readonly fault: 'lost' | 'doubled' | 'delayed' | 'reordered';
  readonly count: number;
}

export interface ExecutionAbort extends OfNode {
  readonly kind: 'abort-execution';
}

/** The node's interface takes this long to come free of an instance, from now on, unless it is taken off by force. */
export interface InterfaceTrouble extends OfNode {
  readonly kind: 'slow-interface';
  readonly seconds: number;
}

/** From here on it is stuck: no operation waits for so long. */
export const STUCK_SECONDS = 2_400;

export interface CapacityLoss {
  readonly kind: 'no-capacity';
  /** `preferred`: of the type that nodes prefer, bought as spot. */
  readonly of: 'preferred' | 'spot' | 'all';
  readonly seconds: number;
}

/** What functions ask of EC2 on the way of an operation, or look at by themselves. */
export const EC2_ACTIONS = [
  ...(['DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeAddresses', 'DescribeInstanceStatus'] as const),
  ...(['CreateNetworkInterface', 'DeleteNetworkInterface', 'ModifyNetworkInterfaceAttribute'] as const),
  ...(['AttachNetworkInterface', 'DetachNetworkInterface', 'AssociateAddress', 'DisassociateAddress'] as const),
  ...(['RunInstances', 'TerminateInstances', 'CreateTags', 'DeleteTags'] as const),
] as const;
export type Ec2Action = (typeof EC2_ACTIONS)[number];

/** What befalls an action for all functions. It begins in the node's phase, but concerns every node. */
export type ActionTrouble =
  /** EC2 refuses it in its own words until faults cease. */
  | ({ readonly kind: 'refusal'; readonly action: Ec2Action } & OfNode)
  /** The account's rate limits stand in the way of all looks, or of all changes, for so long. */
  | ({ readonly kind: 'throttled'; readonly actions: 'looks' | 'changes'; readonly seconds: number } & OfNode);

/** What becomes of the next launches, whichever node's they are. */
export type LaunchTrouble =
  /** They die while they are pending. */
  | ({ readonly kind: 'launch-deaths'; readonly count: number } & OfNode)
  /** Their guests shut them down so long after they have begun to run. */
  | ({ readonly kind: 'crash-loop'; readonly afterSeconds: number; readonly count: number } & OfNode);

/**
 * What becomes of the table: it is deployed anew and empty; a copy of it from so many seconds ago takes its place; or it
 * is another deployment's.
 */
export type TableTrouble =
  | { readonly kind: 'table'; readonly how: 'emptied' | 'foreign' }
  | { readonly kind: 'table'; readonly how: 'rolled-back'; readonly backSeconds: number };

/** What people do to a node's resources behind its back. */
export const MEDDLINGS = [
  ...(['terminate', 'stop', 'detach-interface', 'delete-interface', 'attach-interface-elsewhere'] as const),
  ...(['disassociate-address', 'move-address', 'release-address', 'change-security-groups'] as const),
  ...(['delete-on-termination', 'take-private-ip', 'copy-interface-tags', 'copy-instance-tags'] as const),
  ...(['hang-detachment', 'move-to-other-index', 'stick-interface'] as const),
] as const;
export interface Meddling extends OfNode {
  readonly kind: 'meddle';
  readonly how: (typeof MEDDLINGS)[number];
}

/** The happening's kind with what distinguishes it, as coverage counts it and traces name it. */
export function kindOf(happening: Happening): string {
  switch (happening.kind) {
    case 'call-fault':
      return `${happening.service} ${happening.fault}`;
    case 'event-fault':
      return `${happening.of} ${happening.fault}`;
    case 'meddle':
      return `meddle: ${happening.how}`;
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
