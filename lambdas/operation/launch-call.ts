/** Asks EC2 to launch the recorded instance. Returns what to record about the answer. */
import { InterfaceMissing, InterfaceNotFree, NotYetVisible, Throttled } from '../../domain/errors';
import type { PoolRefusal } from '../../domain/capacity/pool-refusal';
import type { SeenInstance } from '../../domain/node/observations';
import { launched, refused, spent, withoutInterface } from '../../domain/operation/launch';
import { isGone } from '../../domain/operation/network-interface';
import type {
  LaunchedLaunch,
  LaunchProgress,
  LaunchRequest,
  OwnedNode,
  RequestedLaunch,
} from '../../domain/node/stateful-node';
import { takeNextTurn } from './launch-turn';
import { changeOperation, type OperationInput } from './owned-node';
import type { LaunchOutcome, Ports } from '../ports';

export type CallPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'index' | 'measure' | 'time'> &
  Pick<Ports, 'pacer' | 'dryPools'>;

/** @throws InterfaceMissing @throws InterfaceNotFree @throws NotYetVisible @throws Throttled */
export async function askForInstance(
  ports: CallPorts,
  { node, operation }: OwnedNode,
  progress: RequestedLaunch,
  request: LaunchRequest,
): Promise<LaunchProgress> {
  const input = { nodeId: node.id, generation: operation.generation };
  const outcome = await launchInTurn(ports, input, request);
  switch (outcome.kind) {
    case 'launched':
      return register(ports, node.id, progress, outcome.instance);
    case 'token-used': {
      const made = await ports.instances.launchedBy(request.clientToken);
      if (made === undefined) throw new NotYetVisible(`what ${request.clientToken} has made is not visible yet`);
      return register(ports, node.id, progress, made);
    }
    case 'token-spent':
      return spent(progress);
    case 'refused':
      await noteRefusal(ports, request, outcome.refusal);
      return refused(progress, outcome.refusal, operation.config);
    case 'interface-missing': {
      // We look again before we call it missing. Otherwise the step that remakes it would find it, in a loop.
      const seen = request.interfaceId === undefined ? undefined : await ports.interfaces.observe(request.interfaceId);
      if (!isGone(node.identity, seen, ports.time.now().toISOString())) {
        throw new NotYetVisible(`${request.interfaceId} is not visible yet`);
      }
      await changeOperation(ports.nodes, input, (current) => ({ ...current, launch: withoutInterface(progress) }));
      throw new InterfaceMissing(`${request.interfaceId} is gone`);
    }
  }
}

/** A throttled call teaches the pacer. The next try has a turn, and looks first. @throws Throttled @throws InterfaceNotFree */
async function launchInTurn(ports: CallPorts, input: OperationInput, request: LaunchRequest): Promise<LaunchOutcome> {
  try {
    return await ports.instances.launch(request);
  } catch (error) {
    const isThrottled = error instanceof Throttled;
    if (isThrottled) await ports.pacer.refused('RunInstances', ports.time.now().toISOString());
    if (isThrottled || error instanceof InterfaceNotFree) await takeNextTurn(ports, input, 'RunInstances');
    throw error;
  }
}

/** Other nodes leave the pool out for a while. */
export async function noteRefusal(
  { dryPools, measure, time }: Pick<CallPorts, 'dryPools' | 'measure' | 'time'>,
  { pool }: LaunchRequest,
  refusal: PoolRefusal,
): Promise<void> {
  await dryPools.note(pool, refusal, time.now().toISOString());
  measure({ group: 'refusal', dimensions: { Code: refusal.code }, values: { Refusals: 1 } });
}

/** Writes the index before the record: an event about an instance that is not in the index is lost. */
export async function register(
  { index }: Pick<CallPorts, 'index'>,
  nodeId: string,
  progress: RequestedLaunch,
  instance: Pick<SeenInstance, 'id' | 'launchedAt'>,
): Promise<LaunchedLaunch> {
  await index.register(instance.id, nodeId);
  return launched(progress, instance);
}
