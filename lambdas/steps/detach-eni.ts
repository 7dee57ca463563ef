/**
 * Detaches the node's ENI from every instance that must not carry it.
 *
 * Hot: from the running old instance. Cold: a primary interface is released only when its instance is terminated, so
 * the step waits until it is free. If a detachment does not end, the step forces it. If that does not help either, the
 * step terminates the old instance a little early.
 */
import { InterfaceNotFree } from '../../domain/errors';
import { hasEnded } from '../../domain/operation/launch';
import {
  carrierOf,
  decideRelease,
  isLeftToNextTry,
  isSlowRelease,
  withDetachment,
} from '../../domain/operation/network-interface';
import type { SeenInstance } from '../../domain/node/observations';
import type { Detachment, OwnedNode } from '../../domain/node/stateful-node';
import { changeOperation, ownedNode, type OperationInput } from '../operation/owned-node';
import { askOnceAndPoll, DONE, waiting, type Look } from '../operation/ask-once-and-poll';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

/** The interfaces that are free, or will be. */
export interface Detached {
  readonly interfaceIds: readonly string[];
}

type DetachPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'log' | 'time'>;

export const detachEni =
  (ports: DetachPorts) =>
  async (input: OperationInput): Promise<Detached> => {
    const owned = await ownedNode(ports.nodes, input);
    const { node, operation } = owned;
    const { interfaceId } = node.identity;
    if (isLeftToNextTry(owned)) return { interfaceIds: [] };
    const carrierId = carrierOf(owned)?.instanceId;
    const lost = carrierId !== undefined && hasEnded(await ports.instances.observe(carrierId));
    // An interface stays on its carrier, unless that instance has ended.
    const releaseOf = (id: string): Release => new Release(ports, owned, id, lost ? undefined : carrierId);
    // A retired interface must only be free in the end, so that it can be deleted. The step does not wait for it.
    for (const id of operation.retiredInterfaceIds) await releaseOf(id).begin();
    if (interfaceId !== undefined) await releaseOf(interfaceId).run();
    return { interfaceIds: [...(interfaceId === undefined ? [] : [interfaceId]), ...operation.retiredInterfaceIds] };
  };

class Release {
  /** The attachment seen last. */
  private heldBy: string | undefined;
  private detachments: readonly Detachment[];

  constructor(
    private readonly ports: DetachPorts,
    private readonly owned: OwnedNode,
    private readonly interfaceId: string,
    private readonly carrierId: string | undefined,
  ) {
    this.detachments = owned.operation.detachments ?? [];
  }

  /** @throws InterfaceNotFree */
  async run(): Promise<void> {
    const missing = await askOnceAndPoll(this.ports.time, () => this.lookInTime());
    if (missing === undefined) return;
    // We record since when it is attached: EC2 sometimes does not release the interface of an ended instance.
    if (this.heldBy !== undefined) await this.note(this.heldBy);
    throw new InterfaceNotFree(missing);
  }

  /** Asks for the next change, and does not wait for it. */
  async begin(): Promise<void> {
    await askOnceAndPoll(this.ports.time, () => this.look(), 1);
  }

  /** An ended instance may keep the interface for minutes, and a node whose launches fail may wait for that each time. */
  private async lookInTime(): Promise<Look> {
    const seen = await this.look();
    const { heldBy, detachments } = this;
    const isSlow = heldBy !== undefined && isSlowRelease(heldBy, { detachments, now: this.now() });
    return seen.kind === 'waiting' ? { ...seen, isSlow } : seen;
  }

  /** Every look decides anew. What it asked for before is in the record. */
  private async look(): Promise<Look> {
    const { interfaces, instances } = this.ports;
    const { kind, oldInstanceId, launch } = this.owned.operation;
    const seen = await interfaces.observe(this.interfaceId);
    this.heldBy = seen?.attachment?.id;
    const decision = decideRelease(seen, {
      carrierId: this.carrierId,
      isLaunching: launch?.state === 'requested',
      endingInstanceId: kind === 'adjust' ? undefined : oldInstanceId,
      detachments: this.detachments,
      now: this.now(),
    });
    switch (decision.kind) {
      case 'free':
        return DONE;
      case 'wait':
        return waiting(decision.because);
      case 'note':
        await this.note(decision.attachmentId);
        return waiting(`${this.interfaceId}: ${decision.because}`);
      case 'stuck':
        return this.freeFromEnded(
          decision.attachmentId,
          decision.instanceId,
          await instances.observe(decision.instanceId),
        );
      case 'detach':
        return waiting(`${this.interfaceId} is being detached`, async () => {
          await this.write(decision.attachmentId, 'asked');
          await interfaces.detach(decision.attachmentId);
        });
      case 'force':
        await this.tell(`${this.interfaceId} is not released: its detachment is forced`);
        return this.force(decision.attachmentId);
      case 'terminate':
        return this.endHolder(decision.attachmentId, decision.instanceId);
    }
  }

  private async endHolder(attachmentId: string, instanceId: string): Promise<Look> {
    const { instances } = this.ports;
    const holder = await instances.observe(instanceId);
    if (holder === undefined || holder.state === 'terminated')
      return this.freeFromEnded(attachmentId, instanceId, holder);
    if (!hasEnded(holder)) {
      await this.tell(`${this.interfaceId} is not released by force: ${instanceId} is terminated`);
      await instances.terminate(instanceId);
    }
    return waiting(`${instanceId} is being terminated to free ${this.interfaceId}`);
  }

  /** EC2 detaches a primary interface only after its instance has ended, and refuses any force while it shuts down. */
  private async freeFromEnded(
    attachmentId: string,
    instanceId: string,
    holder: SeenInstance | undefined,
  ): Promise<Look> {
    const because = `${this.interfaceId} is still attached to ${instanceId}, which is ${holder?.state ?? 'gone'}`;
    if (holder !== undefined && holder.state !== 'terminated') return waiting(because);
    await this.tell(`${because}: it is detached by force`);
    return this.force(attachmentId);
  }

  private async force(attachmentId: string): Promise<Look> {
    await this.write(attachmentId, 'forced');
    await this.ports.interfaces.detach(attachmentId, { force: true });
    return waiting(`${this.interfaceId} is being detached by force`);
  }

  private async note(attachmentId: string): Promise<void> {
    const isNoted = this.detachments.some((each) => each.attachmentId === attachmentId);
    if (!isNoted) await this.write(attachmentId, 'asked');
  }

  /** Called before EC2 is asked. If a crash lost the time of the request, the detachment would never be forced. */
  private async write(attachmentId: string, how: 'asked' | 'forced'): Promise<void> {
    const { node, operation } = this.owned;
    const now = this.now();
    const input = { nodeId: node.id, generation: operation.generation };
    this.detachments = withDetachment(this.detachments, attachmentId, how, now);
    const { detachments } = this;
    await changeOperation(this.ports.nodes, input, (current) => ({ ...current, detachments }));
  }

  private tell(message: string): Promise<void> {
    return this.ports.log.append(this.owned.node.id, { createdAt: this.now(), severity: 'WARN', message });
  }

  private now(): string {
    return this.ports.time.now().toISOString();
  }
}

export function describeDetached({ interfaceIds }: Detached): LogLine | undefined {
  return interfaceIds.length === 0 ? undefined : info('the interface is free');
}
