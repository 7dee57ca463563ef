/** What a run knows besides the world and the table: what users requested, and what was done to the nodes. */
import type { NodeConfig } from '../../domain/config/node-config';
import type { Deletion, StatefulNode } from '../../domain/node/stateful-node';
import { Causes } from './injected-causes';
import { OwnHistory } from './own-history';
import type { CapacityLoss, ImportPlan } from '../scenario/scenario';

/** The state that a user last requested for a node. */
export type DesiredState = 'running' | 'paused' | 'deleted';

export interface NodeFacts {
  readonly index: number;
  readonly id: string;
  /** The states that may be desired: more than one if a request got no response, so that its effect is unknown. */
  desiredStates: readonly DesiredState[];
  deletion?: Deletion;
  /** The configuration that the node's present instance was launched for. */
  launchedFor?: NodeConfig;
}

export interface CapacityFact {
  readonly of: CapacityLoss['of'];
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface RefusalFact {
  /** EC2's message. */
  readonly sentence: string;
  readonly fromMs: number;
  untilMs: number;
}

/** A storm of interruptions. */
export interface StormFact {
  readonly atMs: number;
  /** The nodes whose instances EC2 interrupted. They were at rest. */
  readonly nodeIds: readonly string[];
}

export class Facts {
  readonly nodes = new Map<string, NodeFacts>();
  readonly capacity: CapacityFact[] = [];
  readonly causes = new Causes();
  readonly refusals: RefusalFact[] = [];
  readonly history = new OwnHistory();
  /** By node, when a user last requested something that ends its instance. */
  readonly requestedAt = new Map<string, number>();
  /** By instance, when EC2 published a notice that requires a replacement. */
  readonly announced = new Map<string, number>();
  /** By resource, until when a change from outside Holdfast shows: interfaces, instances and addresses. */
  readonly externalChanges = new Map<string, number>();
  /** The imports, by the id of the instance that the user launched. */
  readonly imports = new Map<string, ImportPlan>();
  /** By interface, the node in its tags when it last got an Elastic IP. */
  readonly ownerWhenAssociated = new Map<string, string | undefined>();
  /** Instances and interfaces with copied tags, which look like a node's own. */
  readonly lookalikes = new Set<string>();
  /** Instances that have stopped or begun to. They are never started again. */
  readonly stopped = new Set<string>();
  /** The ids of the instances and interfaces that existed when the table was lost. */
  readonly lost = new Set<string>();
  /** Elastic IPs on the interface of a node whose restored record is from before the update that asked for them. */
  readonly forgottenElasticIps = new Set<string>();
  /** By node, the generation of the operation that the new table's record names. */
  readonly underWayWhenLost = new Map<string, number>();
  /** By node, the generation of the operation that an injected execution takes over while another one runs it. */
  readonly takenOver = new Map<string, number>();
  /** How many calls of functions a fault has hit. */
  callsFaulted = 0;
  storm: StormFact | undefined;
  /** Nodes for which a call to the pacer's item was faulted, so that a launch went without its turn. */
  readonly withoutPacer = new Set<string>();
  /** Until when the pacer cannot read its item, so that launches go without turns. */
  turnsUnreadableUntilMs = -Infinity;
  /** Since when the records are in doubt; undefined if they are reliable. */
  inDoubtSinceMs: number | undefined;
  /** When the table was last lost, or recovered. */
  tableChangedMs = -Infinity;

  created(index: number, id: string): NodeFacts {
    const facts: NodeFacts = { index, id, desiredStates: ['running'] };
    this.nodes.set(id, facts);
    return facts;
  }

  /** Until then, others than Holdfast may change the resource. */
  noteExternalChange(id: string, untilMs: number): void {
    this.externalChanges.set(id, Math.max(untilMs, this.externalChanges.get(id) ?? -Infinity));
  }

  /** @param isConfirmed whether the API confirmed that it recorded the request */
  stateRequested(nodeId: string, state: DesiredState, isConfirmed: boolean): void {
    const facts = this.nodes.get(nodeId);
    if (facts === undefined || facts.desiredStates[0] === 'deleted') return;
    facts.desiredStates = isConfirmed ? [state] : [...new Set([...facts.desiredStates, state])];
  }

  /**
   * The table was lost. A node at rest must be rebuilt as it was. For any other node, the last request is unknown.
   * @param isOlder whether the table was restored from a backup
   */
  tableLost(nodes: ReadonlyMap<string, StatefulNode>, isOlder: boolean, nowMs: number): void {
    this.inDoubtSinceMs = nowMs;
    this.tableChangedMs = nowMs;
    for (const known of this.nodes.values()) {
      delete known.launchedFor;
      const node = nodes.get(known.id);
      const isAtRest = node !== undefined && node.operation === undefined && node.failure === undefined;
      // A backup has the requests of its own time.
      if (isOlder || !isAtRest || node.intents.length > 0) known.desiredStates = ['running', 'paused', 'deleted'];
    }
  }

  /** Whether no pool had capacity for the node at some time in the period. */
  lackedCapacity(config: NodeConfig, fromMs: number, toMs: number): boolean {
    const isSpotOnly = config.strategy?.fallbackToOd === false;
    const isPreferredOnly = isSpotOnly && config.compute.launchSpecification.instanceTypes.types.length === 1;
    const counts = ['all', 'zone', ...(isSpotOnly ? ['spot'] : []), ...(isPreferredOnly ? ['preferred'] : [])];
    return this.capacity.some((each) => counts.includes(each.of) && each.fromMs <= toMs && each.untilMs >= fromMs);
  }

  /** Whether something outside Holdfast changed the node's interface, instance or address since `fromMs`. */
  isExternallyChanged({ identity, config, instance }: StatefulNode, fromMs: number): boolean {
    const { interfaceId, allocationId } = identity;
    return [interfaceId, allocationId, config.compute.elasticIp, instance?.id].some(
      (id) => id !== undefined && (this.externalChanges.get(id) ?? -Infinity) >= fromMs,
    );
  }
}
