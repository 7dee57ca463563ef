/** What a bench run sees of the simulated account and of the executions, kept small: a storm makes 100,000 calls. */
import type { CallRecord } from '../../../simulator/ec2/ec2';
import type { TransitionRecord } from '../../../simulator/ec2/ec2-state';
import type { Execution, HistoryEntry } from '../../../simulator/step-functions/step-functions';

/** The state whose end makes a node ACTIVE, and the one that puts it in ERROR. */
const CONFIRMS = 'Confirm the node';
const FAILS = 'Record the failure';
/** The states in which a launch waits, cold and hot. */
const WAITS = /: wait for capacity or a turn$/;
/** The state in which the interface of a hot node waits for its turn to move, and what its step says then, each time it asks. */
const MOVES = 'Hot: detach the persisted ENI';
const WAITS_TO_MOVE = /others move their interfaces first/;

/** The calls that launch an instance. */
export const LAUNCHES: readonly string[] = ['RunInstances', 'CreateFleet'];

export interface NodeSeen {
  /** When the node was first ACTIVE again, in milliseconds since the epoch. */
  activeAt?: number;
  hasFailed: boolean;
  /** Every state that was entered, and every further try of one, by the executions that took the node. */
  transitions: number;
  /** How often its launch waited for its turn or for capacity. The wait of its interface for a turn to move is one more. */
  waits: number;
  hasWaitedToMove: boolean;
}

interface ExecutionSeen {
  nodeId?: string;
  transitions: number;
}

export class Watch {
  /** Calls that changed something. */
  changes: CallRecord[] = [];
  transitions: TransitionRecord[] = [];
  calls = 0;
  throttled = 0;
  /** Launches that EC2 refused for any reason but its rate limit. */
  refusedLaunches = 0;
  readonly nodes = new Map<string, NodeSeen>();
  private readonly executions = new Map<string, ExecutionSeen>();

  readonly ec2 = {
    onCall: (record: CallRecord) => this.noteCall(record),
    onTransition: (record: TransitionRecord) => void this.transitions.push(record),
  };
  readonly controlPlane = {
    onHistory: (execution: Execution, entry: HistoryEntry) => this.noteHistory(execution.arn, entry),
  };

  /** Forgets what was seen until now. */
  begin(): void {
    [this.changes, this.transitions] = [[], []];
    [this.calls, this.throttled, this.refusedLaunches] = [0, 0, 0];
    this.nodes.clear();
    this.executions.clear();
  }

  private noteCall(record: CallRecord): void {
    this.calls += 1;
    if (record.outcome === 'RequestLimitExceeded') this.throttled += 1;
    else if (LAUNCHES.includes(record.command) && record.outcome !== 'ok') this.refusedLaunches += 1;
    if (record.outcome === 'ok' && !record.command.startsWith('Describe')) this.changes.push(record);
  }

  private noteHistory(arn: string, { type, state, input, at, cause }: HistoryEntry): void {
    const execution = this.executions.get(arn) ?? { transitions: 0 };
    this.executions.set(arn, execution);
    const isTransition = type === 'entered' || type === 'retried';
    if (isTransition) execution.transitions += 1;
    const isTaken = execution.nodeId !== undefined;
    execution.nodeId ??= nodeIdOf(input);
    if (execution.nodeId === undefined) return;
    const node = this.nodes.get(execution.nodeId) ?? {
      hasFailed: false,
      transitions: 0,
      waits: 0,
      hasWaitedToMove: false,
    };
    this.nodes.set(execution.nodeId, node);
    // The first states of an execution do not say yet whose it is.
    if (isTransition) node.transitions += isTaken ? 1 : execution.transitions;
    if (type === 'entered') noteEntered(node, state);
    if (type === 'failed' && state === MOVES) noteMove(node, cause);
    if (type === 'exited' && state === CONFIRMS) node.activeAt ??= at;
  }
}

function noteEntered(node: NodeSeen, state: string): void {
  if (WAITS.test(state)) node.waits += 1;
  if (state === FAILS) node.hasFailed = true;
}

function noteMove(node: NodeSeen, cause = ''): void {
  if (!WAITS_TO_MOVE.test(cause) || node.hasWaitedToMove) return;
  node.hasWaitedToMove = true;
  node.waits += 1;
}

/** Once an execution has taken its node, each state's input says which. */
function nodeIdOf(input: unknown): string | undefined {
  return (input as { readonly node?: { readonly nodeId?: string } } | undefined)?.node?.nodeId;
}
