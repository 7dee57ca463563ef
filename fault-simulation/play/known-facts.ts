/** What is known of a run besides the world and the table: what was asked for, and what was done to the nodes. */
import type { NodeConfig } from '../../domain/config/node-config';
import type { Deletion, StatefulNode } from '../../domain/node/stateful-node';
import { Causes } from './injected-causes';
import { OwnHistory } from './own-history';
import type { ImportPlan } from '../scenario/scenario';

/** What a person last asked of a node. */
export type Wish = 'running' | 'paused' | 'deleted';

export interface NodeFacts {
  readonly index: number;
  readonly id: string;
  /** Every wish that may be the last: more than one where a request was not answered, so nobody knows. */
  wishes: readonly Wish[];
  deletion?: Deletion;
  /** The configuration that the node's present instance was launched for. */
  launchedFor?: NodeConfig;
}

export interface CapacityFact {
  readonly of: 'preferred' | 'spot' | 'all';
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface RefusalFact {
  /** What EC2 says. */
  readonly sentence: string;
  readonly fromMs: number;
  untilMs: number;
}

export class Facts {
  readonly nodes = new Map<string, NodeFacts>();
  readonly capacity: CapacityFact[] = [];
  readonly causes = new Causes();
  readonly refusals: RefusalFact[] = [];
  readonly history = new OwnHistory();
  /** By node, when a person last asked for something that takes its instance away. */
  readonly askedAt = new Map<string, number>();
  /** By instance, when a warning or a recommendation of it was published that calls for a replacement. */
  readonly announced = new Map<string, number>();
  /** Interfaces, instances and addresses that somebody has laid hands on, and until when it shows. */
  readonly meddled = new Map<string, number>();
  /** The instances that people have launched and had imported, by id. */
  readonly originals = new Map<string, ImportPlan>();
  /** Instances and interfaces that people have made to look like a node's. */
  readonly strangers = new Set<string>();
  /** Instances that have stopped, or begun to. Nobody starts them again. */
  readonly stopped = new Set<string>();
  /** What was there when the table was lost: instances and interfaces, by id. */
  readonly lost = new Set<string>();
  /** By node, the operation that the records name which have taken the place of the lost ones. */
  readonly underWayWhenLost = new Map<string, number>();
  /** Since when the records are not to be relied on; undefined while they are. */
  inDoubtSinceMs: number | undefined;
  /** When the table was last lost, or recovered. */
  tableChangedMs = -Infinity;

  created(index: number, id: string): NodeFacts {
    const facts: NodeFacts = { index, id, wishes: ['running'] };
    this.nodes.set(id, facts);
    return facts;
  }

  /** From now on until then it is not Holdfast's doing alone what becomes of it. */
  keep(id: string, untilMs: number): void {
    this.meddled.set(id, Math.max(untilMs, this.meddled.get(id) ?? -Infinity));
  }

  /** @param isAnswered whether the API has said that it is written down */
  wished(nodeId: string, wish: Wish, isAnswered: boolean): void {
    const facts = this.nodes.get(nodeId);
    if (facts === undefined || facts.wishes[0] === 'deleted') return;
    facts.wishes = isAnswered ? [wish] : [...new Set([...facts.wishes, wish])];
  }

  /**
   * The table was lost. A node that was at rest is to come back as it was; of any other nobody knows what it was asked
   * for last.
   */
  tableLost(nodes: ReadonlyMap<string, StatefulNode>, isOlder: boolean, nowMs: number): void {
    this.inDoubtSinceMs = nowMs;
    this.tableChangedMs = nowMs;
    for (const known of this.nodes.values()) {
      delete known.launchedFor;
      const node = nodes.get(known.id);
      const isAtRest = node !== undefined && node.operation === undefined && node.failure === undefined;
      // What is restored from earlier says what was asked for then.
      if (isOlder || !isAtRest || node.intents.length > 0) known.wishes = ['running', 'paused', 'deleted'];
    }
  }

  /** Whether there was no capacity at all for the node at some time in the span. */
  lackedCapacity(config: NodeConfig, fromMs: number, toMs: number): boolean {
    const isSpotOnly = config.strategy?.fallbackToOd === false;
    const isPreferredOnly = isSpotOnly && config.compute.launchSpecification.instanceTypes.types.length === 1;
    const counts = ['all', ...(isSpotOnly ? ['spot'] : []), ...(isPreferredOnly ? ['preferred'] : [])];
    return this.capacity.some((each) => counts.includes(each.of) && each.fromMs <= toMs && each.untilMs >= fromMs);
  }

  /** Whether the record's interface, instance or address was meddled with since `fromMs`. */
  meddledWith({ identity, config, instance }: StatefulNode, fromMs: number): boolean {
    const { interfaceId, allocationId } = identity;
    return [interfaceId, allocationId, config.compute.elasticIp, instance?.id].some(
      (id) => id !== undefined && (this.meddled.get(id) ?? -Infinity) >= fromMs,
    );
  }
}
