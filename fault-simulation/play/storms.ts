/** What happens to many nodes at once: a storm of interruptions, and what makes it harder to survive. */
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeNetworkInterfacesCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Sandbox } from '../../local/sandbox';
import type { Facts } from '../facts/known-facts';
import type { Happening, StormHappening, Timing } from '../scenario/scenario';

/** All warnings of a storm are sent in this time. */
const SPREAD_MS = 1_000;

/** How often another program makes each call, in milliseconds: half of EC2's rate for it. */
const NEIGHBOUR_PAUSES_MS = { launch: 1_000, terminate: 400, look: 100 } as const;

const TURNS_KEY = marshall({ pk: 'PACER#RunInstances', sk: 'TURNS' });
/** A version of the record that no release has written. */
const UNREADABLE = marshall({ pk: 'PACER#RunInstances', sk: 'TURNS', schemaVersion: 999 });

interface StormProps {
  readonly sandbox: Sandbox;
  readonly facts: Facts;
  readonly nodes: ReadonlyMap<string, StatefulNode>;
}

export type OrdinaryHappening = Exclude<Happening, StormHappening>;

export function isOfStorm(happening: Happening): happening is Timing & StormHappening {
  return ['storm', 'noisy-neighbour', 'unreadable-turns'].includes(happening.kind);
}

export class Storms {
  constructor(private readonly props: StormProps) {}

  /** Returns what was done, for the trace. */
  async begin(happening: StormHappening): Promise<string> {
    switch (happening.kind) {
      case 'storm':
        return this.interruptAll();
      case 'noisy-neighbour':
        await this.useRates(happening.seconds);
        return `for ${happening.seconds} s until now`;
      case 'unreadable-turns':
        await this.makeTurnsUnreadable(happening.seconds);
        return `for ${happening.seconds} s until now`;
    }
  }

  /** EC2 interrupts the Spot Instances of all nodes at rest. */
  private interruptAll(): string {
    const { sandbox, facts, nodes } = this.props;
    const { clock, ec2 } = sandbox;
    const hit = [...nodes.values()].flatMap(({ id, status, operation, instance }) => {
      const seen = ec2.world.instances.get(instance?.id ?? '');
      const isAtRest = status === 'ACTIVE' && operation === undefined;
      return isAtRest && seen?.lifeCycle === 'spot' && seen.state === 'running' ? [{ id, instanceId: seen.id }] : [];
    });
    facts.storm = { atMs: clock.now(), nodeIds: hit.map(({ id }) => id) };
    for (const [index, { instanceId }] of hit.entries()) {
      clock.setTimeout(() => this.interrupt(instanceId), Math.floor((index / hit.length) * SPREAD_MS));
    }
    return `${hit.length} nodes`;
  }

  private interrupt(instanceId: string): void {
    const { facts, sandbox } = this.props;
    if (sandbox.ec2.world.instances.get(instanceId)?.state !== 'running') return;
    facts.announced.set(instanceId, sandbox.clock.now());
    sandbox.ec2.interruptSpotInstance(instanceId);
  }

  /** Another program of the account calls EC2. Its dry runs change nothing, and EC2 counts them like other calls. */
  private async useRates(seconds: number): Promise<void> {
    const { clock, ec2 } = this.props.sandbox;
    const { personClient } = ec2;
    const untilMs = clock.now() + seconds * 1_000;
    const repeat = async (pauseMs: number, call: () => Promise<unknown>): Promise<void> => {
      while (clock.now() < untilMs) {
        // It is refused for the limits as well, and always because it is a dry run.
        await call().catch(() => undefined);
        await clock.sleep(pauseMs);
      }
    };
    await Promise.all([
      repeat(NEIGHBOUR_PAUSES_MS.launch, () =>
        personClient.send(new RunInstancesCommand({ DryRun: true, MinCount: 1, MaxCount: 1 })),
      ),
      repeat(NEIGHBOUR_PAUSES_MS.terminate, () =>
        personClient.send(new TerminateInstancesCommand({ DryRun: true, InstanceIds: ['i-00000000000000000'] })),
      ),
      repeat(NEIGHBOUR_PAUSES_MS.look, () =>
        personClient.send(new DescribeNetworkInterfacesCommand({ DryRun: true, MaxResults: 5 })),
      ),
    ]);
  }

  /** A person writes to the pacer's item, and deletes it later, as the log of the functions says. */
  private async makeTurnsUnreadable(seconds: number): Promise<void> {
    const { sandbox, facts } = this.props;
    const { dynamodb, tableNames } = sandbox.plane;
    const TableName = tableNames[0];
    facts.turnsUnreadableUntilMs = sandbox.clock.now() + seconds * 1_000;
    await dynamodb.send(new PutItemCommand({ TableName, Item: UNREADABLE }));
    await sandbox.clock.sleep(seconds * 1_000);
    await dynamodb.send(new DeleteItemCommand({ TableName, Key: TURNS_KEY }));
  }
}
