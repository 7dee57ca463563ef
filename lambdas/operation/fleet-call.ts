/**
 * Asks EC2 to launch the recorded instance by a fleet. Returns what to record about the answer.
 *
 * A fleet uses its client token up even if it launches nothing. So each try after such an answer has a token of its own. After
 * a lost answer the same request is repeated. It launches no second instance; and before it, and if its answer does not say
 * what the first has launched, a tag finds the instance.
 */
import { NotYetVisible, Throttled } from '../../domain/errors';
import { hasEnded, isPastVisible, refused, spent, unlaunched, withoutFleet } from '../../domain/operation/launch';
import type {
  FleetRequest,
  LaunchProgress,
  LaunchRequest,
  OwnedNode,
  RequestedLaunch,
} from '../../domain/node/stateful-node';
import { noteRefusal, register, type CallPorts } from './launch-call';
import { takeNextTurn } from './launch-turn';
import { changeOperation, type OperationInput } from './owned-node';
import type { FleetOutcome, Ports } from '../ports';

export type FleetPorts = CallPorts & Pick<Ports, 'templates'>;

/**
 * @param owned as it was before the request was recorded
 * @throws NotYetVisible if a repeat cannot tell yet what the first request has launched
 * @throws Throttled, and the other transient errors, if EC2 has launched nothing
 */
export async function askForFleet(
  ports: FleetPorts,
  { node, operation }: OwnedNode,
  progress: RequestedLaunch,
  fleet: FleetRequest,
  request: LaunchRequest,
): Promise<LaunchProgress> {
  const input = { nodeId: node.id, generation: operation.generation };
  const isRepeat = operation.launch?.clientToken === request.clientToken;
  const made = isRepeat ? await foundByTag(ports, node.id, progress) : undefined;
  if (made !== undefined) return made;
  const outcome = await launchInTurn(ports, input, fleet, request);
  switch (outcome.kind) {
    case 'launched':
      return register(ports, node.id, progress, {
        id: outcome.instanceId,
        launchedAt: ports.time.now().toISOString(),
      });
    case 'refused':
      await noteRefusal(ports, request, outcome.refusal);
      return refused(progress, outcome.refusal, operation.config);
    case 'failed':
      await changeOperation(ports.nodes, input, (current) => ({ ...current, launch: unlaunched(progress) }));
      await learn(ports, input, outcome.error);
      throw outcome.error;
    case 'unusable': {
      const { code, message } = outcome;
      ports.measure({ group: 'refusal', dimensions: { Code: code }, values: { Refusals: 1 } });
      const next = withoutFleet(progress, `${code}: ${message}`);
      return isRepeat ? whenSurelyUnlaunched(ports, node.id, progress, fleet, next) : next;
    }
    case 'unknown':
      return whenSurelyUnlaunched(ports, node.id, progress, fleet, unlaunched(progress));
  }
}

async function launchInTurn(
  ports: FleetPorts,
  input: OperationInput,
  { template }: FleetRequest,
  request: LaunchRequest,
): Promise<FleetOutcome> {
  try {
    return await ports.templates.launch(template, request);
  } catch (error) {
    await learn(ports, input, error);
    throw error;
  }
}

/** A throttled call teaches the pacer, and the next try has a turn. */
async function learn(ports: FleetPorts, input: OperationInput, error: unknown): Promise<void> {
  if (!(error instanceof Throttled)) return;
  await ports.pacer.refused('CreateFleet', ports.time.now().toISOString());
  await takeNextTurn(ports, input, 'CreateFleet');
}

async function foundByTag(
  ports: FleetPorts,
  nodeId: string,
  progress: RequestedLaunch,
): Promise<LaunchProgress | undefined> {
  const made = await ports.instances.launchedBy(progress.clientToken);
  if (made === undefined) return undefined;
  return hasEnded(made) ? spent(progress) : register(ports, nodeId, progress, made);
}

/** @throws NotYetVisible as long as an instance may show up */
async function whenSurelyUnlaunched(
  ports: FleetPorts,
  nodeId: string,
  progress: RequestedLaunch,
  { requestedAt }: FleetRequest,
  next: LaunchProgress,
): Promise<LaunchProgress> {
  const made = await foundByTag(ports, nodeId, progress);
  if (made !== undefined) return made;
  if (isPastVisible(requestedAt, ports.time.now().toISOString())) return next;
  throw new NotYetVisible(`what the fleet of ${progress.clientToken} has launched is not visible yet`);
}
