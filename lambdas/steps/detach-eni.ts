/**
 * Detaches the node's ENI from every instance that must not carry it.
 *
 * Hot: from the running old instance, and asks at once for its attachment to the replacement, because the address is away.
 * Cold: a primary interface is released only when its instance is terminated, so the step waits until it is free. If a
 * detachment does not end, the step forces it. If that does not help either, the step terminates the old instance a little early.
 */
import { deviceIndexOf, attachmentOf } from '../../domain/config/node-config';
import { InterfaceMissing, InterfaceNotFree, NotReady, NotYetVisible } from '../../domain/errors';
import { hasEnded } from '../../domain/operation/launch';
import {
  carrierOf,
  decideAttach,
  decideRelease,
  isLeftToNextTry,
  isSlowRelease,
  needsAnother,
  withDetachment,
} from '../../domain/operation/network-interface';
import type { SeenInstance, SeenInterface } from '../../domain/node/observations';
import type { Detachment, OwnedNode } from '../../domain/node/stateful-node';
import { attachSecondary } from '../operation/attaching';
import { areManyMoving, awaitMoveTurn, moveCall, takeLaterMoveTurn } from '../operation/moving';
import { changeOperation, ownedNode, type OperationInput } from '../operation/owned-node';
import { askOnceAndPoll, DONE, waiting, type Look, type Polls } from '../operation/ask-once-and-poll';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

/** The interfaces that are free, or will be. None if the step did not look, because the launch must wait for its turn. */
export interface Detached {
  readonly interfaceIds: readonly string[];
}

type DetachPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'pacer' | 'log' | 'time'>;

export const detachEni =
  (ports: DetachPorts) =>
  async (input: OperationInput): Promise<Detached> => {
    const owned = await ownedNode(ports.nodes, input);
    const { node, operation } = owned;
    const { interfaceId } = node.identity;
    if (isLeftToNextTry(owned)) return { interfaceIds: [] };
    refuseUnfit(owned);
    const releaseOf = (id: string): Release => new Release(ports, owned, id);
    // A retired interface must only be free in the end, so that it can be deleted. The step does not wait for it.
    for (const id of operation.retiredInterfaceIds) await releaseOf(id).begin();
    const polls = await pollsFor(ports, owned);
    if (polls === undefined) return { interfaceIds: [] };
    if (polls.takesTurn) await awaitMoveTurn(ports, owned);
    if (interfaceId !== undefined) await attachAtOnce(ports, owned, await releaseOf(interfaceId).run(polls));
    return { interfaceIds: [...(interfaceId === undefined ? [] : [interfaceId]), ...operation.retiredInterfaceIds] };
  };

/** When most detachments from a running instance end, in milliseconds after the request: third-party measurements. */
const DETACHED_MS = [1_900, 3_300] as const;
/** When 98 of 100 have ended: the same. */
const SURELY_DETACHED_MS = [3_200, 3_200] as const;
/** When the first interfaces of terminated instances are free, in milliseconds after the event: the same. */
const FREED_MS = 900;
/** If a launch would wait for longer, the interface is looked at only when its turn has come. */
const LONGEST_BACKLOG_MS = 2_000;
/** Milliseconds between two looks for each node that is being replaced, so that they make about 12 looks a second together. */
const PAUSE_A_NODE_MS = 80;

/** Among many others, a step looks again only in its next attempt. */
const NOT_AGAIN_MS = 5_000;

/** `takesTurn`: many nodes move their interfaces, so this one waits for its turn first. */
type DetachPolls = Polls & { readonly takesTurn?: boolean };

/**
 * How to look whether the interface is free. Many nodes share one rate limit for looks, so the more of them are replaced, the
 * less often each looks. Undefined if the launch must wait for its turn in any case: it looks then.
 */
async function pollsFor(ports: DetachPorts, owned: OwnedNode): Promise<DetachPolls | undefined> {
  const { pacer, time } = ports;
  const { kind, config, launch, launchPermit, movePermit, addressTakenAt, detachments = [] } = owned.operation;
  const isLaunching = (kind === 'launch' || kind === 'replace') && launch?.state !== 'launched';
  if (!isLaunching || attachmentOf(config) !== 'cold') {
    if (!areManyMoving(owned.operation)) return { expectedMs: DETACHED_MS };
    // A turn is kept as long as the interface cannot be moved, and counts for the call that moves it.
    const takesTurn = isMove(owned) && (movePermit !== undefined || detachments.length === 0);
    return { expectedMs: SURELY_DETACHED_MS, leastPauseMs: NOT_AGAIN_MS, takesTurn };
  }
  const now = time.now().toISOString();
  const [launches, ends] = await Promise.all([pacer.level('RunInstances', now), pacer.level('TerminateInTime', now)]);
  if (launchPermit === undefined && launches.waitMs > LONGEST_BACKLOG_MS) return undefined;
  const isJustEnded = addressTakenAt !== undefined && detachments.length === 0;
  return { firstMs: isJustEnded ? FREED_MS : 0, leastPauseMs: Math.min(1_000, ends.used * PAUSE_A_NODE_MS) };
}

/** Whether the replacement runs, and takes the interface as a secondary one. */
function isMove({ operation: { kind, config, launch } }: OwnedNode): boolean {
  return kind !== 'adjust' && attachmentOf(config) === 'hot' && launch?.state === 'launched';
}

/** @throws InterfaceMissing if the replacement needs another interface: only now its subnet is known */
function refuseUnfit({ node, operation }: OwnedNode): void {
  if (isMove({ node, operation }) && needsAnother(node, operation)) {
    throw new InterfaceMissing(`${node.id} has no interface that fits its replacement`);
  }
}

/** The step that follows makes sure of the attachment, and finds out why this one was refused. */
async function attachAtOnce(ports: DetachPorts, owned: OwnedNode, seen: SeenInterface | undefined): Promise<void> {
  const carrier = carrierOf(owned);
  if (carrier === undefined || seen === undefined || !isMove(owned)) return;
  const decision = decideAttach(seen, carrier.instanceId, deviceIndexOf(carrier.attachment));
  if (decision.kind !== 'attach') return;
  try {
    await moveCall(ports, () => attachSecondary(ports, seen.id, carrier.instanceId, decision.deviceIndex));
  } catch (error) {
    // The replacement may have ended, or the interface may have gone to another instance meanwhile.
    const isRefused = error instanceof NotReady || error instanceof InterfaceNotFree || error instanceof NotYetVisible;
    if (!isRefused) throw error;
  }
}

class Release {
  /** What was seen last. */
  private seen: SeenInterface | undefined;
  private detachments: readonly Detachment[];
  /** The instance that may keep the interface. Undefined if there is none, or it has ended. */
  private carrierId: string | undefined;
  private isCarrierKnown = false;
  /** Whether this attempt has terminated the holder: then the interface may be free soon. */
  private hasTerminated = false;

  constructor(
    private readonly ports: DetachPorts,
    private readonly owned: OwnedNode,
    private readonly interfaceId: string,
  ) {
    this.detachments = owned.operation.detachments ?? [];
    this.carrierId = carrierOf(owned)?.instanceId;
  }

  private get heldBy(): string | undefined {
    return this.seen?.attachment?.id;
  }

  /** Returns the interface as it was seen last. @throws InterfaceNotFree */
  async run(polls: Polls): Promise<SeenInterface | undefined> {
    const missing = await askOnceAndPoll(this.ports.time, () => this.lookInTime(), polls);
    if (missing === undefined) return this.seen;
    // We record since when it is attached: EC2 sometimes does not release the interface of an ended instance.
    if (this.heldBy !== undefined) await this.note(this.heldBy);
    throw new InterfaceNotFree(missing);
  }

  /** Asks for the next change, and does not wait for it. */
  async begin(): Promise<void> {
    await askOnceAndPoll(this.ports.time, () => this.look(), { once: true });
  }

  /** An ended instance may keep the interface for minutes, and a node whose launches fail may wait for that each time. */
  private async lookInTime(): Promise<Look> {
    const seen = await this.look();
    const { detachments } = this;
    const attachment = this.seen?.attachment;
    const isSlow =
      !this.hasTerminated && attachment !== undefined && isSlowRelease(attachment, { detachments, now: this.now() });
    return seen.kind === 'waiting' ? { ...seen, isSlow } : seen;
  }

  /** Every look decides anew. What it asked for before is in the record. */
  private async look(): Promise<Look> {
    const { interfaces, instances } = this.ports;
    const { kind, oldInstanceId, launch } = this.owned.operation;
    const seen = await interfaces.observe(this.interfaceId);
    this.seen = seen;
    if (seen?.attachment !== undefined) await this.checkCarrier(seen.attachment.instanceId);
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
        return this.freeStuck(decision.attachmentId, decision.instanceId, await instances.observe(decision.instanceId));
      case 'detach':
        return waiting(`${this.interfaceId} is being detached`, async () => {
          await this.write(decision.attachmentId, 'asked');
          await this.detach(decision.attachmentId);
        });
      case 'force':
        await this.tell(`${this.interfaceId} is not released: its detachment is forced`);
        return this.force(decision.attachmentId);
      case 'terminate':
        return this.endHolder(decision.attachmentId, decision.instanceId);
    }
  }

  /** @throws InterfaceNotFree while the holder shuts down: EC2 refuses to detach anything then, and its end frees the interface */
  private async detach(attachmentId: string): Promise<void> {
    const { ports, owned } = this;
    try {
      await moveCall(ports, () => ports.interfaces.detach(attachmentId));
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      if (areManyMoving(owned.operation) && isMove(owned)) await takeLaterMoveTurn(ports, owned);
      throw new InterfaceNotFree(`${this.interfaceId} cannot be detached yet: ${error.message}`, { cause: error });
    }
  }

  /** An interface stays on its carrier, unless that instance has ended. */
  private async checkCarrier(holderId: string): Promise<void> {
    if (this.isCarrierKnown || holderId !== this.carrierId) return;
    if (hasEnded(await this.ports.instances.observe(holderId))) this.carrierId = undefined;
    this.isCarrierKnown = true;
  }

  private async endHolder(attachmentId: string, instanceId: string): Promise<Look> {
    const { instances } = this.ports;
    const holder = await instances.observe(instanceId);
    if (holder === undefined || holder.state === 'terminated') return this.freeStuck(attachmentId, instanceId, holder);
    if (!hasEnded(holder)) {
      await this.tell(`${this.interfaceId} is not released by force: ${instanceId} is terminated`);
      await instances.terminate(instanceId);
      this.hasTerminated = true;
    }
    return waiting(`${instanceId} is being terminated to free ${this.interfaceId}`);
  }

  /**
   * EC2 detaches a primary interface only after its instance has ended, and refuses any force while it shuts down. A secondary
   * one is forced off a running instance again, because the last request may have been refused.
   */
  private async freeStuck(attachmentId: string, instanceId: string, holder: SeenInstance | undefined): Promise<Look> {
    const because = `${this.interfaceId} is still attached to ${instanceId}, which is ${holder?.state ?? 'gone'}`;
    const isSecondary = (this.seen?.attachment?.deviceIndex ?? 0) > 0;
    const allowsForce = holder === undefined || holder.state === 'terminated' || (isSecondary && !hasEnded(holder));
    if (!allowsForce) return waiting(because);
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
